// What a node asks others before it takes part, and what it answers them: see promises.h.

#include <string>

#include "consensus/core/core.h"

namespace aval::consensus {

void Core::AskForPromises(Instant now, Actions& out) {
  promises_.Judge(membership_);
  if (promises_.standing() != Promises::Standing::kAsking) {
    ResetElectionTimer(now);
    return;
  }
  for (const NodeId node : promises_.AskedOf(membership_)) {
    if (node == options_.self) continue;
    Send(node, GreetingRequest{.term = term_, .run = promises_.run()}, out);
  }
  election_deadline_ = now + options_.heartbeat_interval;
}

void Core::On(NodeId from, const GreetingRequest& request, Instant, Actions& out) {
  Send(from,
       GreetingResponse{.term = term_,
                        .run = request.run,
                        .blank = promises_.blank(),
                        .promise = promises_.Of(from),
                        .configuration_index = membership_.index(),
                        .configuration = Encode(membership_.current())},
       out);
}

// Of any incarnation: which of them count, the configuration says.
void Core::TakeGreeting(Sender from, const GreetingResponse& response, Instant now) {
  if (promises_.standing() != Promises::Standing::kAsking) return;
  promises_.Hear(from, response);
  if (promises_.standing() == Promises::Standing::kForgotten) {
    Reached(Mark::kForgottenPromiseFound);
    return;
  }
  promises_.Judge(membership_);
  if (promises_.standing() == Promises::Standing::kKept) ResetElectionTimer(now);
}

}  // namespace aval::consensus
