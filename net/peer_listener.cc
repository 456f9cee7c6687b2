#include "net/peer_listener.h"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/socket.h"

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kPause{100};

}  // namespace

/// One accepted connection.
class PeerListener::Link final : public PeerConnection::Owner,
                                 public std::enable_shared_from_this<Link> {
 public:
  Link(std::shared_ptr<PeerListener> listener, tcp::socket socket, std::string place)
      : listener_(std::move(listener)),
        connection_(std::make_shared<PeerConnection>(
            listener_->token_, listener_->state_->rules(),
            MakeTlsStream(std::move(socket), listener_->tls_), std::move(place))) {}

  void Start() { connection_->Start(crypto::TlsContext::Side::kServer, shared_from_this()); }
  void Leave(std::string reason) { connection_->Leave(std::move(reason)); }

  void Greeted(consensus::NodeId peer) override {
    peer_ = peer;
    listener_->Recognised(shared_from_this(), peer);
  }
  void Received(PeerMessage message) override {
    listener_->state_->Deliver(*peer_, std::move(message));
  }
  void Heard(std::size_t bytes) override {
    if (peer_) listener_->state_->record(*peer_).bytes_received += bytes;
  }
  void Drained() override {}
  void Closed(const Error& error) override {
    listener_->state_->ReportTrouble(peer_, error);
    listener_->Ended(shared_from_this());
  }

  std::optional<consensus::NodeId> peer() const { return peer_; }

 private:
  const std::shared_ptr<PeerListener> listener_;
  const std::shared_ptr<PeerConnection> connection_;
  std::optional<consensus::NodeId> peer_;
};

PeerListener::PeerListener(Lifetime::Token token, std::shared_ptr<PeerState> state,
                           asio::io_context& context, tcp::acceptor acceptor,
                           crypto::TlsContext tls, std::function<void(consensus::NodeId)> arrived)
    : token_(std::move(token)),
      state_(std::move(state)),
      context_(context),
      acceptor_(std::move(acceptor)),
      tls_(std::move(tls)),
      arrived_(std::move(arrived)),
      pause_(acceptor_.get_executor()) {}

void PeerListener::Start() {
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->Accept(); });
}

void PeerListener::Accept() {
  acceptor_.async_accept(asio::any_io_executor(asio::make_strand(context_)),
                         [self = shared_from_this()](const error_code& error, tcp::socket socket) {
                           self->OnAccepted(error, std::move(socket));
                         });
}

void PeerListener::OnAccepted(const error_code& error, tcp::socket socket) {
  if (!acceptor_.is_open()) return;
  if (error) {
    // The system lacks something, descriptors for example; the next try may find it.
    state_->ReportTrouble(std::nullopt, NetError("cannot accept peers", error));
    pause_.expires_after(kPause);
    pause_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled) self->Accept();
    });
    return;
  }
  Admit(std::move(socket));
  Accept();
}

void PeerListener::Admit(tcp::socket socket) {
  error_code gone;
  const tcp::endpoint from = socket.remote_endpoint(gone);
  if (gone) return;  // It has hung up already.
  const auto link = std::make_shared<Link>(shared_from_this(), std::move(socket),
                                           "caller from " + from.address().to_string());
  const std::scoped_lock lock(mutex_);
  // Beyond the bound the socket is just closed: a stranger costs no handshake then.
  if (stopping_ || strangers_.size() >= state_->options().max_strangers) return;
  strangers_.insert(link);
  link->Start();  // Under the lock: Stop, which leaves every link, comes after it.
}

void PeerListener::Recognised(const std::shared_ptr<Link>& link, consensus::NodeId peer) {
  std::shared_ptr<Link> older;
  {
    const std::scoped_lock lock(mutex_);
    strangers_.erase(link);
    older = std::exchange(links_[peer], link);
  }
  if (older) older->Leave("a newer link takes its place");
  arrived_(peer);
}

void PeerListener::Ended(const std::shared_ptr<Link>& link) {
  const std::scoped_lock lock(mutex_);
  strangers_.erase(link);
  if (!link->peer()) return;
  const auto known = links_.find(*link->peer());
  if (known != links_.end() && known->second == link) links_.erase(known);
}

void PeerListener::Stop() {
  std::vector<std::shared_ptr<Link>> open;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    open.assign(strangers_.begin(), strangers_.end());
    for (const auto& [peer, link] : links_) open.push_back(link);
  }
  for (const std::shared_ptr<Link>& link : open) link->Leave("shutting down");
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
    error_code ignored;  // Closed is closed.
    self->acceptor_.close(ignored);
    self->pause_.cancel();
  });
}

}  // namespace aval::net
