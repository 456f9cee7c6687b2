#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "crypto/digest.h"
#include "ledger/machine.h"
#include "node/hindrance.h"

namespace aval::node {

/// What became of an act, by this node's own apply.
struct AppliedAct {
  crypto::Digest envelope;  // SHA-256 of it.
  ledger::Machine::Answer outcome;
};

/// The answer to a waiting client.
struct ActAnswer {
  enum class Kind : std::uint8_t {
    kDecided,  // `outcome` says how.
    // Nothing is recorded by this call in these two; try again later.
    kOverloaded,  // Not taken, for want of room.
    kNotTaken,    // Nobody had it who could have decided it.
    kTimedOut,    // The deadline passed; it may yet be decided. The id answers for ever.
    kStopping,    // This node is going down; as kTimedOut.
  };
  Kind kind = Kind::kTimedOut;
  ledger::Machine::Answer outcome;
  Hindrance hindrance = Hindrance::kUndecided;  // Where it is not decided.
};

/// Clients that wait for their acts, by the SHA-256 of the envelope that they sent: one that was
/// dropped, for want of a signature perhaps, says nothing about another envelope of the same act.
/// An envelope may have several: each retry waits, too.
/// Threads: safe from all; `done` runs on the thread that brought the answer, exactly once.
class Waiters {
 public:
  using Done = std::function<void(const ActAnswer&)>;

  void Add(const crypto::Digest& envelope, Instant deadline, Done done);
  void Resolve(std::span<const AppliedAct> acts);
  void Refuse(std::span<const crypto::Digest> envelopes, ActAnswer::Kind kind, Hindrance hindrance);
  /// Answers kTimedOut to everyone whose deadline has passed.
  void Expire(Instant now, Hindrance hindrance);
  /// Answers kStopping to everyone, now and later.
  void Stop();
  std::size_t size() const;

 private:
  struct Waiting {
    Instant deadline;
    Done done;
  };
  using Taken = std::vector<std::pair<Done, ActAnswer>>;
  void Take(const crypto::Digest& envelope, const ActAnswer& answer, Taken& taken);

  mutable std::mutex mutex_;
  std::multimap<crypto::Digest, Waiting> waiting_;
  bool stopped_ = false;
};

}  // namespace aval::node
