// What a follower does with a leader's messages (Raft paper section 5.3).

#include <algorithm>
#include <string>

#include "consensus/core/core.h"
#include "consensus/core/planted.h"

namespace aval::consensus {

namespace {

std::string At(Index index, Term term) {
  return " at index " + std::to_string(index.value) + " in term " + std::to_string(term.value);
}

}  // namespace

bool Core::AcceptLeader(NodeId from, Term term, Instant now, Actions& out) {
  if (term < term_) return false;
  if (term == term_ && term_leader_ != NodeId{} && term_leader_ != from) {
    // Two leaders in one term cannot be: one of them lies.
    Reached(RarePath::kSecondLeaderRefused);
    Alarmed(from, "leads in a term that has another leader" + At(log_.last().index, term), out);
    return false;
  }
  if (term == term_ && role_ != Role::kFollower) Reached(RarePath::kCandidateYielded);
  if (term > term_ || role_ != Role::kFollower || leader_ != from) {
    BecomeFollower(term, from, now, out);
  }
  leader_heard_ = now;
  ResetElectionTimer(now);
  return true;
}

void Core::On(NodeId from, const Append& append, Instant now, Actions& out) {
  if (!AcceptLeader(from, append.term, now, out)) {
    // To a leader of the past: its time is over.
    if (append.term < term_) {
      Reached(RarePath::kOldLeaderRefused);
      Refuse(from, append, log_.last(), out);
    }
    return;
  }
  if (append.prev_index < begin().index) {
    // Before it everything was committed and applied, so the leader's log cannot differ
    // from this one up to commit; there is nothing left here to compare with.
    matched_ = std::max(matched_, commit_);
    Reached(RarePath::kAppendBelowAnchor);
    Acknowledge(from, commit_, out);
    return;
  }
  if (!room_ && !append.entries.empty()) {
    Reached(RarePath::kEntriesRefusedForWantOfRoom);
    return;
  }
  if (repairs_.Covers(append.prev_index)) return AskForWhatIsBeforeLost(from, append, out);
  if (!MatchesBefore(from, append, out) || !AppendAfterMatch(from, append, out)) return;
  const Index match{append.prev_index.value + append.entries.size()};
  matched_ = std::max(matched_, match);
  if (append.commit > std::max(commit_, match)) Reached(RarePath::kCommitCapped);
  // Never beyond what this message proves to be the leader's log.
  AdvanceCommit(std::max(commit_, std::min(append.commit, match)), out);
  Acknowledge(from, Planted(Bug::kAcknowledgesItsLastIndex) ? log_.last().index : match, out);
  odds_.clear();
}

// There is nothing to compare with. Others give it back, or the leader what it has instead; where
// its log differs before that already, it is to be seen there.
void Core::AskForWhatIsBeforeLost(NodeId from, const Append& append, Actions& out) {
  Reached(RarePath::kAppendWaitedForRepair);
  const Index before = repairs_.before();
  if (matched_ >= before || before < begin().index) return;
  const auto hint = IdAt(before);
  if (!hint) {
    out.failure = hint.error();
    return;
  }
  Refuse(from, append, *hint, out);
}

void Core::Acknowledge(NodeId from, Index match, Actions& out) {
  // An acknowledgement is of everything before, too.
  if (repairs_.lacking()) match = std::min(match, repairs_.before());
  SendDurably(from,
              AppendResponse{.term = term_, .success = true, .match = match, .applied = applied_},
              out);
}

void Core::Refuse(NodeId from, const Append& append, const EntryId& hint, Actions& out) {
  Send(from,
       AppendResponse{.term = term_,
                      .success = false,
                      .match = append.prev_index,
                      .hint_index = hint.index,
                      .hint_term = hint.term,
                      .applied = applied_},
       out);
}

bool Core::MatchesBefore(NodeId from, const Append& append, Actions& out) {
  if (append.prev_index <= log_.last().index) {
    const auto own = IdAt(append.prev_index);
    if (!own) {
      out.failure = own.error();
      return false;
    }
    if (own->term == append.prev_term) {
      if (own->chain == append.prev_chain) return true;
      AtOdds(from, "sends another log of the same term" + At(own->index, own->term), out);
      return false;
    }
    if (append.prev_index <= commit_) {
      AtOdds(from, "contradicts a committed entry" + At(append.prev_index, append.prev_term), out);
      return false;
    }
  }
  const auto hint = log_.LastWithTermAtMost(append.prev_index, append.prev_term);
  if (!hint) {
    out.failure = hint.error();
    return false;
  }
  const bool gap = append.prev_index > log_.last().index;
  Reached(gap ? RarePath::kRefusedForGap : RarePath::kRefusedForTerm);
  Refuse(from, append, *hint, out);
  return false;
}

bool Core::IsWellChained(const Append& append) const {
  EntryId before{.index = append.prev_index, .term = append.prev_term, .chain = append.prev_chain};
  for (const Entry& entry : append.entries) {
    if (entry.index.value != before.index.value + 1 || entry.payload == nullptr) return false;
    if (entry.term < before.term || entry.term > append.term) return false;
    if (ChainOf(before.chain, entry.term, entry.index, entry.kind, *entry.payload) != entry.chain) {
      return false;
    }
    before = {.index = entry.index, .term = entry.term, .chain = entry.chain};
  }
  return true;
}

bool Core::AppendAfterMatch(NodeId from, const Append& append, Actions& out) {
  if (!IsWellChained(append)) {
    AtOdds(from, "sends entries that do not chain" + At(append.prev_index, append.term), out);
    return false;
  }
  // What is already there stays: messages overlap and come late.
  EntryId before{.index = append.prev_index, .term = append.prev_term, .chain = append.prev_chain};
  auto entry = append.entries.begin();
  for (; entry != append.entries.end() && entry->index <= log_.last().index; ++entry) {
    if (repairs_.Covers(entry->index)) {
      // Nothing differs before it, or it would be gone with the rest.
      Reached(RarePath::kAppendWaitedForRepair);
      matched_ = std::max(matched_, before.index);
      return false;
    }
    const auto own = log_.IdAt(entry->index);
    if (!own) {
      out.failure = own.error();
      return false;
    }
    if (own->chain != entry->chain || Planted(Bug::kLateAppendTruncates)) {
      const bool may_not = own->term == entry->term || entry->index <= std::max(commit_, matched_);
      if (may_not && !Planted(Bug::kLateAppendTruncates)) {
        AtOdds(from, "contradicts what stands" + At(entry->index, entry->term), out);
        return false;
      }
      Reached(RarePath::kConflictTruncated);
      if (log_.stable() < log_.last().index) Reached(RarePath::kTruncatedWhileWriting);
      if (membership_.index() > before.index) Reached(RarePath::kConfigurationRolledBack);
      TruncateAfter(before, out);
      break;
    }
    before = *own;
  }
  if (entry == append.entries.end() && !append.entries.empty()) Reached(RarePath::kOverlapKept);
  for (; entry != append.entries.end(); ++entry) {
    if (!AppendEntry(from, *entry, out)) return false;
  }
  return true;
}

bool Core::AppendEntry(NodeId from, const Entry& entry, Actions& out) {
  if (entry.kind == EntryKind::kConfiguration && !TakeConfiguration(from, entry, out)) return false;
  Persist& write = EntriesWrite(out);
  write.entries.push_back(entry);
  log_.Append(entry, write.sequence);
  return true;
}

void Core::TruncateAfter(const EntryId& kept, Actions& out) {
  NewWrite(out).truncate_after = kept;
  log_.TruncateAfter(kept);
  membership_.TruncateAfter(kept.index);
  repairs_.TruncateAfter(kept);
}

bool Core::TakeConfiguration(NodeId from, const Entry& entry, Actions& out) {
  auto configuration = DecodeConfiguration(*entry.payload);
  if (!configuration || !Follows(membership_.current(), *configuration)) {
    AtOdds(from, "sends a configuration that cannot be" + At(entry.index, entry.term), out);
    return false;
  }
  membership_.Append(entry.index, *std::move(configuration));
  return true;
}

void Core::AtOdds(NodeId leader, std::string what, Actions& out) {
  Reached(RarePath::kContradictionRefused);
  if (odds_ == what) return;  // It asks again and again.
  odds_ = what;
  Alarmed(leader, std::move(what), out);
}

void Core::On(NodeId from, const Heartbeat& heartbeat, Instant now, Actions& out) {
  if (!AcceptLeader(from, heartbeat.term, now, out)) {
    if (heartbeat.term < term_) {
      Send(from, HeartbeatResponse{.term = term_, .applied = applied_}, out);
    }
    return;
  }
  // No honest leader tells a commit that this node has not acknowledged, durably, in this term.
  if (heartbeat.commit > log_.last().index) {
    AtOdds(from, "counts on entries that this node has lost" + At(heartbeat.commit, term_), out);
  }
  // A suffix of an older term may still be here: what is not known to match commits nothing.
  const bool unmatched = Planted(Bug::kHeartbeatCommitsWhatIsNotMatched);
  const Index known = unmatched ? log_.last().index : matched_;
  if (heartbeat.commit > std::max(commit_, known)) Reached(RarePath::kCommitCapped);
  AdvanceCommit(std::max(commit_, std::min(heartbeat.commit, known)), out);
  Send(from, HeartbeatResponse{.term = term_, .applied = applied_, .round = heartbeat.round}, out);
  AskForReads(now, out);
}

void Core::On(NodeId from, const SnapshotNeeded& message, Instant, Actions& out) {
  if (message.term != term_ || from != leader_) return;
  // Also what is lost here, and peers have trimmed, comes with a snapshot only.
  const Index has = repairs_.lacking() ? repairs_.before() : log_.last().index;
  out.needs_snapshot = message.anchor > has;
}

}  // namespace aval::consensus
