// Changes of members: joint consensus (Raft paper, section 6; thesis, chapter 4).

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "consensus/core/core.h"

namespace aval::consensus {

namespace {

// Nobody becomes somebody else, and who has left comes back under a higher incarnation or not at
// all.
bool KeepsIncarnations(const Configuration& before, const Configuration& to) {
  const auto stays = [&](const auto& entry) {
    const auto& [node, member] = entry;
    const auto now = to.members.find(node);
    if (now != to.members.end()) return now->second == member;
    const auto left = to.retired.find(node);
    return left != to.retired.end() && left->second == member.incarnation;
  };
  const auto stays_away = [&](const auto& entry) {
    const auto& [node, incarnation] = entry;
    const auto now = to.members.find(node);
    if (now != to.members.end()) return now->second.incarnation > incarnation;
    const auto left = to.retired.find(node);
    return left != to.retired.end() && left->second == incarnation;
  };
  const auto is_known = [&](const auto& entry) {
    return before.members.contains(entry.first) || before.retired.contains(entry.first);
  };
  return std::ranges::all_of(before.members, stays) &&
         std::ranges::all_of(before.retired, stays_away) &&
         std::ranges::all_of(to.retired, is_known);
}

}  // namespace

Result<void> Core::ProposeChange(std::span<const MemberChange> changes, Instant now, Actions& out) {
  now_ = now;
  AVAL_CHECK(NextSlot());
  // Until an entry of its own term is committed a leader may not know the configuration that older
  // terms have committed (Ongaro 2015); and one change at a time.
  if (commit_ < first_of_term_ || membership_.index() > commit_) {
    Reached(commit_ < first_of_term_ ? RarePath::kChangeRefusedBeforeOwnCommit
                                     : RarePath::kChangeRefusedWhilePending);
    return Error{.code = Code::kUnavailable,
                 .message = "what stands in the log about members is not committed yet"};
  }
  AVAL_TRY(const Configuration to, Change(membership_.current(), changes));
  AVAL_CHECK(CanServe(to, now));
  AppendConfiguration(to, out);
  return {};
}

// A change that waits for a quorum that does not come can neither be committed nor undone. And who
// is new among the voters must be there itself: an empty disk that has not even begun to listen
// would, once it counts as a voter's, have to ask every other voter what it has forgotten, and for
// one that is far behind everything would wait.
Result<void> Core::CanServe(const Configuration& to, Instant now) {
  std::set<NodeId> ready{options_.self};
  for (const auto& [peer, progress] : progress_) {
    if (Hears(progress, now) && progress.streaming()) ready.insert(peer);
  }
  const auto serves = [&](NodeId node) {
    if (membership_.current().voters.contains(node)) return true;
    // No further behind than what may be on its way.
    const auto at = progress_.find(node);
    return ready.contains(node) && at != progress_.end() &&
           at->second.match().value + options_.window.messages >= commit_.value;
  };
  if (Quorum(to).Reached(ready) && std::ranges::all_of(to.voters, serves)) return {};
  Reached(RarePath::kChangeRefusedForAbsence);
  return Error{.code = Code::kUnavailable,
               .message = "of those who are to vote too few are heard, or have the log"};
}

void Core::AppendConfiguration(const Configuration& to, Actions& out) {
  AppendOwn(EntryKind::kConfiguration, std::make_shared<const Bytes>(Encode(to)), out);
  membership_.Append(log_.last().index, to);
  OnMembersChanged();
  SendAppendsToAll(out);
  CommitByQuorum(out);
}

// A leader sends to everyone but itself; whoever is new is probed from the leader's end on.
void Core::OnMembersChanged() {
  if (role_ != Role::kLeader) return;
  const Configuration& current = membership_.current();
  std::erase_if(progress_,
                [&](const auto& entry) { return !current.members.contains(entry.first); });
  for (const auto& [node, member] : current.members) {
    if (node == options_.self || progress_.contains(node)) continue;
    Progress progress(log_.last().index, options_.window);
    progress.last_heard = now_;
    progress_.emplace(node, progress);
  }
}

// What a leader does once the newest configuration is committed: leave a joint one, and lead no
// longer when the new one does without it.
void Core::AfterChange(Actions& out) {
  if (role_ != Role::kLeader || membership_.index() > commit_ || commit_ < first_of_term_) return;
  if (membership_.current().joint()) {
    if (membership_.index() < first_of_term_) Reached(RarePath::kJointLeftForOlderLeader);
    AppendConfiguration(Leave(membership_.current()), out);
  } else if (!membership_.quorum().Contains(options_.self)) {
    Reached(RarePath::kLeaderLeftOut);
    // The others hear of the commit from the appends that CommitByQuorum has just sent.
    BecomeFollower(term_, NodeId{}, now_, out);
  }
}

// Only what Change and Leave could have made of the configuration before.
bool Core::Follows(const Configuration& before, const Configuration& to) {
  if (before.joint()) return to == Leave(before);
  if (to.majority_of_one != before.majority_of_one || !KeepsIncarnations(before, to)) return false;
  return to.joint() ? to.outgoing == before.voters : to.voters == before.voters;
}

}  // namespace aval::consensus
