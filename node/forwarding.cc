// Acts that clients of this node wait for, on their way to whoever leads.

#include <utility>

#include "ledger/block.h"
#include "node/replica.h"

namespace aval::node {

void Replica::Submit(std::vector<std::shared_ptr<ledger::PreparedAct>> acts, Instant deadline) {
  parts_.core->Post([this, acts = std::move(acts), deadline]() mutable {
    const Instant now = parts_.clock->Now();
    std::vector<Act> fresh;
    for (Act& act : acts) {
      const auto [known, inserted] =
          unanswered_by_identity_.try_emplace(act->identity, submissions_ + 1);
      if (!inserted) {
        Unanswered& waiting = unanswered_.at(known->second);
        waiting.deadline = std::max(waiting.deadline, deadline);
        continue;
      }
      ++submissions_;
      unanswered_.emplace(submissions_, Unanswered{.act = act, .deadline = deadline, .sent = now});
      fresh.push_back(std::move(act));
    }
    Route(std::move(fresh));
    React();
  });
}

void Replica::Route(std::vector<Act> acts) {
  if (leading()) {
    std::vector<crypto::Digest> refused;
    for (const Act& act : acts) {
      if (HasRoom(*act)) {
        Enqueue(act);
      } else {
        ForgetUnanswered(act->identity);
        refused.push_back(act->identity);
      }
    }
    parts_.waiters->Refuse(refused, ActAnswer::Kind::kOverloaded);
    return;
  }
  const consensus::NodeId leader = core_.leadership().leader;
  if (leader.value == 0) return;  // They go when there is one.
  std::vector<std::shared_ptr<const Bytes>> envelopes;
  std::size_t bytes = 0;
  for (const Act& act : acts) {
    if (bytes + act->bytes->size() > ledger::kBlockBytesMax) {
      parts_.peers->Forward(leader, std::exchange(envelopes, {}));
      bytes = 0;
    }
    bytes += act->bytes->size();
    envelopes.push_back(act->bytes);
  }
  if (!envelopes.empty()) parts_.peers->Forward(leader, std::move(envelopes));
}

void Replica::SendUnanswered(bool all) {
  const Instant now = parts_.clock->Now();
  std::vector<Act> acts;
  for (auto& [submission, waiting] : unanswered_) {
    if (!all && now - waiting.sent < limits_.resend_interval) continue;
    waiting.sent = now;
    acts.push_back(waiting.act);
  }
  if (!acts.empty()) Route(std::move(acts));
}

void Replica::OnForwardRefused(consensus::NodeId from, std::vector<crypto::Digest> identities) {
  parts_.core->Post([this, from, identities = std::move(identities)] {
    // Only the leader's word counts, and only for what this node has sent.
    if (from != core_.leadership().leader) return;
    for (const crypto::Digest& identity : identities) ForgetUnanswered(identity);
    parts_.waiters->Refuse(identities, ActAnswer::Kind::kOverloaded);
  });
}

void Replica::ForgetUnanswered(const crypto::Digest& identity) {
  const auto known = unanswered_by_identity_.find(identity);
  if (known == unanswered_by_identity_.end()) return;
  unanswered_.erase(known->second);
  unanswered_by_identity_.erase(known);
}

void Replica::ExpireUnanswered(Instant now) {
  for (auto at = unanswered_.begin(); at != unanswered_.end();) {
    if (at->second.deadline > now) {
      ++at;
      continue;
    }
    unanswered_by_identity_.erase(at->second.act->identity);
    at = unanswered_.erase(at);
  }
}

}  // namespace aval::node
