#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/clock.h"
#include "consensus/types.h"

namespace aval::consensus {

/// What a leader knows of one follower's log, and what is on its way there.
///
/// Probing sends one message and waits; streaming pipelines within a window of messages and bytes.
/// Invariant: match() < next(); match() never falls.
/// Threads: one.
class Progress {
 public:
  struct Window {
    std::size_t messages;
    std::size_t bytes;
  };

  /// A new leader guesses that the follower agrees up to its own last entry.
  Progress(Index last, Window window) : next_{last.value + 1}, asked_(last), window_(window) {}

  Index match() const { return match_; }
  Index next() const { return next_; }
  bool streaming() const { return streaming_; }

  /// Another append may leave now.
  bool MaySend() const;
  /// An append up to `last` with so many payload bytes has left. One without entries takes no place
  /// in the window: it asks whether everything before next() has arrived.
  void Sent(Index last, std::size_t bytes);
  /// What comes before `anchor` cannot be sent any more; a probe that follows it has left instead.
  void SentAtAnchor(Index anchor);
  /// The follower holds everything up to `match` durably. True when that is news. Less than a probe
  /// asks for frees none: who has lost entries says nothing else, however often it is asked, and
  /// the next heartbeat asks again.
  bool Acknowledged(Index match);
  enum class Refusal {
    kStale,      // Changes nothing.
    kAskLower,   // A lower probe may leave now.
    kForgotten,  // Of what it has acknowledged; the next heartbeat asks again.
  };
  /// The follower refused an append that followed `prev`; it may agree up to `hint`.
  Refusal Refused(Index prev, Index hint);
  /// The link broke, and what was under way is lost: a probe is free again.
  void LinkLost();

  Instant last_heard;
  Index applied;
  std::size_t forgotten = 0;  // Refusals, since the last success, of what it has acknowledged.

 private:
  struct InFlight {
    Index last;
    std::size_t bytes;
  };
  void StartProbing(Index next);

  Index match_;
  Index next_;
  Index asked_;  // By the probe: whether everything up to this has arrived.
  Window window_;
  bool streaming_ = false;
  bool probe_sent_ = false;
  std::deque<InFlight> in_flight_;
  std::size_t in_flight_bytes_ = 0;
};

}  // namespace aval::consensus
