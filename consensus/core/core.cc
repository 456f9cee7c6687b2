#include "consensus/core/core.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "consensus/core/planted.h"

namespace aval::consensus {

namespace {

std::optional<Promise> PromiseIn(const Message& message) {
  if (const auto* const request = std::get_if<VoteRequest>(&message)) return request->promise;
  if (const auto* const vote = std::get_if<VoteResponse>(&message)) return vote->promise;
  const auto* const acknowledgement = std::get_if<AppendResponse>(&message);
  return acknowledgement != nullptr ? acknowledgement->promise : std::nullopt;
}

Error RefusalFor(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::kNotLeading:
      return {.code = Code::kUnavailable, .message = "this node does not lead"};
    case Obstacle::kUncommitted:
      return {.code = Code::kOverloaded, .message = "too much waits to be committed"};
    case Obstacle::kHandingOver:
      return {.code = Code::kUnavailable, .message = "leadership is being handed over"};
    case Obstacle::kUnapplied:
      return {.code = Code::kOverloaded, .message = "too much waits to be applied by a quorum"};
    case Obstacle::kDisk:
      return {.code = Code::kOverloaded, .message = "too much waits for the disk"};
  }
  AVAL_ASSERT(false);
}

}  // namespace

const char* RoleName(Role role) {
  switch (role) {
    case Role::kFollower:
      return "follower";
    case Role::kPreCandidate:
      return "pre-candidate";
    case Role::kCandidate:
      return "candidate";
    case Role::kLeader:
      return "leader";
  }
  AVAL_ASSERT(false);
}

void Actions::Clear() {
  persist.clear();
  messages.clear();
  committed.clear();
  leadership.reset();
  readable.reset();
  needs_snapshot = false;
  alarms.clear();
  failure.reset();
}

Core::Core(const Options& options, const Recovered& recovered, const LogReader& reader, Instant now)
    : options_(options),
      membership_(recovered.configurations),
      random_(options.seed),
      promises_({.node = options.self,
                 .incarnation = options.incarnation,
                 .run = random_.U64(),
                 .key = options.promise_key},
                recovered.memory, recovered.hard_state, recovered.last, recovered.promises),
      tickets_(random_.U64() / 2),
      repairs_(recovered.damaged, recovered.applied),
      log_(reader, recovered.last),
      term_(recovered.hard_state.term),
      vote_(recovered.hard_state.vote),
      commit_(recovered.applied),
      handed_out_(recovered.applied),
      applied_(recovered.applied),
      now_(now),
      started_(now) {
  AVAL_ASSERT(recovered.applied <= recovered.last.index);
  AVAL_ASSERT(recovered.last.term <= term_);
  AVAL_ASSERT(log_.anchor().index <= recovered.applied);
  // A restart is not a silence of the leader: wait a whole timeout before asking for votes.
  ResetElectionTimer(now);
  if (promises_.standing() == Promises::Standing::kAsking) election_deadline_ = now;
}

void Core::Receive(Sender from, const Message& message, Instant now, Actions& out) {
  now_ = now;
  if (!IsHeard(from, message, out)) return;
  const Leadership before = leadership();
  promises_.Note(from.node, from.incarnation, PromiseIn(message));
  std::visit(
      [&](const auto& typed) {
        if constexpr (std::is_same_v<std::decay_t<decltype(typed)>, GreetingResponse>) {
          TakeGreeting(from, typed, now, out);
        } else {
          On(from.node, typed, now, out);
        }
      },
      message);
  AfterChange(out);
  CheckLeadershipChange(before, out);
}

bool Core::IsHeard(Sender from, const Message& message, Actions& out) {
  // Whose link it is says the driver, which lets no stranger through.
  if (from.node == NodeId{} || from.node == options_.self) return false;
  if (!IsAddressed(from, message)) return false;
  // Who is not sure of its own promises hears nothing else.
  const bool greets = std::holds_alternative<GreetingRequest>(message) ||
                      std::holds_alternative<GreetingResponse>(message);
  if (greets) return true;
  if (promises_.standing() != Promises::Standing::kKept) {
    Reached(RarePath::kHeardNothingBeforeGreeting);
    return false;
  }
  const Term term = std::visit([](const auto& typed) { return typed.term; }, message);
  if (term > term_ && term.value - term_.value > TermLeapAllowed()) {
    Reached(RarePath::kTermLeapRefused);
    Alarmed(from.node, "claims term " + std::to_string(term.value), out);
    return false;
  }
  if (writes_.size() < options_.writes) return true;
  Reached(RarePath::kDeafToPeers);
  return false;
}

// Who is no member by this log, or an older incarnation, may be one by later entries: what it asks
// or brings is heard, what it answers, which would count, is not. What comes from an incarnation
// that is over is nothing at all.
bool Core::IsAddressed(Sender from, const Message& message) {
  const auto& members = membership_.current().members;
  const auto member = members.find(from.node);
  if (member == members.end()) return true;
  if (from.incarnation < member->second.incarnation) {
    Reached(RarePath::kOldIncarnationIgnored);
    return false;
  }
  const bool answers = std::holds_alternative<VoteResponse>(message) ||
                       std::holds_alternative<AppendResponse>(message) ||
                       std::holds_alternative<HeartbeatResponse>(message) ||
                       std::holds_alternative<EntriesResponse>(message);
  if (!answers || from.incarnation == member->second.incarnation) return true;
  Reached(RarePath::kOtherIncarnationNotCounted);
  return false;
}

std::uint64_t Core::TermLeapAllowed() const {
  // Even after a century this does not overflow.
  const auto running = static_cast<std::uint64_t>((now_ - started_).count());
  return Options::kTermLeapAtOnce + Options::kTermLeapPerMicrosecond * running - leapt_;
}

bool Core::DiskStalls(Instant now) const {
  return !writes_.empty() && now - writes_.front().since > options_.disk_stall;
}

bool Core::MayWrite(Instant now) const {
  return !DiskStalls(now) && writes_.size() < options_.writes;
}

bool Core::MayLead(Instant now) const {
  return Votes() && MayWrite(now) && room_ && !repairs_.lacking();
}

void Core::Tick(Instant now, Actions& out) {
  now_ = now;
  const Leadership before = leadership();
  if (promises_.standing() != Promises::Standing::kKept) {
    if (now >= election_deadline_) AskForPromises(now, out);
    return;
  }
  AskForLateGreetings(now, out);
  if (role_ == Role::kLeader) {
    if (DiskStalls(now)) {
      Reached(RarePath::kSteppedDownOnStalledDisk);
      GiveUpLeading(now, out);
    } else if (now >= quorum_deadline_) {
      CheckQuorum(now, out);
    }
    if (transferring() && now >= transfer_deadline_) {
      Reached(RarePath::kTransferGivenUp);
      transfer_target_ = NodeId{};
    }
    if (role_ == Role::kLeader && now >= heartbeat_deadline_) {
      SendHeartbeats(now, out);
      HandOverIfSlow(now, out);
    }
  } else if (now >= election_deadline_) {
    if (MayLead(now)) {
      Campaign(Election::kPre, now, out);
    } else {
      if (Votes()) Reached(RarePath::kCampaignPutOffByDisk);
      ResetElectionTimer(now);
    }
  }
  AskForLostEntries(now, out);
  CheckLeadershipChange(before, out);
}

void Core::Persisted(std::uint64_t sequence, Instant now, Actions& out) {
  now_ = now;
  AVAL_ASSERT(sequence <= sequence_ && sequence >= persisted_);
  const Leadership before = leadership();
  persisted_ = sequence;
  while (!writes_.empty() && writes_.front().sequence <= sequence) writes_.pop_front();
  log_.Persisted(sequence);
  repairs_.Persisted(sequence);
  while (!gated_.empty() && gated_.front().sequence <= sequence) {
    Gated gated = std::move(gated_.front());
    gated_.pop_front();
    // An acknowledgement given to an older leader could help it commit what a newer one has
    // replaced.
    if (gated.term != term_) {
      Reached(RarePath::kDroppedForTerm);
      continue;
    }
    if (gated.outgoing.to == options_.self) {
      CountVote(options_.self, true, now, out);
    } else {
      SendPromise(std::move(gated.outgoing), out);
    }
  }
  if (role_ == Role::kLeader) {
    const Index committed = commit_;
    CommitByQuorum(out);
    if (commit_ > committed) Reached(RarePath::kCommittedByOwnDisk);
  }
  AfterChange(out);
  HandOutCommitted(out);
  // After the handing out, which mostly finds in memory what it needs.
  log_.Forget(options_.memory_bytes);
  CheckLeadershipChange(before, out);
}

void Core::Applied(Index index, Actions& out) {
  AVAL_ASSERT(index >= applied_ && index <= handed_out_);
  applied_ = index;
  while (!unapplied_.empty() && unapplied_.front().first <= index) {
    unapplied_bytes_ -= unapplied_.front().second;
    unapplied_.pop_front();
  }
  HandOutCommitted(out);
}

void Core::Flushed(Index index, Actions& out) {
  AVAL_ASSERT(index <= applied_);
  repairs_.Flushed(index);
  HandOutCommitted(out);
}

void Core::LinkLost(NodeId peer) {
  if (const auto at = progress_.find(peer); at != progress_.end()) at->second.LinkLost();
}

std::optional<Obstacle> Core::obstacle() const {
  if (role_ != Role::kLeader) return Obstacle::kNotLeading;
  if (uncommitted_bytes_ >= options_.uncommitted_bytes) return Obstacle::kUncommitted;
  if (transferring()) return Obstacle::kHandingOver;
  if (IsBeyond(lag_.Of(AppliedByQuorum(), now_))) return Obstacle::kUnapplied;
  if (2 * writes_.size() >= options_.writes) return Obstacle::kDisk;
  return std::nullopt;
}

Result<Core::Slot> Core::NextSlot() const {
  if (const auto obstacle = this->obstacle()) return RefusalFor(*obstacle);
  const EntryId last = log_.last();
  return Slot{.term = term_, .index = {last.index.value + 1}, .previous = last.chain};
}

Result<void> Core::ProposeMark(Instant now, Actions& out) {
  AVAL_CHECK(NextSlot());
  now_ = now;
  AppendOwn(EntryKind::kMark, std::make_shared<const Bytes>(), out);
  SendAppendsToAll(out);
  return {};
}

void Core::Propose(std::shared_ptr<const Bytes> payload, Instant now, Actions& out) {
  now_ = now;
  AVAL_ASSERT(role_ == Role::kLeader && payload != nullptr);
  AppendOwn(EntryKind::kBlock, std::move(payload), out);
  SendAppendsToAll(out);
}

Instant Core::NextDeadline() const {
  const Instant next = NextDutyDeadline();
  return AwaitsGreetings() ? std::min(next, greeting_deadline_) : next;
}

Instant Core::NextDutyDeadline() const {
  if (role_ != Role::kLeader) {
    if (!repairs_.asking() || standing() != Promises::Standing::kKept) return election_deadline_;
    return std::min(election_deadline_, repairs_.due(options_.heartbeat_interval));
  }
  Instant next = std::min(heartbeat_deadline_, quorum_deadline_);
  if (transferring()) next = std::min(next, transfer_deadline_);
  if (!writes_.empty()) {
    next = std::min(next, writes_.front().since + options_.disk_stall + Duration(1));
  }
  return next;
}

void Core::Send(NodeId to, Message message, Actions& out) {
  out.messages.push_back({.to = to, .message = std::move(message)});
}

void Core::SendDurably(NodeId to, Message message, Actions& out) {
  if (persisted_ == sequence_) {
    AVAL_ASSERT(to != options_.self);
    SendPromise({.to = to, .message = std::move(message)}, out);
    return;
  }
  // While the disk stalls peers ask again and again: one vote, one acknowledgement says it all.
  for (auto gated = gated_.rbegin(); gated != gated_.rend() && gated->sequence == sequence_;
       ++gated) {
    Message& waiting = gated->outgoing.message;
    if (gated->term != term_ || gated->outgoing.to != to || waiting.index() != message.index()) {
      continue;
    }
    if (auto* const acknowledgement = std::get_if<AppendResponse>(&waiting)) {
      acknowledgement->match =
          std::max(acknowledgement->match, std::get<AppendResponse>(message).match);
    }
    Reached(RarePath::kSaidOnceForManyAsked);
    return;
  }
  gated_.push_back({.sequence = sequence_,
                    .term = term_,
                    .outgoing = {.to = to, .message = std::move(message)}});
}

void Core::SendPromise(Outgoing outgoing, Actions& out) {
  const HardState durable{.term = term_, .vote = vote_};
  if (auto* const request = std::get_if<VoteRequest>(&outgoing.message)) {
    request->promise = promises_.Make(durable, Index{});
  } else if (auto* const vote = std::get_if<VoteResponse>(&outgoing.message)) {
    if (vote->granted) vote->promise = promises_.Make(durable, Index{});
  } else if (auto* const acknowledgement = std::get_if<AppendResponse>(&outgoing.message)) {
    acknowledgement->promise = promises_.Make(durable, acknowledgement->match);
  }
  out.messages.push_back(std::move(outgoing));
}

Persist& Core::NewWrite(Actions& out) {
  writes_.push_back({.sequence = ++sequence_, .since = now_});
  out.persist.emplace_back().sequence = sequence_;
  return out.persist.back();
}

Persist& Core::EntriesWrite(Actions& out) {
  const bool open = !out.persist.empty() && out.persist.back().sequence == sequence_ &&
                    !out.persist.back().hard_state.has_value();
  return open ? out.persist.back() : NewWrite(out);
}

void Core::SaveHardState(Actions& out) {
  const bool open = !out.persist.empty() && out.persist.back().sequence == sequence_;
  Persist& write = open ? out.persist.back() : NewWrite(out);
  write.hard_state = HardState{.term = term_, .vote = vote_};
}

void Core::CheckLeadershipChange(const Leadership& before, Actions& out) {
  if (leadership() != before) out.leadership = leadership();
}

void Core::AdvanceCommit(Index to, Actions& out) {
  AVAL_ASSERT(to >= commit_ && to <= log_.last().index);
  if (to == commit_) return;
  commit_ = to;
  membership_.Committed(commit_);
  while (!uncommitted_.empty() && uncommitted_.front().first <= commit_) {
    const auto& [index, bytes] = uncommitted_.front();
    uncommitted_bytes_ -= bytes;
    lag_.Committed(index, bytes, now_);
    uncommitted_.pop_front();
  }
  HandOutCommitted(out);
}

void Core::HandOutCommitted(Actions& out) {
  // Not beyond what is durable here: the state must never be ahead of the log after a power cut.
  const bool unsynced = Planted(Bug::kLeaderCountsUnsyncedEntries);
  Index end = unsynced ? commit_ : std::min(commit_, log_.stable());
  if (repairs_.lacking()) end = std::min(end, repairs_.before());
  while (handed_out_ < end && unapplied_bytes_ < options_.unapplied_bytes) {
    auto entries = log_.Read(handed_out_, end, options_.unapplied_bytes - unapplied_bytes_);
    if (!entries) {
      out.failure = entries.error();
      return;
    }
    AVAL_ASSERT(!entries->empty());
    for (Entry& entry : *entries) {
      AVAL_ASSERT(entry.index.value == handed_out_.value + 1);
      const std::size_t bytes = CostOf(entry);
      handed_out_ = entry.index;
      unapplied_bytes_ += bytes;
      unapplied_.emplace_back(entry.index, bytes);
      out.committed.push_back(std::move(entry));
    }
  }
  if (handed_out_ < end) Reached(RarePath::kApplyHeldBack);
}

void Core::Alarmed(NodeId peer, std::string what, Actions& out) {
  out.alarms.push_back({.peer = peer, .what = std::move(what)});
}

}  // namespace aval::consensus
