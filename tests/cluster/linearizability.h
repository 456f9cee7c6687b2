#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "tests/cluster/history.h"

namespace aval::cluster {

/// Why no order of one key's calls explains what its reads returned.
struct Violation {
  std::string key;
  std::string text;  // For people: one line that names the calls that contradict each other.

  friend bool operator==(const Violation&, const Violation&) = default;
};

/// By key, the value before the first write.
using InitialValues = std::map<std::string, std::int64_t, std::less<>>;

/// Decides exactly, in O(n log n), whether the calls of every key are those of a linearisable
/// register: an order of the calls exists in which each read returns the value of the last write
/// before it, and a call that returned before another was called stands before it. At most one
/// violation for each key that has any, in the order of keys; none: the history is linearisable.
///
/// Keys are judged apart, because linearisability is local (Herlihy and Wing 1990, theorem 1).
/// Within a key, the conditions are those of Gibbons and Korach ("Testing shared memories", SIAM J.
/// Comput. 26, 1997) for writes of distinct values. The *cluster* of a value is its write with the
/// reads that returned it; in every valid order it stands in one piece, the write first. With
/// `proven` the earliest return in a cluster and `needed` its latest call, one cluster must stand
/// before another iff it is proven before the other is needed. A cluster with proven < needed is a
/// *forward* zone, during all of which the register holds its value; any other is a *backward* zone
/// [needed, proven], at some instant of which it does. The calls are linearisable iff
///
///   1. every read returns the initial value or that of a write that was not refused,
///   2. no read returned before the write of its value was called,
///   3. no two forward zones overlap, and
///   4. no backward zone lies within a forward one.
///
/// 3 and 4 say that no two clusters must each stand before the other. That is enough: every cluster
/// of a longer cycle is needed after its predecessor is proven, so the one that is proven first
/// must stand before all of the others, its own predecessor among them.
///
/// Times that are equal order nothing: such calls are concurrent. The initial value is one that was
/// written before all calls. Refused calls, and reads that are not kDone, say nothing.
///
/// A write with an unknown outcome counts as one that never returns. If its value was read, it took
/// effect, and nothing else is known of when. If not, that it never took effect explains as much as
/// any time at which it may have: taken out of a valid order, it leaves one. Accordingly its zone,
/// which never ends, contradicts no other.
///
/// kInvalidArgument: a key without an initial value, times out of order, or two values that are not
/// distinct among a key's initial one and those of its writes that were not refused.
Result<std::vector<Violation>> CheckLinearizability(std::span<const Call> history,
                                                    const InitialValues& initial_values);

}  // namespace aval::cluster
