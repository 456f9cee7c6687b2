#include "node/hindrance.h"

#include "base/assert.h"

namespace aval::node {

std::string_view HindranceCode(Hindrance hindrance) {
  switch (hindrance) {
    case Hindrance::kUndecided:
      return "undecided";
    case Hindrance::kQueueFull:
      return "queue_full";
    case Hindrance::kUncommitted:
      return "uncommitted";
    case Hindrance::kUnapplied:
      return "unapplied";
    case Hindrance::kSlowDisk:
      return "slow_disk";
    case Hindrance::kHandingOver:
      return "handing_over";
    case Hindrance::kClock:
      return "clock";
    case Hindrance::kNoLeader:
      return "no_leader";
    case Hindrance::kNoRoom:
      return "no_room";
    case Hindrance::kAsking:
      return "asking";
    case Hindrance::kForgotten:
      return "forgotten";
    case Hindrance::kNodeBusy:
      return "node_busy";
    case Hindrance::kStopping:
      return "stopping";
  }
  AVAL_UNREACHABLE("every hindrance has a code");
}

std::string_view HindranceText(Hindrance hindrance) {
  switch (hindrance) {
    case Hindrance::kUndecided:
      return "it was on its way";
    case Hindrance::kQueueFull:
      return "the leader's queue is full";
    case Hindrance::kUncommitted:
      return "too much waits to be committed";
    case Hindrance::kUnapplied:
      return "too much waits to be applied";
    case Hindrance::kSlowDisk:
      return "too much waits for the leader's disk";
    case Hindrance::kHandingOver:
      return "leadership is being handed over";
    case Hindrance::kClock:
      return "the leader's clock is far from the others'";
    case Hindrance::kNoLeader:
      return "this node knows of no leader";
    case Hindrance::kNoRoom:
      return "this node knows of no leader, and its disk has no room";
    case Hindrance::kAsking:
      return "this node asks the others what it has promised";
    case Hindrance::kForgotten:
      return "this node has lost what it had promised, and takes no part any more";
    case Hindrance::kNodeBusy:
      return "too much waits at this node";
    case Hindrance::kStopping:
      return "this node goes down";
  }
  AVAL_UNREACHABLE("every hindrance has a text");
}

}  // namespace aval::node
