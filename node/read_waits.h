#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "base/clock.h"
#include "consensus/types.h"

namespace aval::node {

/// What became of a linearisable read's wait.
enum class ReadEnd : std::uint8_t {
  kReadable,  // This node has applied all that the read must see.
  kNoLeader,  // The deadline passed, and no leader was known.
  kStopping,  // The node goes down.
  kTimedOut,  // The deadline passed.
};

/// Reads between their question and the time when this node has applied what they must see.
/// Threads: one, the core's; `done` runs there, exactly once.
class ReadWaits {
 public:
  using Done = std::function<void(ReadEnd)>;

  void Add(std::uint64_t ticket, Instant deadline, Done done);
  /// Everything up to this ticket may be answered once `index` is applied.
  void Confirm(std::uint64_t ticket, consensus::Index index);
  void Applied(consensus::Index index);
  void Expire(Instant now, ReadEnd end);
  /// All of them.
  void End(ReadEnd end);
  std::size_t size() const { return asked_.size() + confirmed_.size(); }

 private:
  struct Wait {
    Instant deadline;
    Done done;
  };
  template <class Waits>
  static void ExpireOf(Waits& waits, Instant now, ReadEnd end);

  std::map<std::uint64_t, Wait> asked_;              // By ticket.
  std::multimap<consensus::Index, Wait> confirmed_;  // By what must be applied.
  consensus::Index applied_;
};

}  // namespace aval::node
