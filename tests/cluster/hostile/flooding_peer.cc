#include "tests/cluster/hostile/flooding_peer.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>

#include "cli/act_signing.h"
#include "crypto/envelope.h"
#include "crypto/tls.h"
#include "ledger/wire.h"
#include "net/peer_codec.h"
#include "net/socket.h"

namespace aval::hostile {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::string_view kFrom = "127.0.0.3";
constexpr std::size_t kActsOfFrame = 500;
// Before the next call: one that fails at once must not cost what is measured its processor.
constexpr std::chrono::milliseconds kPause{10};
constexpr int kSmallFrames = 200;

cli::Hand Office(const cli::Network& network, std::uint32_t institution) {
  const auto key = network.InstitutionKey(institution, ledger::Department::kOps);
  AVAL_ASSERT(key.has_value());
  return {.signer = {.party = ledger::PartyId::Institution(institution),
                     .department = ledger::Department::kOps},
          .key = *key};
}

std::shared_ptr<const Bytes> WithBadSignature(const Bytes& act) {
  auto envelope = crypto::ParseEnvelope(act);
  AVAL_ASSERT(envelope.has_value());
  envelope->signatures.front().signature[10] ^= 1U;
  return std::make_shared<const Bytes>(crypto::EncodeEnvelope(*envelope));
}

net::Forward Some(const std::vector<std::shared_ptr<const Bytes>>& acts, std::size_t turn) {
  net::Forward forward;
  for (std::size_t i = 0; i < kActsOfFrame; ++i) {
    forward.envelopes.push_back(acts[(turn * kActsOfFrame + i) % acts.size()]);
  }
  return forward;
}

// So that a thread that waits for a node notices when it is to stop.
constexpr std::chrono::milliseconds kGlance{100};
constexpr std::chrono::seconds kPatience{5};

// Runs what `begin` starts with the handler that it is given, for no longer than kPatience, nor
// much after `stop`; whatever ends it otherwise closes the socket.
template <class Begin>
error_code Await(asio::io_context& context, tcp::socket& socket, const std::atomic<bool>& stop,
                 Begin begin) {
  error_code result = asio::error::timed_out;
  begin([&result](const error_code& error, auto...) { result = error; });
  context.restart();
  for (auto waited = kGlance; !stop && waited <= kPatience; waited += kGlance) {
    context.run_for(kGlance);
    if (context.stopped()) return result;
  }
  error_code ignored;  // Closed is closed.
  socket.close(ignored);
  context.run();
  return result ? result : asio::error::timed_out;
}

}  // namespace

FloodingPeer::FloodingPeer(Network& network, ledger::Day day, std::size_t acts, Random& random)
    : network_(network) {
  const cli::Network& files = network.demo().network();
  const std::vector<cli::Hand> hands{Office(files, 1), Office(files, 2)};
  for (std::size_t i = 0; i < acts; ++i) {
    act::v1::Act act;
    act.mutable_day_roll()->set_day(ledger::ToWire(day));
    good_.push_back(std::make_shared<const Bytes>(
        cli::SignAct(act, files.origin(), day.Plus(20), hands, random)));
  }
  const std::size_t few = std::min<std::size_t>(acts, kActsOfFrame);
  for (std::size_t i = 0; i < few; ++i) bad_.push_back(WithBadSignature(*good_[i]));
}

FloodingPeer::~FloodingPeer() { Stop(); }

void FloodingPeer::Start() {
  for (std::size_t node = 0; node < Network::kHonest; ++node) {
    threads_.emplace_back([this, node] { Run(node); });
  }
}

void FloodingPeer::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

FloodingPeer::Counts FloodingPeer::counts() const {
  return {.calls = calls_, .links = links_, .bytes = bytes_};
}

void FloodingPeer::Run(std::size_t node) {
  while (!stop_) {
    FloodOnce(node);
    std::this_thread::sleep_for(kPause);
  }
}

void FloodingPeer::FloodOnce(std::size_t node) {
  ++calls_;
  auto tls = crypto::TlsContext::Make(crypto::TlsContext::Side::kClient, network_.third_nodes_key(),
                                      network_.KeyOf(node));
  AVAL_ASSERT(tls.has_value());
  asio::io_context context;
  tcp::socket socket(context);
  error_code error;
  socket.open(tcp::v4(), error);
  if (!error) socket.bind({asio::ip::make_address(kFrom), 0}, error);
  if (!error) socket.connect(network_.PeersOf(node), error);
  if (error) return;
  const auto stream = net::MakeTlsStream(std::move(socket), *tls);
  const auto await = [&](auto begin) {
    return Await(context, stream->next_layer(), stop_, std::move(begin));
  };
  error = await([&](auto done) { stream->async_handshake(net::TlsStream::client, done); });
  if (error) return;
  Bytes frames;
  net::AppendFrame(net::Hello{.version = net::kPeerProtocolVersion,
                              .origin = network_.demo().network().origin(),
                              .node = {3}},
                   frames);
  const auto send = [&](auto done) { asio::async_write(*stream, asio::buffer(frames), done); };
  error = await(send);
  if (!error) ++links_;
  for (std::size_t turn = 0; !error && !stop_; ++turn) {
    frames = MakeFrames(turn);
    error = await(send);
    if (!error) bytes_ += frames.size();
  }
}

Bytes FloodingPeer::MakeFrames(std::size_t turn) const {
  using consensus::Message;
  const auto garbage = std::make_shared<const Bytes>(1'000, std::uint8_t{7});
  Bytes frames;
  net::AppendFrame(Some(good_, turn), frames);
  if (turn % 16 == 0) {
    net::AppendFrame(Some(bad_, turn), frames);
    net::AppendFrame(net::Forward{.envelopes = {garbage}}, frames);
    net::AppendFrame(net::ForwardRefused{.envelopes = {crypto::Sha256(*garbage)}}, frames);
    net::AppendFrame(net::Extension{.number = 99, .body = *garbage}, frames);
  }
  for (int i = 0; i < kSmallFrames; ++i) {
    net::AppendFrame(Message(consensus::Heartbeat{.term = {1}, .commit = {}}), frames);
    net::AppendFrame(Message(consensus::VoteRequest{
                         .term = {2}, .pre = true, .last_index = {}, .last_term = {}}),
                     frames);
    net::AppendFrame(Message(consensus::Append{.term = {1},
                                               .prev_index = {},
                                               .prev_term = {},
                                               .prev_chain = {},
                                               .commit = {},
                                               .entries = {}}),
                     frames);
    net::AppendFrame(net::Alive{}, frames);
  }
  return frames;
}

}  // namespace aval::hostile
