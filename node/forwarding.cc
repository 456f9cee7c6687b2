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
          unanswered_by_envelope_.try_emplace(act->digest, submissions_ + 1);
      if (!inserted) {
        Unanswered& waiting = unanswered_.at(known->second);
        waiting.deadline = std::max(waiting.deadline, deadline);
        continue;
      }
      ++submissions_;
      parts_.verifier->Remember(act);
      unanswered_.emplace(submissions_, Unanswered{.act = act, .deadline = deadline, .sent = now});
      fresh.push_back(std::move(act));
    }
    Route(fresh);
    ReactSoon();
  });
}

void Replica::Route(const std::vector<Act>& acts) {
  if (leading()) {
    RefuseUnanswered(EnqueueInOrder(self_, acts, nullptr));
    return;
  }
  for (const Act& act : acts) routed_.push_back(act->bytes);
}

// In one message for all that came since the last.
void Replica::ForwardRouted() {
  const consensus::NodeId leader = core_.leadership().leader;
  std::vector<std::shared_ptr<const Bytes>> envelopes = std::exchange(routed_, {});
  // Without a leader, and to this one, they go when there is another.
  if (envelopes.empty() || leader.value == 0 || leader == self_) return;
  parts_.peers->Forward(leader, std::move(envelopes));
}

void Replica::SendUnanswered(bool all) {
  const Instant now = parts_.clock->Now();
  std::vector<Act> acts;
  for (auto& [submission, waiting] : unanswered_) {
    if (!all && now - waiting.sent < limits_.resend_interval) continue;
    waiting.sent = now;
    waiting.resent = true;
    acts.push_back(waiting.act);
  }
  Route(acts);
}

void Replica::OnForwardRefused(consensus::NodeId from, net::ForwardRefused refused,
                               net::Receipt receipt) {
  parts_.core->Post([this, from, refused = std::move(refused), receipt = std::move(receipt)] {
    // Only the leader's word counts, and only for what this node has sent.
    if (from != core_.leadership().leader) return;
    switch (refused.reason) {
      case net::ForwardRefused::Reason::kNotLeader:
        return;  // They stay here, for the next leader or the deadline.
      case net::ForwardRefused::Reason::kOverloaded:
        return RefuseUnanswered(refused.envelopes);
      case net::ForwardRefused::Reason::kInvalid:
        return DropInvalid(from, refused.envelopes);
    }
  });
}

// A signature may fail by a key that this node did not know when it looked. Where it has checked
// all of them, the leader's word is wrong: the act waits for the next one, or its deadline.
void Replica::DropInvalid(consensus::NodeId from, std::span<const crypto::Digest> envelopes) {
  std::size_t valid = 0;
  for (const crypto::Digest& envelope : envelopes) {
    const auto known = unanswered_by_envelope_.find(envelope);
    if (known == unanswered_by_envelope_.end()) continue;
    const ledger::PreparedAct& act = *unanswered_.at(known->second).act;
    if (CheckedSignatures(act) == act.checks.size() && !ledger::HasBadSignature(act)) {
      ++valid;
      continue;
    }
    ForgetUnanswered(envelope);
    const AppliedAct dropped{.envelope = envelope,
                             .outcome = {.verdict = ledger::Verdict::kSignature}};
    parts_.waiters->Resolve({&dropped, 1});
  }
  if (valid == 0) return;
  Alarm(from, "refuses " + std::to_string(valid) + " acts as invalid whose signatures verify here");
}

// "Nothing is recorded" is true of what was sent once and not taken. What was sent before may be in
// somebody's log: its client waits for the outcome, or the deadline.
void Replica::RefuseUnanswered(std::span<const crypto::Digest> envelopes) {
  std::vector<crypto::Digest> refused;
  for (const crypto::Digest& envelope : envelopes) {
    const auto known = unanswered_by_envelope_.find(envelope);
    if (known == unanswered_by_envelope_.end()) continue;
    if (unanswered_.at(known->second).resent) continue;
    ForgetUnanswered(envelope);
    refused.push_back(envelope);
  }
  parts_.waiters->Refuse(refused, ActAnswer::Kind::kOverloaded);
}

void Replica::ForgetUnanswered(const crypto::Digest& envelope) {
  const auto known = unanswered_by_envelope_.find(envelope);
  if (known == unanswered_by_envelope_.end()) return;
  unanswered_.erase(known->second);
  unanswered_by_envelope_.erase(known);
  parts_.verifier->Forget(envelope);
}

void Replica::ExpireUnanswered(Instant now) {
  for (auto at = unanswered_.begin(); at != unanswered_.end();) {
    if (at->second.deadline > now) {
      ++at;
      continue;
    }
    unanswered_by_envelope_.erase(at->second.act->digest);
    parts_.verifier->Forget(at->second.act->digest);
    at = unanswered_.erase(at);
  }
}

}  // namespace aval::node
