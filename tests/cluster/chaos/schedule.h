#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace aval::chaos {

enum class FaultKind {
  kKill,     // SIGKILL of one node, started again at the end.
  kKillAll,  // The same of all nodes at once.
  kPause,    // SIGSTOP, and SIGCONT at the end.
  kHalves,   // Nodes on either side of a partition do not hear those on the other.
  kIsolate,  // One node and the others do not hear one another.
  kOneWay,   // The others do not hear one node, which hears them.
  kLink,     // Two nodes do not hear each other.
};
inline constexpr std::size_t kFaultKinds = 7;

/// For people: "kill -9" and so on.
std::string_view NameOf(FaultKind kind);

/// What node `from` sends to node `to`. Nodes are counted from 0 here, and from 1 for people.
struct Link {
  std::size_t from = 0;
  std::size_t to = 0;
  friend auto operator<=>(const Link&, const Link&) = default;
};

/// From `begin` to `end`, both counted from the start of the run; begin < end.
struct Fault {
  FaultKind kind = FaultKind::kKill;
  std::chrono::milliseconds begin{0};
  std::chrono::milliseconds end{0};
  std::vector<std::size_t> nodes;  // Whose process is killed or stopped; ascending.
  std::vector<Link> cut;           // Ascending.

  friend bool operator==(const Fault&, const Fault&) = default;
};

/// For people: "SIGSTOP of node 2", "partition: 1 2 | 3".
std::string Describe(const Fault& fault);

struct ScheduleOptions {
  std::size_t nodes = 3;  // 2 or more.
  std::chrono::milliseconds span{0};
  /// Whether links can be cut. Otherwise the nodes on the smaller side of each partition are
  /// stopped instead.
  bool cuts = true;
};

/// Faults that begin and end within the span, in the order of their beginnings; they overlap, but
/// no process is hit by two of them at a time. Every kind comes once before one comes again. Equal
/// seeds give equal schedules.
std::vector<Fault> DrawSchedule(const ScheduleOptions& options, Random& random);

}  // namespace aval::chaos
