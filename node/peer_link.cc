#include "node/peer_link.h"

#include <utility>
#include <variant>

#include "node/act_preparation.h"

namespace aval::node {

Result<void> PeerLink::Open(const Parts& parts, net::IoThreads& threads,
                            const net::PeerTransport::Options& options,
                            const crypto::SecretKey& key) {
  parts_ = parts;
  for (const net::PeerTransport::Peer& peer : options.peers) {
    const consensus::NodeId from = peer.id;
    lanes_.emplace(
        from,
        std::make_shared<ForwardLane>(ForwardLane::Parts{
            .clock = parts_.clock,
            .pool = parts_.pool,
            .leads = [this] { return parts_.replica->leads(); },
            .prepare =
                [this](ForwardLane::Envelopes envelopes) {
                  return std::make_shared<ActPreparation>(std::move(envelopes), *parts_.verifier);
                },
            .done =
                [this, from](const std::vector<ledger::Preparation>& acts, net::Receipt receipt) {
                  parts_.replica->OnForward(from, acts, std::move(receipt));
                },
            .refuse =
                [this, from](net::ForwardRefused refused) {
                  RefuseForward(from, std::move(refused));
                }}));
  }
  AVAL_TRY(transport_, net::PeerTransport::Start(threads, options, key, *this));
  live_ = transport_.get();
  return {};
}

void PeerLink::Stop() {
  if (transport_) transport_->Stop();
}

void PeerLink::Send(consensus::NodeId to, const consensus::Message& message) {
  net::PeerTransport* transport = live_;
  if (transport == nullptr || transport->Send(to, message)) return;
  // Appends count on order: a dropped one is a gap, as after a broken link.
  if (std::holds_alternative<consensus::Append>(message)) parts_.replica->OnLink(to, false);
}

void PeerLink::Forward(consensus::NodeId to, std::vector<std::shared_ptr<const Bytes>> envelopes) {
  // What is dropped is forwarded again after a while, or when the link comes up.
  net::PeerTransport* transport = live_;
  if (transport != nullptr) transport->SendForward(to, {.envelopes = std::move(envelopes)});
}

void PeerLink::RefuseForward(consensus::NodeId to, net::ForwardRefused refused) {
  net::PeerTransport* transport = live_;
  if (transport != nullptr) transport->SendForwardRefused(to, std::move(refused));
}

void PeerLink::SendExtension(consensus::NodeId to, net::Extension extension) {
  // Who misses an answer asks again.
  net::PeerTransport* transport = live_;
  if (transport != nullptr) transport->SendExtension(to, std::move(extension));
}

void PeerLink::OnMessage(consensus::Sender from, consensus::Message message, net::Receipt receipt) {
  parts_.replica->OnMessage(from, std::move(message), std::move(receipt));
}

// Acts that this node would not take, because it does not lead or holds enough of this peer's, cost
// it no signature, and an io thread no digest.
void PeerLink::OnForward(consensus::NodeId from, net::Forward forward, net::Receipt receipt) {
  if (!parts_.replica->leads()) return;  // The follower asks again when it learns of the leader.
  lanes_.at(from)->Add(std::move(forward.envelopes), std::move(receipt));
}

void PeerLink::OnForwardRefused(consensus::NodeId from, net::ForwardRefused refused,
                                net::Receipt receipt) {
  parts_.replica->OnForwardRefused(from, std::move(refused), std::move(receipt));
}

void PeerLink::OnExtension(consensus::NodeId from, net::Extension extension, net::Receipt receipt) {
  if (IsSnapshotMessage(extension.number)) {
    parts_.snapshots->OnExtension(from, std::move(extension), std::move(receipt));
    return;
  }
  parts_.log->Debug("node " + std::to_string(from.value) + " sends an extension " +
                    std::to_string(extension.number) + " that this version does not know");
}

void PeerLink::OnLink(consensus::NodeId peer, bool up) {
  parts_.log->Info("link to node " + std::to_string(peer.value) + (up ? " is up" : " is down"));
  parts_.replica->OnLink(peer, up);
  parts_.snapshots->OnLink(peer, up);
}

void PeerLink::OnTrouble(std::optional<consensus::NodeId> peer, const Error& error) {
  const std::string whom = peer ? "node " + std::to_string(peer->value) : "a stranger";
  parts_.log->Warn(whom + ": " + error.message);
}

}  // namespace aval::node
