#include "tests/cluster/hostile/slow_clients.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "net/socket.h"

namespace aval::hostile {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kPause{1'000};
constexpr std::chrono::milliseconds kBetween{50};
constexpr std::string_view kFrom = "127.0.0.2";

enum class Kind : std::uint8_t {
  kSilent,
  kSlowHandshake,
  kSlowHeader,
  kSlowBody,
  kSlowChunks,
  kNeverReads,
};
constexpr std::size_t kKinds = 6;

bool IsBeforeHandshake(Kind kind) { return kind == Kind::kSilent || kind == Kind::kSlowHandshake; }

// What is said at once after the handshake.
std::string OpeningOf(Kind kind) {
  switch (kind) {
    case Kind::kSilent:
    case Kind::kSlowHandshake:
    case Kind::kSlowHeader:
      return "";
    case Kind::kSlowBody:
      return "POST /v1/acts:batch HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n";
    case Kind::kSlowChunks:
      return "POST /v1/acts:batch HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
             "100000\r\n";
    case Kind::kNeverReads: {
      std::string many;
      for (int i = 0; i < 1'000; ++i) many += "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
      return many;
    }
  }
  AVAL_ASSERT(false);
}

// What follows, a byte at a time.
std::string DribbleOf(Kind kind) {
  switch (kind) {
    case Kind::kSilent:
    case Kind::kNeverReads:
      return "";
    case Kind::kSlowHandshake:
      return std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) +
             std::string(500, 'r');
    case Kind::kSlowHeader:
      return "GET /v1/node HTTP/1.1\r\nHost: " + std::string(500, 'h');
    case Kind::kSlowBody:
    case Kind::kSlowChunks:
      return std::string(500, 'x');
  }
  AVAL_ASSERT(false);
}

}  // namespace

/// One of them. Threads: the context's one.
class SlowClient : public std::enable_shared_from_this<SlowClient> {
  // First, because its type is deduced.
  // Goes on with `next`, or calls again when something failed.
  auto Then(void (SlowClient::*next)()) {
    return [self = shared_from_this(), next](const error_code& error, auto...) {
      if (error) return self->CallAgain();
      (self.get()->*next)();
    };
  }

 public:
  SlowClient(asio::io_context& context, const crypto::TlsContext& tls, const tcp::endpoint& node,
             Kind kind)
      : context_(context),
        tls_(tls),
        node_(node),
        kind_(kind),
        opening_(OpeningOf(kind)),
        dribble_(DribbleOf(kind)),
        pause_(context) {}

  void Call() {
    ++calls_;
    said_ = 0;
    tcp::socket socket(asio::make_strand(context_));
    error_code error;
    socket.open(tcp::v4(), error);
    // Little, so that an answer that is not read soon keeps its writer waiting.
    if (!error) socket.set_option(asio::socket_base::receive_buffer_size(4'096), error);
    if (!error) socket.bind({asio::ip::make_address(kFrom), 0}, error);
    if (error) return CallAgain();
    stream_ = net::MakeTlsStream(std::move(socket), tls_);
    stream_->next_layer().async_connect(node_, Then(&SlowClient::OnConnected));
  }

  void CallAfter(std::chrono::milliseconds delay) {
    pause_.expires_after(delay);
    pause_.async_wait(Then(&SlowClient::Call));
  }

  std::size_t calls() const { return calls_; }

 private:
  void OnConnected() {
    if (kind_ == Kind::kSilent) return AwaitEnd();
    if (IsBeforeHandshake(kind_)) return Dribble();
    stream_->async_handshake(net::TlsStream::client, Then(&SlowClient::Open));
  }

  void Open() {
    if (opening_.empty()) return Dribble();
    asio::async_write(*stream_, asio::buffer(opening_), Then(&SlowClient::Dribble));
  }

  void Dribble() {
    if (said_ == dribble_.size()) return AwaitEnd();
    pause_.expires_after(kPause);
    pause_.async_wait(Then(&SlowClient::SayOneByte));
  }

  void SayOneByte() {
    const auto byte = asio::buffer(&dribble_[said_++], 1);
    if (IsBeforeHandshake(kind_)) {
      asio::async_write(stream_->next_layer(), byte, Then(&SlowClient::Dribble));
    } else {
      asio::async_write(*stream_, byte, Then(&SlowClient::Dribble));
    }
  }

  void AwaitEnd() {
    // Who never reads has something to read long before its end.
    const auto sign = kind_ == Kind::kNeverReads ? tcp::socket::wait_error : tcp::socket::wait_read;
    stream_->next_layer().async_wait(sign, Then(&SlowClient::CallAgain));
  }

  void CallAgain() {
    if (stream_) {
      error_code ignored;  // Closed is closed.
      stream_->next_layer().close(ignored);
    }
    CallAfter(kPause);
  }

  asio::io_context& context_;
  const crypto::TlsContext& tls_;
  const tcp::endpoint node_;
  const Kind kind_;
  const std::string opening_;
  const std::string dribble_;
  asio::steady_timer pause_;
  std::unique_ptr<net::TlsStream> stream_;
  std::size_t said_ = 0;
  std::size_t calls_ = 0;
};

SlowClients::SlowClients(Network& network, std::size_t count, Beginning beginning)
    : beginning_(beginning) {
  tls_.reserve(network.size());  // Clients refer to them.
  for (std::size_t i = 0; i < network.size(); ++i) {
    auto tls = crypto::TlsContext::Make(crypto::TlsContext::Side::kClient, network.bad_client(),
                                        network.KeyOf(i));
    AVAL_ASSERT(tls.has_value());
    tls_.push_back(*std::move(tls));
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t node = i % network.size();
    const auto kind = static_cast<Kind>(i / network.size() % kKinds);
    clients_.push_back(
        std::make_shared<SlowClient>(context_, tls_[node], network.ApiOf(node), kind));
  }
}

SlowClients::~SlowClients() { Stop(); }

void SlowClients::Start() {
  const auto between = beginning_ == Beginning::kInOneInstant ? kBetween * 0 : kBetween;
  std::chrono::milliseconds delay{0};
  for (const auto& client : clients_) client->CallAfter(delay += between);
  thread_ = std::thread([this] { context_.run(); });
}

void SlowClients::Stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

std::size_t SlowClients::calls() const {
  std::size_t calls = 0;
  for (const auto& client : clients_) calls += client->calls();
  return calls;
}

}  // namespace aval::hostile
