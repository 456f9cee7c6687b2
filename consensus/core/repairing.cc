// Entries that a node's disk has lost, and others have.

#include "consensus/core/core.h"

namespace aval::consensus {

void Core::On(NodeId from, const EntriesRequest& request, Instant, Actions& out) {
  EntriesResponse response{.term = term_, .after = request.after, .entries = {}};
  const bool in_reach = request.after >= log_.anchor().index && request.after < request.last;
  if (in_reach && request.after < log_.stable()) {
    auto entries =
        log_.Read(request.after, std::min(request.last, log_.stable()), options_.append_bytes);
    if (entries) {
      response.state = EntriesResponse::State::kHeld;
      response.entries = *std::move(entries);
    }
  } else if (in_reach) {
    response.state = EntriesResponse::State::kNeverHad;
  }
  Send(from, std::move(response), out);
}

void Core::On(NodeId, const EntriesResponse&, Instant, Actions&) {}

}  // namespace aval::consensus
