// Entries that a node's disk has lost, and others have: see repairs.h.

#include <algorithm>
#include <string>

#include "consensus/core/core.h"

namespace aval::consensus {

void Core::On(NodeId from, const EntriesRequest& request, Instant, Actions& out) {
  EntriesResponse response{.term = term_, .after = request.after, .entries = {}};
  const bool in_reach = request.after >= log_.anchor().index && request.after < request.last;
  if (in_reach && request.after >= log_.last().index && repairs_.empty()) {
    response.state = EntriesResponse::State::kNeverHad;
  } else if (in_reach && request.after < log_.stable()) {
    // What cannot be read here is no news for others: the entry was had.
    auto entries =
        log_.Read(request.after, std::min(request.last, log_.stable()), options_.append_bytes);
    if (entries) {
      response.state = EntriesResponse::State::kHeld;
      response.entries = *std::move(entries);
    }
  }
  Send(from, std::move(response), out);
}

void Core::On(NodeId from, const EntriesResponse& response, Instant now, Actions& out) {
  switch (response.state) {
    case EntriesResponse::State::kHeld:
      // A log that has another entry there holds none of what was lost.
      if (!repairs_.Take(response.after, response.entries)) {
        repairs_.NeverHad(from, response.term, response.after);
      }
      break;
    case EntriesResponse::State::kNeverHad:
      repairs_.NeverHad(from, response.term, response.after);
      break;
    case EntriesResponse::State::kUnknown:
      break;
  }
  while (auto filled = repairs_.TakeFilled(sequence_ + 1)) {
    Reached(Mark::kDamageRepaired);
    NewWrite(out).repaired = *std::move(filled);
  }
  DropWhatNobodyHas(out);
  AskForLostEntries(now, out);
}

void Core::Damaged(const DamagedRange& range, Instant now, Actions& out) {
  now_ = now;
  const Leadership before = leadership();
  repairs_.Add(range, term_);
  if (role_ == Role::kLeader) GiveUpLeading(now, out);
  AskForLostEntries(now, out);
  CheckLeadershipChange(before, out);
}

void Core::DropWhatNobodyHas(Actions& out) {
  const auto kept = repairs_.LostAfter(membership_.quorum());
  if (!kept || kept->index < commit_) return;
  Reached(Mark::kDamageDropped);
  TruncateAfter(*kept, out);
}

void Core::AskForLostEntries(Instant now, Actions& out) {
  std::vector<NodeId> peers;
  for (const auto& [node, member] : membership_.current().members) {
    if (node != options_.self) peers.push_back(node);
  }
  const auto question = repairs_.Ask(peers, now, options_.heartbeat_interval);
  if (!question) return;
  Send(question->to,
       EntriesRequest{.term = term_, .after = question->after, .last = question->last}, out);
}

}  // namespace aval::consensus
