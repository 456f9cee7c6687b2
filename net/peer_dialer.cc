#include "net/peer_dialer.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <utility>

#include "base/assert.h"
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

PeerDialer::PeerDialer(Lifetime::Token token, std::shared_ptr<PeerState> state,
                       asio::io_context& context, consensus::NodeId peer, crypto::TlsContext tls)
    : token_(std::move(token)),
      state_(std::move(state)),
      peer_(peer),
      tls_(std::move(tls)),
      strand_(asio::make_strand(context)),
      resolver_(strand_),
      socket_(strand_),
      deadline_(strand_) {}

void PeerDialer::SetAddress(const std::string& host, std::uint16_t port) {
  asio::post(strand_, [self = shared_from_this(), host, port] {
    self->host_ = host;
    self->port_ = port;
    if (self->phase_ == Phase::kResting || self->phase_ == Phase::kBackingOff) self->Dial();
  });
}

void PeerDialer::Hurry() {
  asio::post(strand_, [self = shared_from_this()] {
    if (self->phase_ == Phase::kBackingOff) self->Dial();
  });
}

void PeerDialer::Wake() {
  asio::post(strand_, [self = shared_from_this()] { self->SendQueued(); });
}

void PeerDialer::Stop() {
  asio::post(strand_, [self = shared_from_this()] {
    self->phase_ = Phase::kStopped;
    ++self->attempt_;
    self->deadline_.Clear();
    self->resolver_.cancel();
    error_code ignored;  // Nothing to be told of a socket that is given up.
    self->socket_.close(ignored);
    if (self->connection_) self->connection_->Leave("shutting down");
  });
}

void PeerDialer::Dial() {
  ++attempt_;
  if (port_ == 0) {
    phase_ = Phase::kResting;
    return;
  }
  phase_ = Phase::kDialling;
  deadline_.Set(state_->options().connect_timeout, [self = shared_from_this()] {
    self->AttemptFailed(
        {.code = Code::kTimeout, .message = self->Place() + ": no connection in time"});
  });
  error_code not_numeric;
  const asio::ip::address address = asio::ip::make_address(host_, not_numeric);
  if (not_numeric) return Resolve();
  Connect(tcp::resolver::results_type::create(tcp::endpoint(address, port_), host_, ""));
}

void PeerDialer::Resolve() {
  // Weak: the system's resolver cannot be interrupted, and nobody shall wait for it at the end.
  resolver_.async_resolve(host_, std::to_string(port_), tcp::resolver::numeric_service,
                          [weak = weak_from_this(), attempt = attempt_](
                              const error_code& error, const tcp::resolver::results_type& places) {
                            const std::shared_ptr<PeerDialer> self = weak.lock();
                            if (!self || attempt != self->attempt_) return;
                            if (error) return self->AttemptFailed(NetError(self->Place(), error));
                            self->Connect(places);
                          });
}

void PeerDialer::Connect(const tcp::resolver::results_type& places) {
  socket_ = tcp::socket(strand_);
  asio::async_connect(socket_, places,
                      [self = shared_from_this(), attempt = attempt_](const error_code& error,
                                                                      const tcp::endpoint&) {
                        if (attempt == self->attempt_) self->OnConnected(error);
                      });
}

void PeerDialer::OnConnected(const error_code& error) {
  if (error) return AttemptFailed(NetError(Place(), error));
  deadline_.Clear();
  phase_ = Phase::kLinked;
  connection_ = std::make_shared<PeerConnection>(token_, state_->rules(),
                                                 MakeTlsStream(std::move(socket_), tls_), Place());
  connection_->Start(crypto::TlsContext::Side::kClient, shared_from_this());
}

void PeerDialer::Greeted(consensus::NodeId peer) {
  AVAL_ASSERT(peer == peer_);  // `tls_` accepts this peer's keys only.
  up_ = true;
  up_since_ = steady_clock::now();
  state_->record(peer_).queue.Open();
  state_->ReportLink(peer_, true);
}

void PeerDialer::Received(PeerMessage) {
  connection_->Leave("messages belong on the link that their sender dialled");
}

void PeerDialer::Heard(std::size_t bytes) { state_->record(peer_).bytes_received += bytes; }

void PeerDialer::Drained() { SendQueued(); }

void PeerDialer::SendQueued() {
  if (!up_) return;
  PeerState::Record& record = state_->record(peer_);
  PeerQueue::Taken taken = record.queue.Take(kWriteBytes);
  if (taken.count == 0) return;
  record.frames_sent += taken.count;
  record.bytes_sent += taken.frames.size();
  connection_->Write(std::move(taken.frames));
}

void PeerDialer::Closed(const Error& error) {
  connection_.reset();
  if (std::exchange(up_, false)) {
    state_->record(peer_).queue.Close();
    state_->ReportLink(peer_, false);
    // A link that held for a while starts the back-off anew; one that always breaks at once does
    // not.
    if (steady_clock::now() - up_since_ >= state_->options().backoff_max)
      backoff_ = milliseconds(0);
  } else {
    ++state_->record(peer_).failed_connects;
  }
  if (phase_ == Phase::kStopped) return;
  state_->ReportTrouble(peer_, error);
  BackOff();
}

void PeerDialer::AttemptFailed(const Error& error) {
  ++attempt_;
  error_code ignored;  // Nothing to be told of a socket that is given up.
  socket_.close(ignored);
  ++state_->record(peer_).failed_connects;
  state_->ReportTrouble(peer_, error);
  BackOff();
}

void PeerDialer::BackOff() {
  phase_ = Phase::kBackingOff;
  backoff_ = std::clamp(2 * backoff_, state_->options().backoff_min, state_->options().backoff_max);
  // Half fixed, half random, so that peers that lost each other together do not dial in step.
  const auto half = static_cast<std::uint64_t>(backoff_.count()) / 2;
  const milliseconds wait(half + random_.Below(half + 1));
  deadline_.Set(wait, [self = shared_from_this()] { self->Dial(); });
}

std::string PeerDialer::Place() const {
  return "peer " + std::to_string(peer_.value) + " at " + PlaceText(host_, port_);
}

}  // namespace aval::net
