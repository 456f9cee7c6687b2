// Acts that clients of this node wait for, on their way to whoever leads.

#include <cstdlib>
#include <utility>

#include "ledger/block.h"
#include "node/replica.h"

namespace aval::node {

void Replica::Submit(std::vector<std::shared_ptr<ledger::PreparedAct>> acts, Instant deadline) {
  parts_.core->Post([this, acts = std::move(acts), deadline]() mutable {
    // It never decides anything again, or hears of no decision before there is room.
    const bool forgotten = core_.standing() == consensus::Promises::Standing::kForgotten;
    if (forgotten || (!room_ && !leading())) {
      for (const Act& act : acts) {
        const auto known = unanswered_by_envelope_.find(act->digest);
        const bool left =
            known != unanswered_by_envelope_.end() && unanswered_.at(known->second).left;
        if (left) continue;  // By an earlier call, and others may decide it.
        ForgetUnanswered(act->digest);
        parts_.waiters->Refuse({&act->digest, 1}, ActAnswer::Kind::kNotTaken,
                               forgotten ? Hindrance::kForgotten : Hindrance::kNoRoom);
      }
      return;
    }
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
    for (const Act& act : acts) MarkLeft(act->digest);
    RefuseUnanswered(EnqueueInOrder(self_, acts, nullptr));
    return;
  }
  routed_.insert(routed_.end(), acts.begin(), acts.end());
}

void Replica::MarkLeft(const crypto::Digest& envelope) {
  const auto known = unanswered_by_envelope_.find(envelope);
  if (known != unanswered_by_envelope_.end()) unanswered_.at(known->second).left = true;
}

// In one message for all that came since the last.
void Replica::ForwardRouted() {
  const consensus::NodeId leader = core_.leadership().leader;
  const std::vector<Act> acts = std::exchange(routed_, {});
  // Without a leader, and to this one, they go when there is another.
  if (acts.empty() || leader.value == 0 || leader == self_) return;
  std::vector<std::shared_ptr<const Bytes>> envelopes;
  for (const Act& act : acts) {
    // Its client may have been told meanwhile that nobody has it.
    if (!unanswered_by_envelope_.contains(act->digest)) continue;
    MarkLeft(act->digest);
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
  // The leader's queue is full because something is in the way, or because it has much to do.
  const Hindrance hindrance = leading() ? Hindered() : Hindrance::kUndecided;
  parts_.waiters->Refuse(refused, ActAnswer::Kind::kOverloaded,
                         hindrance == Hindrance::kUndecided ? Hindrance::kQueueFull : hindrance);
}

Hindrance Replica::Hindered() const {
  using Standing = consensus::Promises::Standing;
  if (core_.standing() == Standing::kForgotten) return Hindrance::kForgotten;
  if (core_.standing() == Standing::kAsking) return Hindrance::kAsking;
  if (core_.leadership().leader == consensus::NodeId{}) {
    return room_ ? Hindrance::kNoLeader : Hindrance::kNoRoom;
  }
  if (!leading()) return Hindrance::kUndecided;
  if (clock_off_ms_ && std::abs(*clock_off_ms_) > ClockAgreement::kDeviationMaxMs) {
    return Hindrance::kClock;
  }
  const std::optional<consensus::Obstacle> obstacle = core_.obstacle();
  if (!obstacle) return Hindrance::kUndecided;
  switch (*obstacle) {
    case consensus::Obstacle::kNotLeading:
      return Hindrance::kNoLeader;
    case consensus::Obstacle::kUncommitted:
      return Hindrance::kUncommitted;
    case consensus::Obstacle::kHandingOver:
      return Hindrance::kHandingOver;
    case consensus::Obstacle::kUnapplied:
      return Hindrance::kUnapplied;
    case consensus::Obstacle::kDisk:
      return Hindrance::kSlowDisk;
  }
  AVAL_UNREACHABLE("every obstacle is a hindrance");
}

void Replica::ForgetUnanswered(const crypto::Digest& envelope) {
  const auto known = unanswered_by_envelope_.find(envelope);
  if (known == unanswered_by_envelope_.end()) return;
  unanswered_.erase(known->second);
  unanswered_by_envelope_.erase(known);
  parts_.verifier->Forget(envelope);
}

// What has not left this node is not to leave it any more: that it is not recorded is certain.
void Replica::ExpireUnanswered(Instant now) {
  std::vector<crypto::Digest> not_taken;
  for (auto at = unanswered_.begin(); at != unanswered_.end();) {
    if (at->second.deadline > now) {
      ++at;
      continue;
    }
    const crypto::Digest envelope = at->second.act->digest;
    if (!at->second.left) not_taken.push_back(envelope);
    unanswered_by_envelope_.erase(envelope);
    parts_.verifier->Forget(envelope);
    at = unanswered_.erase(at);
  }
  if (not_taken.empty()) return;
  // What keeps it from leaving may be over since a moment ago, and it stays here all the same.
  const Hindrance hindrance = Hindered();
  parts_.waiters->Refuse(not_taken, ActAnswer::Kind::kNotTaken,
                         hindrance == Hindrance::kUndecided ? Hindrance::kNoLeader : hindrance);
}

}  // namespace aval::node
