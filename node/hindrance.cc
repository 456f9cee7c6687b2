#include "node/hindrance.h"

#include "base/assert.h"

namespace aval::node {

namespace {

struct Words {
  std::string_view code;
  std::string_view text;
};

Words WordsOf(Hindrance hindrance) {
  switch (hindrance) {
    case Hindrance::kUndecided:
      return {"undecided", "it was on its way"};
    case Hindrance::kQueueFull:
      return {"queue_full", "the leader's queue is full"};
    case Hindrance::kUncommitted:
      return {"uncommitted", "too much waits to be committed"};
    case Hindrance::kUnapplied:
      return {"unapplied", "too much waits to be applied"};
    case Hindrance::kSlowDisk:
      return {"slow_disk", "too much waits for the leader's disk"};
    case Hindrance::kHandingOver:
      return {"handing_over", "leadership is being handed over"};
    case Hindrance::kClock:
      return {"clock", "the leader's clock is far from the others'"};
    case Hindrance::kNoLeader:
      return {"no_leader", "this node knows of no leader"};
    case Hindrance::kNoRoom:
      return {"no_room", "this node's disk has no room, and without it hears of no decision"};
    case Hindrance::kAsking:
      return {"asking", "this node asks the others what it has promised"};
    case Hindrance::kForgotten:
      return {"forgotten", "this node has lost what it had promised, and takes no part any more"};
    case Hindrance::kNodeBusy:
      return {"node_busy", "too much waits at this node"};
    case Hindrance::kStopping:
      return {"stopping", "this node goes down"};
  }
  AVAL_UNREACHABLE("every hindrance has its words");
}

}  // namespace

std::string_view HindranceCode(Hindrance hindrance) { return WordsOf(hindrance).code; }

std::string_view HindranceText(Hindrance hindrance) { return WordsOf(hindrance).text; }

}  // namespace aval::node
