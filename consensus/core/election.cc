// Elections: PreVote, votes, CheckQuorum (Raft paper sections 5.1, 5.2, 5.4.1; thesis 6.2, 9.6).

#include <tuple>

#include "base/assert.h"
#include "consensus/core/core.h"
#include "consensus/core/planted.h"

namespace aval::consensus {

namespace {

// No node misses so many elections.
constexpr std::uint64_t kTermLeapByElections = std::uint64_t{1} << 20U;

}  // namespace

void Core::BecomeFollower(Term term, NodeId leader, Instant now, Actions& out) {
  AVAL_ASSERT(term >= term_);
  if (term > term_) {
    if (term.value - term_.value > kTermLeapByElections) leapt_ += term.value - term_.value;
    term_ = term;
    vote_ = NodeId{};
    term_leader_ = NodeId{};
    matched_ = Index{};
    SaveHardState(out);
  }
  role_ = Role::kFollower;
  leader_ = leader;
  if (leader != NodeId{}) term_leader_ = leader;
  granted_.clear();
  refused_.clear();
  progress_.clear();
  uncommitted_.clear();
  uncommitted_bytes_ = 0;
  rounds_ = {};
  lag_.Clear();
  transfer_target_ = NodeId{};
  tickets_.Lost();
  ResetElectionTimer(now);
}

void Core::Campaign(Election election, Instant now, Actions& out) {
  AVAL_ASSERT(role_ != Role::kLeader);
  leader_ = NodeId{};
  granted_.clear();
  refused_.clear();
  ResetElectionTimer(now);

  VoteRequest request{.term = {term_.value + 1},
                      .pre = election == Election::kPre,
                      .transfer = election == Election::kTransfer,
                      .last_index = EndOfLog().index,
                      .last_term = EndOfLog().term};
  if (election == Election::kPre) {
    if (membership_.index() > applied_) Reached(RarePath::kCampaignedBeforeApplying);
    role_ = Role::kPreCandidate;
    for (const NodeId voter : membership_.quorum().voters()) {
      if (voter != options_.self) Send(voter, request, out);
    }
    CountVote(options_.self, true, now, out);
    return;
  }
  if (!membership_.quorum().Contains(options_.self)) Reached(RarePath::kCampaignedWithoutOwnVote);
  role_ = Role::kCandidate;
  term_ = request.term;
  vote_ = options_.self;
  term_leader_ = NodeId{};
  matched_ = Index{};
  SaveHardState(out);
  // The own vote is one of those that must not be forgotten: it counts when it is durable.
  for (const NodeId voter : membership_.quorum().voters()) {
    if (voter == options_.self) {
      SendDurably(voter, VoteResponse{.term = term_, .pre = false, .granted = true}, out);
    } else {
      SendDurably(voter, request, out);
    }
  }
}

void Core::CountVote(NodeId from, bool granted, Instant now, Actions& out) {
  if (role_ != Role::kPreCandidate && role_ != Role::kCandidate) return;
  const bool again = !(granted ? granted_ : refused_).insert(from).second;
  if (again && granted) Reached(RarePath::kVoteCountedOnce);
  if (again && granted && Planted(Bug::kCountsVotesTwice)) {
    for (const NodeId voter : membership_.quorum().voters()) {
      if (granted_.insert(voter).second) break;
    }
  }
  if (membership_.quorum().Reached(granted_)) {
    if (role_ == Role::kPreCandidate) {
      Campaign(Election::kReal, now, out);
    } else if (MayLead(now)) {
      BecomeLeader(now, out);
    } else {
      Reached(RarePath::kWonAndCannotLead);
      BecomeFollower(term_, NodeId{}, now, out);
    }
  } else if (membership_.quorum().OutOfReach(refused_)) {
    Reached(RarePath::kElectionLost);
    BecomeFollower(term_, NodeId{}, now, out);
  }
}

void Core::BecomeLeader(Instant now, Actions& out) {
  AVAL_ASSERT(role_ == Role::kCandidate && vote_ == options_.self);
  role_ = Role::kLeader;
  leader_ = options_.self;
  term_leader_ = options_.self;
  odds_.clear();
  progress_.clear();
  rounds_ = {};
  lag_.Clear();
  tickets_.Lost();
  OnMembersChanged();
  first_of_term_ = {log_.last().index.value + 1};
  quorum_deadline_ = now + options_.election_timeout;
  // Nothing of older terms commits until an entry of this one does (section 5.4.2).
  AppendOwn(EntryKind::kNoop, std::make_shared<const Bytes>(), out);
  SendAppendsToAll(out);
  // At once: the answers bring the others' clocks, without which a leader stamps no block.
  SendHeartbeats(now, out);
  AskForReads(now, out);
}

void Core::On(NodeId from, const VoteRequest& request, Instant now, Actions& out) {
  const auto answer = [&](Term term, bool granted) {
    return VoteResponse{.term = term, .pre = request.pre, .granted = granted};
  };
  if (request.pre) {
    const bool granted = request.term > term_ && !HearsLeader(now) && IsUpToDate(request);
    if (HearsLeader(now)) Reached(RarePath::kPreVoteRefusedInLease);
    if (!IsUpToDate(request)) Reached(RarePath::kPreVoteRefusedToStaleLog);
    Send(from, answer(granted ? request.term : term_, granted), out);
    return;
  }
  if (request.term > term_) {
    // Whoever asks while a leader is heard was cut off from it: it shall not disturb (thesis
    // 4.2.3). Unless the leader wants it: who leads knows that, and the others believe it.
    const bool wanted = request.transfer && request.term.value == term_.value + 1 &&
                        (role_ != Role::kLeader || transfer_target_ == from);
    if (HearsLeader(now) && !wanted) {
      Reached(RarePath::kVoteIgnoredInLease);
      return;
    }
    if (HearsLeader(now)) Reached(RarePath::kVoteGivenForTransfer);
    BecomeFollower(request.term, NodeId{}, now, out);
  }
  const bool free_to_vote = term_leader_ == NodeId{} && (vote_ == from || vote_ == NodeId{});
  if (request.term < term_ || !free_to_vote || !IsUpToDate(request)) {
    if (request.term == term_ && !free_to_vote) Reached(RarePath::kVoteDeniedToSecondCandidate);
    if (request.term == term_ && !IsUpToDate(request)) Reached(RarePath::kVoteDeniedToStaleLog);
    Send(from, answer(term_, false), out);
    return;
  }
  if (vote_ == from) Reached(RarePath::kVoteRepeated);
  if (!membership_.quorum().Contains(options_.self)) Reached(RarePath::kVoteGivenByNonVoter);
  if (vote_ != from) {
    vote_ = from;
    if (!Planted(Bug::kForgetsItsVote)) SaveHardState(out);
  }
  // Also a pre-candidate waits for the outcome.
  BecomeFollower(term_, NodeId{}, now, out);
  SendDurably(from, answer(term_, true), out);
}

void Core::On(NodeId from, const VoteResponse& response, Instant now, Actions& out) {
  const bool granted_pre = response.pre && response.granted;
  if (response.term > term_ && !granted_pre) {
    BecomeFollower(response.term, NodeId{}, now, out);
    return;
  }
  if (response.pre) {
    const bool current = !response.granted || response.term.value == term_.value + 1;
    if (role_ == Role::kPreCandidate && current) CountVote(from, response.granted, now, out);
  } else if (role_ == Role::kCandidate && response.term == term_) {
    CountVote(from, response.granted, now, out);
  }
}

// Also where a snapshot holds everything and the log is empty.
EntryId Core::EndOfLog() const {
  EntryId last = log_.last();
  if (Planted(Bug::kForgetsTheTermOfASnapshot) && last.index == log_.anchor().index) {
    last.term = Term{};
  }
  return last;
}

bool Core::IsUpToDate(const VoteRequest& request) const {
  const EntryId last = EndOfLog();
  return std::tie(request.last_term, request.last_index) >= std::tie(last.term, last.index);
}

bool Core::HearsLeader(Instant now) const {
  if (role_ == Role::kLeader) return true;
  return leader_ != NodeId{} && now - leader_heard_ < options_.election_timeout;
}

void Core::ResetElectionTimer(Instant now) {
  const auto timeout = static_cast<std::uint64_t>(options_.election_timeout.count());
  const auto extra = static_cast<Duration::rep>(random_.Below(timeout));
  election_deadline_ = now + options_.election_timeout + Duration(extra);
}

void Core::CheckQuorum(Instant now, Actions& out) {
  std::set<NodeId> heard{options_.self};
  for (const auto& [peer, progress] : progress_) {
    if (now - progress.last_heard <= options_.election_timeout) heard.insert(peer);
  }
  if (!membership_.quorum().Reached(heard)) {
    Reached(RarePath::kSteppedDownWithoutQuorum);
    BecomeFollower(term_, NodeId{}, now, out);
    return;
  }
  quorum_deadline_ = now + options_.election_timeout;
}

}  // namespace aval::consensus
