#include "net/peer_listener.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/socket.h"

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// One accepted connection.
class PeerListener::Link final : public PeerConnection::Owner,
                                 public std::enable_shared_from_this<Link> {
 public:
  Link(std::shared_ptr<PeerListener> listener, tcp::socket socket, asio::ip::address address)
      : listener_(std::move(listener)),
        address_(std::move(address)),
        connection_(
            std::make_shared<PeerConnection>(listener_->token_, listener_->registry_->rules(),
                                             MakeTlsStream(std::move(socket), listener_->tls_),
                                             "caller from " + address_.to_string())) {}

  void Start() { connection_->Start(crypto::TlsContext::Side::kServer, shared_from_this()); }
  void Leave(std::string reason) { connection_->Leave(std::move(reason)); }
  void Abort() { connection_->Abort(); }

  void Greeted(consensus::Sender peer) override {
    peer_ = peer.node;
    incarnation_ = peer.incarnation;
    listener_->Recognised(shared_from_this(), peer.node);
  }
  bool HasRoom() override {
    return listener_->registry_->record(*peer_).intake->HasRoom(connection_);
  }
  void Received(PeerMessage message, std::size_t bytes) override {
    listener_->registry_->Deliver({.node = *peer_, .incarnation = incarnation_}, std::move(message),
                                  bytes);
  }
  void Heard(std::size_t bytes) override {
    if (peer_) listener_->registry_->record(*peer_).bytes_received += bytes;
  }
  void Drained() override {}
  void Closed(const Error& error) override { listener_->registry_->ReportTrouble(peer_, error); }
  void Released() override { listener_->Released(shared_from_this()); }

  std::optional<consensus::NodeId> peer() const { return peer_; }
  const asio::ip::address& address() const { return address_; }

 private:
  const std::shared_ptr<PeerListener> listener_;
  const asio::ip::address address_;
  const std::shared_ptr<PeerConnection> connection_;
  std::optional<consensus::NodeId> peer_;
  std::uint32_t incarnation_ = 0;  // As it greeted.
};

PeerListener::PeerListener(Lifetime::Token token, std::shared_ptr<PeerRegistry> registry,
                           asio::io_context& context, tcp::acceptor acceptor,
                           crypto::TlsContext tls, std::function<void(consensus::NodeId)> arrived)
    : token_(std::move(token)),
      registry_(std::move(registry)),
      accept_loop_(std::make_shared<AcceptLoop>(token_, context, std::move(acceptor))),
      tls_(std::move(tls)),
      arrived_(std::move(arrived)),
      calls_(registry_->options().calls),
      strangers_(registry_->options().max_strangers, registry_->options().max_strangers_of_host) {}

void PeerListener::Start() {
  accept_loop_->Start({.accepted = [self = shared_from_this()](
                                       tcp::socket socket) { self->Admit(std::move(socket)); },
                       .failed =
                           [self = shared_from_this()](const error_code& error) {
                             self->registry_->ReportTrouble(std::nullopt,
                                                            NetError("cannot accept peers", error));
                           }});
}

void PeerListener::Admit(tcp::socket socket) {
  error_code gone;
  const tcp::endpoint from = socket.remote_endpoint(gone);
  if (gone) return;  // It has hung up already.
  if (!calls_.Admit(HostOf(from.address()), registry_->options().clock->Now())) {
    return registry_->ReportTrouble(
        std::nullopt,
        {.code = Code::kOverloaded,
         .message = "caller from " + from.address().to_string() + ": calls too often"});
  }
  const auto link = std::make_shared<Link>(shared_from_this(), std::move(socket), from.address());
  std::shared_ptr<Link> oldest;
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    oldest = strangers_.Add(from.address(), link);
    link->Start();  // Under the lock: Stop, which leaves every link, comes after it.
  }
  if (oldest) oldest->Abort();
}

void PeerListener::Recognised(const std::shared_ptr<Link>& link, consensus::NodeId peer) {
  std::shared_ptr<Link> older;
  {
    const std::scoped_lock lock(mutex_);
    if (!strangers_.Remove(link)) return;  // It is being aborted.
    older = std::exchange(links_[peer], link);
    if (older) strangers_.AddLeaving(older->address(), older);
  }
  if (older) older->Leave("a newer link takes its place");
  arrived_(peer);
}

void PeerListener::Released(const std::shared_ptr<Link>& link) {
  const std::scoped_lock lock(mutex_);
  strangers_.Remove(link);
  if (!link->peer()) return;
  const auto known = links_.find(*link->peer());
  if (known != links_.end() && known->second == link) links_.erase(known);
}

void PeerListener::Stop() {
  std::vector<std::shared_ptr<Link>> open;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    strangers_.ForEach([&open](const auto& link) { open.push_back(link); });
    for (const auto& [peer, link] : links_) open.push_back(link);
  }
  for (const std::shared_ptr<Link>& link : open) link->Leave("shutting down");
  accept_loop_->Stop();
}

}  // namespace aval::net
