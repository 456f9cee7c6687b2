#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "consensus/types.h"
#include "net/peer_connection.h"
#include "net/peer_intake.h"
#include "net/peer_message.h"
#include "net/peer_queue.h"
#include "net/peer_transport.h"
#include "net/trouble_filter.h"

namespace aval::net {

/// What the links of one node share: the options, one record for each peer, and the way up to the
/// events.
/// Threads: every method is safe from all; events are called on the caller's.
class PeerRegistry {
 public:
  /// The mutable part of PeerCounters that is not the queue's.
  struct Record {
    explicit Record(const PeerTransport::Options& options)
        : queue(options.queue_messages, options.queue_bytes),
          intake(std::make_shared<PeerIntake>(options.receive_messages, options.receive_bytes)),
          forwards(std::make_shared<PeerIntake>(options.receive_forwards,
                                                options.receive_forwarded_bytes)) {}
    PeerQueue queue;
    const std::shared_ptr<PeerIntake> intake;  // Of all but forwards.
    const std::shared_ptr<PeerIntake> forwards;
    std::atomic<bool> up{false};
    std::atomic<std::uint64_t> frames_sent{0};
    std::atomic<std::uint64_t> bytes_sent{0};
    std::atomic<std::uint64_t> frames_received{0};
    std::atomic<std::uint64_t> bytes_received{0};
    std::atomic<std::uint64_t> connects{0};
    std::atomic<std::uint64_t> failed_connects{0};
  };

  PeerRegistry(const PeerTransport::Options& options, PeerEvents& events);

  const PeerTransport::Options& options() const { return options_; }
  const std::shared_ptr<const PeerConnection::Rules>& rules() const { return rules_; }
  bool Knows(consensus::NodeId peer) const { return records_.contains(peer); }
  /// `peer` is one of the options'.
  Record& record(consensus::NodeId peer) { return *records_.at(peer); }
  PeerCounters counters(consensus::NodeId peer) const;

  /// From now on no event is reported; one may be under way.
  void Silence() { silent_ = true; }

  /// `bytes`: what the message took on the wire.
  void Deliver(consensus::Sender sender, PeerMessage message, std::size_t bytes);
  void ReportLink(consensus::NodeId peer, bool up);
  /// Unless it is left out (TroubleFilter).
  void ReportTrouble(std::optional<consensus::NodeId> peer, const Error& error);

 private:
  const PeerTransport::Options options_;
  PeerEvents& events_;
  const std::shared_ptr<const PeerConnection::Rules> rules_;
  std::map<consensus::NodeId, std::unique_ptr<Record>> records_;  // The map never changes.
  std::atomic<bool> silent_{false};
  std::mutex mutex_;
  PeerTroubles troubles_;  // Strangers' are nobody's.
};

}  // namespace aval::net
