#include "net/peer_dialer.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <utility>

#include "base/assert.h"
#include "base/text.h"
#include "net/socket.h"

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// One write takes as much from the queue: enough to fill TLS records, little enough that a link
// that breaks has lost little.
constexpr std::size_t kWriteBytes = std::size_t{256} << 10U;

}  // namespace

PeerDialer::PeerDialer(Lifetime::Token token, std::shared_ptr<PeerRegistry> registry,
                       asio::io_context& context, consensus::NodeId peer, crypto::TlsContext tls)
    : token_(std::move(token)),
      registry_(std::move(registry)),
      peer_(peer),
      tls_(std::move(tls)),
      strand_(asio::make_strand(context)),
      deadline_(strand_) {}

void PeerDialer::SetAddress(const std::string& host, std::uint16_t port) {
  asio::post(strand_, [self = shared_from_this(), host, port] {
    self->host_ = host;
    self->port_ = port;
    if (self->phase_ == Phase::kResting || self->phase_ == Phase::kBackingOff) self->Attempt();
  });
}

void PeerDialer::Hurry() {
  asio::post(strand_, [self = shared_from_this()] {
    if (self->phase_ == Phase::kBackingOff) self->Attempt();
  });
}

void PeerDialer::Wake() {
  asio::post(strand_, [self = shared_from_this()] { self->SendQueued(); });
}

void PeerDialer::Stop() {
  asio::post(strand_, [self = shared_from_this()] {
    self->phase_ = Phase::kStopped;
    self->deadline_.Clear();
    if (self->dial_) self->dial_->Cancel();
    if (self->connection_) self->connection_->Leave("shutting down");
  });
}

void PeerDialer::Attempt() {
  if (port_ == 0) {
    phase_ = Phase::kResting;
    return;
  }
  phase_ = Phase::kDialling;
  deadline_.Set(registry_->options().connect_timeout, [self = shared_from_this()] {
    self->AttemptFailed(
        {.code = Code::kTimeout, .message = self->Place() + ": no connection in time"});
  });
  dial_ = Dial::Start(strand_, host_, port_,
                      [self = shared_from_this()](const error_code& error, tcp::socket socket) {
                        self->OnConnected(error, std::move(socket));
                      });
}

void PeerDialer::OnConnected(const error_code& error, tcp::socket socket) {
  if (error) return AttemptFailed(NetError(Place(), error));
  dial_.reset();
  deadline_.Clear();
  phase_ = Phase::kLinked;
  connection_ = std::make_shared<PeerConnection>(token_, registry_->rules(),
                                                 MakeTlsStream(std::move(socket), tls_), Place());
  connection_->Start(crypto::TlsContext::Side::kClient, shared_from_this());
}

void PeerDialer::Greeted(consensus::Sender peer) {
  AVAL_ASSERT(peer.node == peer_);  // `tls_` accepts this peer's keys only.
  up_ = true;
  up_since_ = steady_clock::now();
  registry_->record(peer_).queue.Open();
  registry_->ReportLink(peer_, true);
}

void PeerDialer::Received(PeerMessage, std::size_t) {
  connection_->Leave("messages belong on the link that their sender dialled");
}

void PeerDialer::Heard(std::size_t bytes) { registry_->record(peer_).bytes_received += bytes; }

void PeerDialer::Drained() { SendQueued(); }

void PeerDialer::SendQueued() {
  if (!up_) return;
  PeerRegistry::Record& record = registry_->record(peer_);
  PeerQueue::Taken taken = record.queue.Take(kWriteBytes);
  if (taken.count == 0) return;
  record.frames_sent += taken.count;
  record.bytes_sent += taken.frames.size();
  connection_->Write(std::move(taken.frames));
}

void PeerDialer::Closed(const Error& error) {
  connection_.reset();
  if (std::exchange(up_, false)) {
    registry_->record(peer_).queue.Close();
    registry_->ReportLink(peer_, false);
    // A link that held for a while starts the back-off anew; one that always breaks at once does
    // not.
    if (steady_clock::now() - up_since_ >= registry_->options().backoff_max)
      backoff_ = milliseconds(0);
  } else {
    ++registry_->record(peer_).failed_connects;
  }
  if (phase_ == Phase::kStopped) return;
  registry_->ReportTrouble(peer_, error);
  BackOff();
}

void PeerDialer::AttemptFailed(const Error& error) {
  std::exchange(dial_, nullptr)->Cancel();
  ++registry_->record(peer_).failed_connects;
  registry_->ReportTrouble(peer_, error);
  BackOff();
}

void PeerDialer::BackOff() {
  phase_ = Phase::kBackingOff;
  backoff_ =
      std::clamp(2 * backoff_, registry_->options().backoff_min, registry_->options().backoff_max);
  // Half fixed, half random, so that peers that lost each other together do not dial in step.
  const auto half = static_cast<std::uint64_t>(backoff_.count()) / 2;
  const milliseconds wait(half + random_.Below(half + 1));
  deadline_.Set(wait, [self = shared_from_this()] { self->Attempt(); });
}

std::string PeerDialer::Place() const {
  return "peer " + std::to_string(peer_.value) + " at " + PlaceText(host_, port_);
}

}  // namespace aval::net
