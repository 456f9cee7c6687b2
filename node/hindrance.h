#pragma once

#include <cstdint>
#include <string_view>

namespace aval::node {

/// Why an act was not taken, or is not decided yet, as far as this node knows. All of it passes,
/// but kForgotten, and the same envelope may be sent again, to any node.
enum class Hindrance : std::uint8_t {
  kUndecided,    // Nothing in the way here: it was on its way, or its block was.
  kQueueFull,    // The leader's queue has no room for it.
  kUncommitted,  // The leader waits for a quorum: too many bytes are not committed yet.
  kUnapplied,    // Too much that is committed is not applied by a quorum.
  kSlowDisk,     // The leader's disk is behind.
  kHandingOver,  // Leadership is being handed over.
  kClock,        // The leader's clock is far from the others', and stamps no blocks.
  kNoLeader,     // This node knows of none.
  kNoRoom,       // And its own disk has no room for entries.
  kAsking,       // This node asks what it has promised, and takes no part yet.
  kForgotten,    // It has forgotten that, and takes no part any more.
  kNodeBusy,     // Too much waits for this node's threads.
  kStopping,     // This node goes down.
};

/// Its code in the API: "no_leader" and so on. For ever.
std::string_view HindranceCode(Hindrance hindrance);
/// For people, after "the act is not decided: ".
std::string_view HindranceText(Hindrance hindrance);

}  // namespace aval::node
