// What a node asks others before it takes part, and on until all have answered, and what it answers
// them: see promises.h.

#include <algorithm>
#include <string>

#include "consensus/core/core.h"

namespace aval::consensus {

void Core::JudgePromises(Instant now) {
  promises_.Judge(membership_, now - started_ >= options_.election_timeout);
  if (promises_.standing() != Promises::Standing::kKept) return;
  ResetElectionTimer(now);
  greeting_deadline_ = now + options_.election_timeout;
}

void Core::AskForPromises(Instant now, Actions& out) {
  if (promises_.standing() == Promises::Standing::kAsking) JudgePromises(now);
  switch (promises_.standing()) {
    case Promises::Standing::kKept:
      return;
    case Promises::Standing::kForgotten:
      ResetElectionTimer(now);
      return;
    case Promises::Standing::kAsking:
      break;
  }
  for (const NodeId node : promises_.AskedOf(membership_)) {
    if (node != options_.self) Greet(node, out);
  }
  election_deadline_ = now + options_.heartbeat_interval;
}

bool Core::AwaitsGreetings() const {
  return standing() == Promises::Standing::kKept &&
         std::ranges::any_of(membership_.quorum().voters(),
                             [&](NodeId voter) { return promises_.IsUnheard(voter); });
}

// Who was out of reach when this node began to take part may be the only one who knows better.
void Core::AskForLateGreetings(Instant now, Actions& out) {
  if (now < greeting_deadline_ || !AwaitsGreetings()) return;
  for (const NodeId voter : membership_.quorum().voters()) {
    if (promises_.IsUnheard(voter)) Greet(voter, out);
  }
  greeting_deadline_ = now + options_.election_timeout;
}

void Core::Greet(NodeId node, Actions& out) {
  Send(node, GreetingRequest{.term = term_, .run = promises_.run()}, out);
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
void Core::TakeGreeting(Sender from, const GreetingResponse& response, Instant now, Actions& out) {
  const Promises::Standing before = promises_.standing();
  if (before == Promises::Standing::kForgotten) return;
  promises_.Hear(from, response);
  if (promises_.standing() == Promises::Standing::kForgotten) {
    Reached(RarePath::kForgottenPromiseFound);
    if (before == Promises::Standing::kKept) TakePartNoMore(now, out);
  } else if (before == Promises::Standing::kAsking) {
    JudgePromises(now);
  }
}

// Nor does what waits for the disk leave any more.
void Core::TakePartNoMore(Instant now, Actions& out) {
  gated_.clear();
  BecomeFollower(term_, NodeId{}, now, out);
}

}  // namespace aval::consensus
