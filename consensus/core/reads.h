#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "base/clock.h"
#include "consensus/core/quorum.h"
#include "consensus/types.h"

namespace aval::consensus {

/// The leader's side of reads that are linearisable without a place in the log (ReadIndex: thesis,
/// section 6.4). Everything that waits shares one round: what is committed when the round begins is
/// what its reads must see, and they may once a quorum has answered a heartbeat sent after that.
///
/// Rounds are numbered by the leader itself and never again in its term. A number of the asker's
/// choice that comes twice, or an answer to an earlier heartbeat, would confirm what it does not
/// know.
/// Threads: one.
class ReadRounds {
 public:
  /// `reader` asks for everything up to `ticket`; its tickets rise.
  void Ask(NodeId reader, std::uint64_t ticket);
  /// Begins a round when reads wait and none is under way; true when it did, and heartbeats with
  /// number() are to leave.
  bool Begin(Index commit);
  std::uint64_t number() const { return number_; }
  bool waiting() const { return !waiting_.empty(); }
  /// `voter` has answered a heartbeat of this number. The leader itself counts from the beginning.
  void Confirm(NodeId voter, std::uint64_t number);
  struct Round {
    Index index;
    std::map<NodeId, std::uint64_t> tickets;
  };
  /// The round under way, when a quorum has confirmed it; it is over then.
  std::optional<Round> Finish(NodeId self, const Quorum& quorum);

 private:
  std::map<NodeId, std::uint64_t> waiting_;
  std::optional<Round> under_way_;
  std::uint64_t number_ = 0;
  std::set<NodeId> confirmed_;
};

/// A node's own reads, wherever it stands. A ticket stands for a read; whoever may answer one may
/// answer all before it.
/// Threads: one.
class ReadTickets {
 public:
  /// `first` is drawn at random by each process: an answer to an earlier one must not fit.
  explicit ReadTickets(std::uint64_t first) : last_(first), answered_(first) {}

  std::uint64_t Take() { return ++last_; }
  /// The highest that waits, if any.
  std::optional<std::uint64_t> waiting() const;
  /// Not asked, or not answered for so long that the question or the answer may be lost.
  bool IsDue(Instant now, Duration patience) const;
  void Asked(Instant now) { asked_ = now; }
  /// To be asked again: of another leader.
  void Lost() { asked_.reset(); }
  /// False for what was answered before, or never asked.
  bool Answer(std::uint64_t ticket);

 private:
  std::uint64_t last_;
  std::uint64_t answered_;
  std::optional<Instant> asked_;
};

}  // namespace aval::consensus
