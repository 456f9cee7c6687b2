#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/worker_pool.h"
#include "net/peer_transport.h"
#include "node/act_verifier.h"
#include "node/event_log.h"
#include "node/forward_lane.h"
#include "node/replica.h"
#include "node/snapshot/service.h"

namespace aval::node {

/// Between the replica, or its snapshots, and the network: what one sends the other carries, what
/// arrives is handed over, forwarded acts by way of the verify pool. Receipts stay with what
/// arrives until the core has taken it: a peer that sends faster is not read from. Threads: as its
/// two interfaces say.
class PeerLink final : public PeerLinks, public ExtensionLinks, public net::PeerEvents {
 public:
  struct Parts {
    Replica* replica = nullptr;  // All of these outlive the link.
    SnapshotService* snapshots = nullptr;
    const Clock* clock = nullptr;
    WorkerPool* pool = nullptr;
    ActVerifier* verifier = nullptr;
    EventLog* log = nullptr;
  };

  /// Before Open nothing arrives, and what is sent is dropped.
  Result<void> Open(const Parts& parts, net::IoThreads& threads,
                    const net::PeerTransport::Options& options, const crypto::SecretKey& key);
  void Stop();
  const net::PeerTransport* transport() const { return live_; }

  void Send(consensus::NodeId to, const consensus::Message& message) override;
  void Forward(consensus::NodeId to, std::vector<std::shared_ptr<const Bytes>> envelopes) override;
  void RefuseForward(consensus::NodeId to, net::ForwardRefused refused) override;
  void SendExtension(consensus::NodeId to, net::Extension extension) override;

  void OnMessage(consensus::Sender from, consensus::Message message, net::Receipt receipt) override;
  void OnForward(consensus::NodeId from, net::Forward forward, net::Receipt receipt) override;
  void OnForwardRefused(consensus::NodeId from, net::ForwardRefused refused,
                        net::Receipt receipt) override;
  void OnExtension(consensus::NodeId from, net::Extension extension, net::Receipt receipt) override;
  void OnLink(consensus::NodeId peer, bool up) override;
  void OnTrouble(std::optional<consensus::NodeId> peer, const Error& error) override;

 private:
  Parts parts_;
  std::map<consensus::NodeId, std::shared_ptr<ForwardLane>> lanes_;  // Not changed after Open.
  std::unique_ptr<net::PeerTransport> transport_;
  // The same, once it is open: peers may speak before Start has returned it.
  std::atomic<net::PeerTransport*> live_ = nullptr;
};

}  // namespace aval::node
