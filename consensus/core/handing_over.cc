// Leadership that is handed over (thesis, section 3.10): because somebody asks, because this
// leader's disk stalls, or because it applies more slowly than the others.

#include <algorithm>
#include <string>
#include <tuple>

#include "consensus/core/core.h"

namespace aval::consensus {

Result<void> Core::Transfer(NodeId target, Instant now, Actions& out) {
  now_ = now;
  const auto unavailable = [](const std::string& why) {
    return Error{.code = Code::kUnavailable, .message = why};
  };
  const std::string name = "node " + std::to_string(target.value);
  if (role_ != Role::kLeader) return unavailable("this node does not lead");
  if (target == options_.self || !membership_.current().voters.contains(target)) {
    return Error{.code = Code::kInvalidArgument, .message = name + " is none of the other voters"};
  }
  if (transferring()) return unavailable("leadership is being handed over");
  if (!Hears(progress_.at(target), now)) return unavailable("nothing is heard of " + name);
  transfer_target_ = target;
  transfer_deadline_ = now + options_.election_timeout;
  handed_over_ = now;
  ContinueTransfer(target, out);
  return {};
}

bool Core::Hears(const Progress& progress, Instant now) const {
  return now - progress.last_heard <= options_.election_timeout;
}

// Once the target has everything it may campaign; nothing is appended meanwhile but what a change
// of members needs.
void Core::ContinueTransfer(NodeId target, Actions& out) {
  if (target != transfer_target_) return;
  if (progress_.at(target).match() != log_.last().index) {
    Reached(RarePath::kTransferWaitedForLog);
    return;
  }
  Send(target, TimeoutNow{.term = term_}, out);
}

void Core::On(NodeId from, const TimeoutNow& message, Instant now, Actions& out) {
  const bool asked = message.term == term_ && role_ == Role::kFollower && leader_ == from;
  if (asked && MayLead(now)) Campaign(Election::kTransfer, now, out);
}

std::optional<NodeId> Core::Successor(Instant now) const {
  std::optional<NodeId> best;
  const auto rank = [&](NodeId node) {
    const Progress& progress = progress_.at(node);
    return std::tuple(progress.applied, progress.match());
  };
  for (const auto& [node, progress] : progress_) {
    if (!membership_.current().voters.contains(node) || !Hears(progress, now)) continue;
    if (!best || rank(node) > rank(*best)) best = node;
  }
  return best;
}

// Heartbeats from a leader that cannot write, or cannot read, would keep the others waiting for
// ever. Who has what it has need not wait for a timeout.
void Core::GiveUpLeading(Instant now, Actions& out) {
  if (const auto successor = Successor(now)) Send(*successor, TimeoutNow{.term = term_}, out);
  BecomeFollower(term_, NodeId{}, now, out);
}

void Core::SetRoom(bool room, Instant now, Actions& out) {
  now_ = now;
  room_ = room;
  if (room || role_ != Role::kLeader) return;
  Reached(RarePath::kHandedOverForWantOfRoom);
  const Leadership before = leadership();
  GiveUpLeading(now, out);
  CheckLeadershipChange(before, out);
}

bool Core::IsBeyond(const ApplyLag::Lag& lag) const {
  return lag.bytes > options_.apply_lag_bytes || lag.age > options_.apply_lag;
}

Index Core::AppliedByQuorum() const {
  std::map<NodeId, Index> applied{{options_.self, applied_}};
  for (const auto& [peer, progress] : progress_) applied.emplace(peer, progress.applied);
  return membership_.quorum().HeldByQuorum(applied);
}

void Core::HandOverIfSlow(Instant now, Actions& out) {
  const Index by_quorum = AppliedByQuorum();
  lag_.Forget(std::min(by_quorum, applied_));
  if (transferring() || !IsBeyond(lag_.Of(applied_, now)) || IsBeyond(lag_.Of(by_quorum, now))) {
    return;
  }
  if (handed_over_ && now - *handed_over_ < options_.hand_over_interval) return;
  const auto successor = Successor(now);
  if (!successor) return;
  // Whether it works or not, not again at once.
  handed_over_ = now;
  Reached(RarePath::kHandedOverForApplyLag);
  static_cast<void>(Transfer(*successor, now, out));
}

}  // namespace aval::consensus
