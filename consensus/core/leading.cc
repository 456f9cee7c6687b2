// What a leader does: append, replicate, commit (Raft paper sections 5.3 and 5.4.2).

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "consensus/core/core.h"
#include "consensus/core/planted.h"

namespace aval::consensus {

void Core::AppendOwn(EntryKind kind, std::shared_ptr<const Bytes> payload, Actions& out) {
  AVAL_ASSERT(role_ == Role::kLeader);
  const EntryId last = log_.last();
  Entry entry{.term = term_,
              .index = {last.index.value + 1},
              .kind = kind,
              .payload = std::move(payload),
              .chain = {}};
  entry.chain = ChainOf(last.chain, entry.term, entry.index, entry.kind, *entry.payload);
  uncommitted_.emplace_back(entry.index, CostOf(entry));
  uncommitted_bytes_ += CostOf(entry);
  Persist& write = EntriesWrite(out);
  write.entries.push_back(entry);
  log_.Append(std::move(entry), write.sequence);
}

bool Core::SendAppend(NodeId to, std::size_t bytes_max, Actions& out) {
  Progress& progress = progress_.at(to);
  const Index prev{progress.next().value - 1};
  if (const EntryId anchor = begin(); prev < anchor.index) {
    Reached(RarePath::kFollowerBehindLog);
    Send(to, SnapshotNeeded{.term = term_, .anchor = anchor.index}, out);
    // A snapshot may have brought it this far since, or its acknowledgements were lost: to this it
    // acknowledges that.
    Send(to,
         Append{.term = term_,
                .prev_index = anchor.index,
                .prev_term = anchor.term,
                .prev_chain = anchor.chain,
                .commit = commit_,
                .entries = {}},
         out);
    progress.SentAtAnchor(anchor.index);
    return false;
  }
  const auto before = IdAt(prev);
  if (!before) {
    out.failure = before.error();
    return false;
  }
  Append append{.term = term_,
                .prev_index = prev,
                .prev_term = before->term,
                .prev_chain = before->chain,
                .commit = commit_,
                .entries = {}};
  Index last = prev;
  std::size_t bytes = 0;
  if (bytes_max > 0 && prev < log_.last().index) {
    auto entries = log_.Read(prev, log_.last().index, bytes_max);
    if (!entries) {
      out.failure = entries.error();
      return false;
    }
    append.entries = *std::move(entries);
    last = append.entries.back().index;
    for (const Entry& entry : append.entries) bytes += CostOf(entry);
  }
  Send(to, std::move(append), out);
  progress.Sent(last, bytes);
  return true;
}

void Core::FillWindow(NodeId to, Actions& out) {
  const Progress& progress = progress_.at(to);
  // Bounded by the window: each append takes a place in it, and a probe takes the only one.
  while (progress.MaySend()) {
    if (progress.streaming() && progress.next() > log_.last().index) break;
    if (!SendAppend(to, options_.append_bytes, out)) break;
  }
  const bool waits = progress.streaming() && progress.next() <= log_.last().index;
  if (waits && !progress.MaySend()) Reached(RarePath::kWindowFull);
}

void Core::SendAppendsToAll(Actions& out) {
  for (const auto& [peer, progress] : progress_) FillWindow(peer, out);
}

void Core::SendHeartbeats(Instant now, Actions& out) {
  for (const auto& [peer, progress] : progress_) {
    const bool unmatched = Planted(Bug::kHeartbeatCommitsWhatIsNotMatched);
    const Index commit = unmatched ? commit_ : std::min(commit_, progress.match());
    Send(peer, Heartbeat{.term = term_, .commit = commit, .round = rounds_.number()}, out);
  }
  heartbeat_deadline_ = now + options_.heartbeat_interval;
}

void Core::CommitByQuorum(Actions& out) {
  const bool unsynced = Planted(Bug::kLeaderCountsUnsyncedEntries);
  std::map<NodeId, Index> held{{options_.self, unsynced ? log_.last().index : log_.stable()}};
  for (const auto& [peer, progress] : progress_) held.emplace(peer, progress.match());
  const Index reached = membership_.quorum().HeldByQuorum(held);
  // Copies of an older term's entry prove nothing until one of this term lies above (5.4.2).
  if (reached < first_of_term_ && reached > commit_) Reached(RarePath::kOlderTermNotCountedAlone);
  if (reached < first_of_term_ && !Planted(Bug::kCommitsOlderTermsByCount)) return;
  if (reached <= commit_) return;
  if (!membership_.quorum().Contains(options_.self)) Reached(RarePath::kLeaderNotCounted);
  if (reached > log_.stable()) Reached(RarePath::kCommittedBeforeOwnDisk);
  AdvanceCommit(reached, out);
  ContinueReads(out);
  for (const auto& [peer, progress] : progress_) {
    // Who has been sent everything would learn of the commit only with the next entry: tell it now.
    if (progress.streaming() && progress.next() > log_.last().index) SendAppend(peer, 0, out);
  }
}

void Core::Deposed(Term term, Instant now, Actions& out) {
  Reached(RarePath::kDeposedByAnswer);
  if (Planted(Bug::kAppendsInTheTermThatDeposesIt) && role_ == Role::kLeader) {
    term_ = term;
    SaveHardState(out);
    return;
  }
  BecomeFollower(term, NodeId{}, now, out);
}

void Core::On(NodeId from, const AppendResponse& response, Instant now, Actions& out) {
  if (role_ != Role::kLeader) return;
  const auto known = progress_.find(from);
  if (known == progress_.end()) {  // No member any more: its term moves nobody.
    Reached(RarePath::kAnswerOfStrangerIgnored);
    return;
  }
  if (response.term > term_) {
    Deposed(response.term, now, out);
    return;
  }
  if (response.term < term_) return;
  Progress& progress = known->second;
  progress.last_heard = now;
  progress.applied = std::max(progress.applied, response.applied);
  const bool probed = !progress.streaming();
  if (response.success) {
    if (response.match > log_.last().index) {
      Alarmed(from, "acknowledges entries that do not exist", out);
      return;
    }
    progress.forgotten = 0;
    if (progress.Acknowledged(response.match)) CommitByQuorum(out);
    ContinueTransfer(from, out);
  } else {
    Index hint = begin().index;
    if (response.hint_index > hint) {
      const auto agrees = log_.LastWithTermAtMost(response.hint_index, response.hint_term);
      if (!agrees) {
        out.failure = agrees.error();
        return;
      }
      hint = agrees->index;
    }
    const Progress::Refusal refusal = progress.Refused(response.match, hint);
    if (refusal == Progress::Refusal::kAskLower) Reached(RarePath::kProbeAfterHint);
    if (refusal == Progress::Refusal::kStale) Reached(RarePath::kStaleRefusalIgnored);
    if (refusal == Progress::Refusal::kForgotten) Reached(RarePath::kForgottenEntriesRefused);
    // One may be a late letter, two are none.
    if (refusal == Progress::Refusal::kForgotten && ++progress.forgotten == 2) {
      Alarmed(from,
              "no longer has what it has acknowledged up to index " +
                  std::to_string(response.match.value),
              out);
    }
    if (refusal != Progress::Refusal::kAskLower) return;
  }
  FillWindow(from, out);
  // News of a commit goes to who is streaming; who was not yet is told now.
  if (probed && progress.streaming() && progress.next() > log_.last().index) {
    SendAppend(from, 0, out);
  }
}

void Core::On(NodeId from, const HeartbeatResponse& response, Instant now, Actions& out) {
  if (role_ != Role::kLeader) return;
  const auto known = progress_.find(from);
  if (known == progress_.end()) {  // No member any more: its term moves nobody.
    Reached(RarePath::kAnswerOfStrangerIgnored);
    return;
  }
  if (response.term > term_) {
    Deposed(response.term, now, out);
    return;
  }
  if (response.term < term_) return;
  Progress& progress = known->second;
  progress.last_heard = now;
  progress.applied = std::max(progress.applied, response.applied);
  if (response.round < rounds_.number()) Reached(RarePath::kLateConfirmationIgnored);
  rounds_.Confirm(from, response.round);
  if (FinishReads(out)) ContinueReads(out);
  const bool up_to_date = progress.match() == log_.last().index && response.applied >= commit_;
  if (progress.streaming() && up_to_date) return;
  Reached(RarePath::kLagFoundByHeartbeat);
  // What was under way may be lost; an empty append after it finds that out, takes no place in a
  // full window and sends nothing twice to a peer whose disk is slow. It also tells the commit to a
  // peer that restarted and cannot know that its log still matches.
  SendAppend(from, 0, out);
  // Who has lost what is trimmed here acknowledges nothing above it, whatever it is asked.
  const Index anchor = begin().index;
  if (!progress.streaming() && progress.match() < anchor && progress.next() > anchor) {
    Send(from, SnapshotNeeded{.term = term_, .anchor = anchor}, out);
  }
  if (progress.streaming()) FillWindow(from, out);
}

}  // namespace aval::consensus
