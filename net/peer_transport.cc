#include "net/peer_transport.h"

#include <boost/asio/io_context.hpp>
#include <mutex>
#include <utility>

#include "base/assert.h"
#include "crypto/tls.h"
#include "net/lifetime.h"
#include "net/peer_dialer.h"
#include "net/peer_listener.h"
#include "net/peer_queue.h"
#include "net/peer_registry.h"
#include "net/socket.h"

namespace aval::net {

using consensus::NodeId;
using crypto::TlsContext;

namespace {

// One frame of forwarded acts: as much as a block holds.
constexpr std::size_t kForwardBytes = std::size_t{1} << 20U;

Result<void> Check(const PeerTransport::Options& options) {
  const auto invalid = [](const std::string& what) {
    return Error{.code = Code::kInvalidArgument, .message = "peer transport: " + what};
  };
  if (options.self == NodeId{}) return invalid("this node has no number");
  if (options.origin.empty() || options.origin.size() > kMaxOriginBytes) {
    return invalid("the origin is empty or too long");
  }
  if (options.receive_messages == 0 || options.receive_bytes == 0 ||
      options.pace.times_per_second == 0 || options.pace.bytes_per_second == 0) {
    return invalid("nothing could be received");
  }
  std::set<NodeId> nodes{options.self};
  std::set<crypto::KeyId> keys;
  for (const PeerTransport::Peer& peer : options.peers) {
    const std::string name = "peer " + std::to_string(peer.id.value);
    if (peer.id == NodeId{} || !nodes.insert(peer.id).second)
      return invalid(name + " is not alone");
    if (peer.keys.empty()) return invalid(name + " has no key");
    for (const crypto::KeyId& key : peer.keys) {
      if (!keys.insert(key).second) return invalid(name + " has the key of another peer");
    }
  }
  return {};
}

std::vector<PeerMessage> One(PeerMessage message) {
  std::vector<PeerMessage> messages;
  messages.push_back(std::move(message));
  return messages;
}

}  // namespace

class PeerTransport::Shared {
 public:
  Shared(const Options& options, PeerEvents& events)
      : registry_(std::make_shared<PeerRegistry>(options, events)) {}

  Result<void> Start(IoThreads& threads, const crypto::SecretKey& key) {
    const Options& options = registry_->options();
    std::set<crypto::KeyId> known;
    for (const Peer& peer : options.peers) known.insert(peer.keys.begin(), peer.keys.end());
    AVAL_TRY(TlsContext server, TlsContext::Make(TlsContext::Side::kServer, key, known));
    AVAL_TRY(auto acceptor, Listen(threads.context(), options.host, options.port));
    port_ = acceptor.local_endpoint().port();
    for (const Peer& peer : options.peers) {
      AVAL_TRY(TlsContext client, TlsContext::Make(TlsContext::Side::kClient, key, peer.keys));
      dialers_.emplace(peer.id,
                       std::make_shared<PeerDialer>(lifetime_.token(), registry_, threads.context(),
                                                    peer.id, std::move(client)));
    }
    // A listener that outlives the dialers finds none to hurry.
    std::map<NodeId, std::weak_ptr<PeerDialer>> weak(dialers_.begin(), dialers_.end());
    listener_ = std::make_shared<PeerListener>(lifetime_.token(), registry_, threads.context(),
                                               std::move(acceptor), std::move(server),
                                               [weak = std::move(weak)](NodeId peer) {
                                                 if (const auto dialer = weak.at(peer).lock())
                                                   dialer->Hurry();
                                               });
    listener_->Start();
    for (const Peer& peer : options.peers) dialers_.at(peer.id)->SetAddress(peer.host, peer.port);
    return {};
  }

  std::uint16_t port() const { return port_; }
  PeerRegistry& registry() { return *registry_; }

  std::shared_ptr<PeerDialer> Dialer(NodeId peer) {
    const std::scoped_lock lock(mutex_);
    const auto at = dialers_.find(peer);
    return at == dialers_.end() ? nullptr : at->second;
  }

  bool Send(NodeId to, std::vector<PeerMessage> messages) {
    if (!registry_->Knows(to)) return false;
    switch (registry_->record(to).queue.Push(std::move(messages))) {
      case PeerQueue::Pushed::kRefused:
        return false;
      case PeerQueue::Pushed::kTaken:
        return true;
      case PeerQueue::Pushed::kTakenFirst:
        if (const auto dialer = Dialer(to)) dialer->Wake();
        return true;
    }
    AVAL_ASSERT(false);
  }

  void Stop() {
    std::map<NodeId, std::shared_ptr<PeerDialer>> dialers;
    std::shared_ptr<PeerListener> listener;
    {
      const std::scoped_lock lock(mutex_);
      dialers.swap(dialers_);
      listener.swap(listener_);
    }
    registry_->Silence();
    if (listener) listener->Stop();
    for (const auto& [peer, dialer] : dialers) dialer->Stop();
    dialers.clear();
    listener.reset();
    const std::scoped_lock stopping(stop_mutex_);
    lifetime_.Wait();
  }

 private:
  Lifetime lifetime_;
  const std::shared_ptr<PeerRegistry> registry_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::map<NodeId, std::shared_ptr<PeerDialer>> dialers_;
  std::shared_ptr<PeerListener> listener_;
  std::mutex stop_mutex_;
};

Result<std::unique_ptr<PeerTransport>> PeerTransport::Start(IoThreads& threads,
                                                            const Options& options,
                                                            const crypto::SecretKey& key,
                                                            PeerEvents& events) {
  AVAL_CHECK(Check(options));
  auto transport =
      std::unique_ptr<PeerTransport>(new PeerTransport(std::make_unique<Shared>(options, events)));
  AVAL_CHECK(transport->shared_->Start(threads, key));
  return transport;
}

PeerTransport::PeerTransport(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}

PeerTransport::~PeerTransport() { Stop(); }

std::uint16_t PeerTransport::port() const { return shared_->port(); }

void PeerTransport::SetAddress(NodeId peer, const std::string& host, std::uint16_t port) {
  if (const auto dialer = shared_->Dialer(peer)) dialer->SetAddress(host, port);
}

bool PeerTransport::Send(NodeId to, consensus::Message message) {
  return shared_->Send(to, One(std::move(message)));
}

bool PeerTransport::SendForward(NodeId to, Forward forward) {
  std::vector<PeerMessage> frames;
  Forward part;
  std::size_t bytes = 0;
  for (auto& envelope : forward.envelopes) {
    bytes += envelope->size();
    const bool full = part.envelopes.size() == kMaxForwardedActs || bytes > kForwardBytes;
    if (!part.envelopes.empty() && full) {
      frames.emplace_back(std::exchange(part, {}));
      bytes = envelope->size();
    }
    part.envelopes.push_back(std::move(envelope));
  }
  if (!part.envelopes.empty()) frames.emplace_back(std::move(part));
  return shared_->Send(to, std::move(frames));
}

bool PeerTransport::SendForwardRefused(NodeId to, ForwardRefused refused) {
  AVAL_ASSERT(refused.envelopes.size() <= kMaxForwardedActs);  // The peer would close the link.
  return shared_->Send(to, One(std::move(refused)));
}

bool PeerTransport::SendExtension(NodeId to, Extension extension) {
  AVAL_ASSERT(extension.body.size() <= kMaxExtensionBytes);
  return shared_->Send(to, One(std::move(extension)));
}

std::map<NodeId, PeerCounters> PeerTransport::counters() const {
  std::map<NodeId, PeerCounters> all;
  for (const Peer& peer : shared_->registry().options().peers) {
    all.emplace(peer.id, shared_->registry().counters(peer.id));
  }
  return all;
}

void PeerTransport::Stop() { shared_->Stop(); }

}  // namespace aval::net
