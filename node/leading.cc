// What a leader's replica does: keep a queue of acts, make blocks of what waits.

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "ledger/block.h"
#include "node/replica.h"

namespace aval::node {
namespace {

// Own blocks on their way to being applied here: one is applied while the next, when there are acts
// enough to fill it, is agreed on; more would only wait.
constexpr std::size_t kBlocksUnapplied = 2;

constexpr Duration kClockHandOverInterval = std::chrono::seconds(1);
// Of a new leader, for voters that could say which of two clocks is wrong.
constexpr Duration kClockPatience = std::chrono::seconds(1);

}  // namespace

void Replica::OnForward(consensus::NodeId from, std::vector<ledger::Preparation> acts,
                        net::Receipt receipt) {
  parts_.core->Post([this, from, acts = std::move(acts), receipt = std::move(receipt)] {
    // The follower asks again when it learns of another leader.
    if (!leading()) return;
    std::vector<Act> taken;
    std::vector<crypto::Digest> invalid;
    std::size_t malformed = 0;
    for (const ledger::Preparation& prepared : acts) {
      if (!prepared.act) {
        ++malformed;
      } else if (ledger::HasBadSignature(*prepared.act)) {
        invalid.push_back(prepared.act->digest);
      } else {
        taken.push_back(prepared.act);
      }
    }
    if (malformed > 0) {
      Alarm(from,
            "forwards " + std::to_string(malformed) + " envelopes that it should have refused");
    }
    Refuse(from, std::move(invalid), net::ForwardRefused::Reason::kInvalid);
    Refuse(from, EnqueueInOrder(from, taken, receipt), net::ForwardRefused::Reason::kOverloaded);
    ReactSoon();
  });
}

void Replica::Refuse(consensus::NodeId from, std::vector<crypto::Digest> envelopes,
                     net::ForwardRefused::Reason reason) {
  if (envelopes.empty()) return;
  parts_.peers->RefuseForward(from, {.envelopes = std::move(envelopes), .reason = reason});
}

std::vector<crypto::Digest> Replica::EnqueueInOrder(consensus::NodeId origin,
                                                    const std::vector<Act>& acts,
                                                    const net::Receipt& receipt) {
  std::vector<crypto::Digest> refused;
  for (const Act& act : acts) {
    if (taken_.contains(act->digest)) continue;
    // What follows a refused act may build on it: a smaller one must not slip past.
    if (refused.empty() && queue_.Push(origin, act)) {
      taken_.emplace(act->digest, receipt);
    } else {
      refused.push_back(act->digest);
    }
  }
  return refused;
}

void Replica::ForgetQueue() {
  queue_.Clear();
  taken_.clear();
  unapplied_.clear();
  checkpoint_under_way_ = false;
}

bool Replica::CheckpointDue(Instant now) const {
  return !checkpoint_under_way_ && now - last_checkpoint_ >= limits_.checkpoint_interval;
}

bool Replica::ShouldPropose(Instant now) const {
  if (unapplied_.size() >= kBlocksUnapplied) return false;
  // Blocks under way cost the same however few acts they have: a part of one waits for the last.
  if (!queue_.empty()) return unapplied_.empty() || queue_.FillsBlock();
  // Empty blocks: for what is due, and to have the last leaves in a checkpoint; one at a time.
  if (applied_.applied != core_.last().index) return false;
  if (applied_.has_due_items) return true;
  return applied_.tree_size > marked_size_ && !checkpoint_under_way_ &&
         now - last_proposal_ >= limits_.idle_checkpoint;
}

void Replica::MaybePropose() {
  if (!leading()) return;
  const Instant now = parts_.clock->Now();
  // Bounded by what may be under way.
  for (std::size_t i = 0; i < kBlocksUnapplied && ShouldPropose(now); ++i) Propose(now);
}

bool Replica::ClockAgrees(Instant now) {
  const std::set<consensus::NodeId>& voters = core_.membership().quorum().voters();
  clock_off_ms_ = clocks_.DeviationMs(voters, self_, now);
  if (!clock_off_ms_) return false;  // A quorum's answers come with the first heartbeats.
  if (now - leading_since_ < kClockPatience && clocks_.AwaitsMore(voters, self_, now)) return false;
  if (std::abs(*clock_off_ms_) <= ClockAgreement::kDeviationMaxMs) return true;
  // Who lacks committed entries could not take over, and nothing would be appended meanwhile.
  std::set<consensus::NodeId> ready;
  for (const consensus::NodeId voter : voters) {
    const auto at = core_.progress().find(voter);
    if (at != core_.progress().end() && at->second.match() >= core_.commit()) ready.insert(voter);
  }
  const auto nearest = clocks_.Nearest(ready, voters, self_, now);
  if (!nearest || now - clock_handed_over_ < kClockHandOverInterval) return false;
  clock_handed_over_ = now;
  ++alarms_;
  parts_.alarm(std::nullopt, "this node's clock is " + std::to_string(*clock_off_ms_) +
                                 " ms from the middle of the voters': it stamps no blocks");
  // Where it cannot begin, it is tried again after the interval.
  static_cast<void>(core_.Transfer(*nearest, now, actions_));
  return false;
}

void Replica::Propose(Instant now) {
  const Result<consensus::Core::Slot> slot = core_.NextSlot();
  if (!slot || !ClockAgrees(now)) return;
  std::vector<std::shared_ptr<const Bytes>> envelopes;
  std::vector<ledger::Preparation> acts;
  std::size_t checked = 0;
  for (Act& act : queue_.TakeBlock()) {
    envelopes.push_back(act->bytes);
    checked += CheckedSignatures(*act);
    acts.push_back({.act = std::move(act), .malformed = std::nullopt});
  }
  parts_.verifier->CountReused(checked);
  last_time_ms_ = std::max(last_time_ms_, parts_.clock->UnixMillis());
  const bool checkpoint = acts.empty() ? !applied_.has_due_items : CheckpointDue(now);
  const ledger::BlockHeader header{.leader = self_.value,
                                   .term = slot->term.value,
                                   .raft_index = slot->index.value,
                                   .previous = slot->previous,
                                   .time_ms = last_time_ms_,
                                   .checkpoint = checkpoint,
                                   .acts = {}};
  auto payload =
      std::make_shared<const Bytes>(ledger::EncodeBlock(header, envelopes, *parts_.log_key));
  core_.Propose(payload, now, actions_);
  blocks_.insert_or_assign(
      core_.last().chain,
      std::make_shared<BlockPreparation>(BlockPreparation{
          .header = header, .acts = std::make_shared<ActPreparation>(std::move(acts))}));
  unapplied_.push_back(slot->index);
  last_proposal_ = now;
  ++blocks_proposed_;
  if (!checkpoint) return;
  last_checkpoint_ = now;
  checkpoint_under_way_ = true;
  checkpoint_index_ = slot->index;
}

}  // namespace aval::node
