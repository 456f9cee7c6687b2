#include "node/replica.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "ledger/block.h"

namespace aval::node {

using consensus::NodeId;

namespace {

constexpr Duration kHousekeeping = std::chrono::milliseconds(200);
constexpr Duration kRemembering = std::chrono::seconds(1);
// A block whose time is further ahead of this node's clock, a day, is not taken, unless that clock
// is as far behind the ledger itself (docs/adr/0019).
constexpr std::int64_t kAheadMaxMs = 86'400'000;

}  // namespace

Replica::Replica(const Parts& parts, const Limits& limits, const consensus::Core::Options& options,
                 const consensus::Core::Recovered& recovered, const AppliedRun& applied)
    : parts_(parts),
      limits_(limits),
      self_(options.self),
      incarnation_(options.incarnation),
      core_(options, recovered, *parts.log, parts.clock->Now()),
      applied_(applied),
      queue_(limits.queue_acts, limits.queue_bytes),
      last_time_ms_(applied.time_ms),
      marked_size_(applied.checkpoint_size) {
  for (const consensus::ConfigurationAt& members : recovered.configurations) {
    if (members.index <= applied.applied) members_applied_ = members;
  }
  PublishStatus();
}

void Replica::Start() {
  parts_.core->Post([this] { ReactSoon(); });
}

void Replica::OnMessage(consensus::Sender from, consensus::Message message, net::Receipt receipt) {
  parts_.core->Post([this, from, message = std::move(message), receipt = std::move(receipt)] {
    std::optional<Blocks> blocks = Blocks{};
    if (const auto* append = std::get_if<consensus::Append>(&message)) {
      blocks = CheckBlocks(from.node, *append);
    }
    if (!blocks) return;
    SampleClock(from.node, message);
    core_.Receive(from, message, parts_.clock->Now(), actions_);
    PrepareBlocks(*std::move(blocks));
    ReactSoon();
  });
}

void Replica::Read(Instant deadline, ReadWaits::Done done) {
  parts_.core->Post([this, deadline, done = std::move(done)] {
    if (reads_ended_) return done(ReadEnd::kStopping);
    if (core_.standing() == consensus::Promises::Standing::kForgotten) {
      return done(ReadEnd::kNoLeader);  // Nor ever will be.
    }
    reads_.Add(core_.RequestRead(parts_.clock->Now(), actions_), deadline, done);
    ReactSoon();
  });
}

void Replica::EndReads() {
  parts_.core->Post([this] {
    reads_ended_ = true;
    reads_.End(ReadEnd::kStopping);
  });
}

void Replica::Transfer(NodeId target, std::function<void(Result<void>)> done) {
  parts_.core->Post([this, target, done = std::move(done)] {
    done(core_.Transfer(target, parts_.clock->Now(), actions_));
    ReactSoon();
  });
}

void Replica::ChangeMembers(std::vector<consensus::MemberChange> changes,
                            std::function<void(Result<void>)> done) {
  parts_.core->Post([this, changes = std::move(changes), done = std::move(done)] {
    done(core_.ProposeChange(changes, parts_.clock->Now(), actions_));
    ReactSoon();
  });
}

void Replica::OnLink(NodeId peer, bool up) {
  parts_.core->Post([this, peer, up] {
    if (!up) {
      core_.LinkLost(peer);
    } else if (peer == core_.leadership().leader) {
      SendUnanswered(/*all=*/true);
    }
    ReactSoon();
  });
}

void Replica::OnPersisted(std::uint64_t sequence) {
  parts_.core->Post([this, sequence] {
    core_.Persisted(sequence, parts_.clock->Now(), actions_);
    ReactSoon();
  });
}

void Replica::OnRoom(bool room) {
  parts_.core->Post([this, room] {
    room_ = room;
    core_.SetRoom(room, parts_.clock->Now(), actions_);
    ReactSoon();
  });
}

void Replica::OnDamaged(const consensus::DamagedRange& range) {
  parts_.core->Post([this, range] {
    core_.Damaged(range, parts_.clock->Now(), actions_);
    ReactSoon();
  });
}

void Replica::OnApplied(const AppliedRun& run) {
  parts_.core->Post([this, run] {
    applied_ = run;
    for (AppliedAct& act : applied_.acts) {
      ForgetUnanswered(act.envelope);
      taken_.erase(act.envelope);
      act.outcome.repeated = act.outcome.recorded;
    }
    // Who has sent one of these again since it was answered waits for a block that never comes,
    // because it was still taken.
    parts_.waiters->Resolve(applied_.acts);
    applied_.acts.clear();
    for (const std::string& alarm : std::exchange(applied_.alarms, {})) {
      ++alarms_;
      parts_.alarm(std::nullopt, alarm);
    }
    while (!unapplied_.empty() && unapplied_.front() <= run.applied) unapplied_.pop_front();
    marked_size_ = std::max(marked_size_, run.checkpoint_size);
    if (checkpoint_under_way_ && checkpoint_index_ <= run.applied) {
      checkpoint_under_way_ = false;
      // Also where this node could not sign: another mark would not change that.
      if (checkpoint_index_ == run.applied) marked_size_ = std::max(marked_size_, run.tree_size);
    }
    last_time_ms_ = std::max(last_time_ms_, run.time_ms);
    core_.Applied(run.applied, actions_);
    core_.Flushed(run.flushed, actions_);
    reads_.Applied(run.applied);
    ReactSoon();
  });
}

void Replica::CountAlarm() {
  parts_.core->Post([this] {
    ++alarms_;
    ReactSoon();
  });
}

void Replica::Tick() {
  const Instant now = parts_.clock->Now();
  core_.Tick(now, actions_);
  if (now - last_housekeeping_ >= kHousekeeping) {
    last_housekeeping_ = now;
    ExpireUnanswered(now);
    parts_.waiters->Expire(now, Hindered());
    const bool led = core_.leadership().leader != NodeId{};
    reads_.Expire(now, led ? ReadEnd::kTimedOut : ReadEnd::kNoLeader);
    SendUnanswered(/*all=*/false);
    RememberPromises(now);
    MaybeTrim(now);
  }
  ReactSoon();
}

void Replica::RememberPromises(Instant now) {
  const auto& promises = core_.promises();
  const auto is_known = [this](const auto& promise) {
    const auto before = remembered_.find(promise.first);
    return before != remembered_.end() &&
           before->second.incarnation == promise.second.incarnation &&
           before->second.term == promise.second.term;
  };
  const bool all_known = std::ranges::all_of(promises, is_known);
  if (!parts_.remember || remembering_ || promises == remembered_) return;
  const bool at_once = !all_known && !remember_again_;
  if (!at_once && now - remembered_at_ < kRemembering) return;
  remembering_ = true;
  remembered_at_ = now;
  parts_.remember(promises, [this, promises](bool kept) {
    parts_.core->Post([this, promises, kept] {
      remembering_ = false;
      remember_again_ = !kept;
      if (kept) remembered_ = promises;
    });
  });
}

// Once for all events that wait on the core's thread.
void Replica::ReactSoon() {
  if (std::exchange(reaction_due_, true)) return;
  parts_.core->Post([this] { React(); });
}

// After events: do what the core asks until it asks nothing more, then propose and set the
// timer.
void Replica::React() {
  reaction_due_ = false;
  // Bounded: each proposal needs room, and each round without one leaves no actions.
  do {
    HandOut();
    MaybePropose();
    MaybeMark(parts_.clock->Now());
  } while (!actions_.persist.empty() || !actions_.messages.empty() || !actions_.committed.empty());
  ForwardRouted();
  if (!kept_ && core_.standing() == consensus::Promises::Standing::kKept) {
    kept_ = true;
    if (parts_.kept) parts_.kept();
  }
  ArmTimer();
  PublishStatus();
}

void Replica::HandOut() {
  consensus::Actions actions;
  std::swap(actions, actions_);
  leads_ = leading();  // Before anybody hears of it.
  for (consensus::Persist& write : actions.persist) parts_.writes->Write(std::move(write));
  for (consensus::Outgoing& out : actions.messages) {
    if (auto* const response = std::get_if<consensus::HeartbeatResponse>(&out.message)) {
      response->clock_ms = parts_.clock->UnixMillis();
    }
    if (std::holds_alternative<consensus::SnapshotNeeded>(out.message)) {
      wanted_ = std::max(wanted_, Wanted::kAny);
    }
    parts_.peers->Send(out.to, out.message);
  }
  std::vector<CommittedEntry> committed;
  committed.reserve(actions.committed.size());
  for (const consensus::Entry& entry : actions.committed) {
    committed.push_back(Committed(entry));
  }
  if (!committed.empty()) parts_.commits->Commit(std::move(committed));
  for (const consensus::Alarm& alarm : actions.alarms) {
    Alarm(alarm.peer, alarm.what);
  }
  if (actions.readable) reads_.Confirm(actions.readable->ticket, actions.readable->index);
  if (actions.needs_snapshot && parts_.needs_snapshot) parts_.needs_snapshot();
  if (actions.failure) parts_.failed(*actions.failure);
  if (actions.leadership) {
    ++elections_;
    if (!leading()) ForgetQueue();
    blocks_.clear();
    clocks_.Clear();
    leading_since_ = parts_.clock->Now();
    clock_off_ms_.reset();
    SendUnanswered(/*all=*/true);
  }
}

void Replica::ArmTimer() {
  // Who waits is told in time also when the core has nothing to do for long.
  const Instant deadline = std::min(core_.NextDeadline(), last_housekeeping_ + kHousekeeping);
  if (timer_under_way_ && armed_ <= deadline) return;
  const Instant now = parts_.clock->Now();
  armed_ = deadline;
  timer_under_way_ = true;
  const Duration delay = deadline > now ? deadline - now : Duration{0};
  parts_.core->After(delay, [this, deadline] {
    // A timer that an earlier one has overtaken has nothing left to do.
    if (armed_ != deadline) return;
    timer_under_way_ = false;
    Tick();
  });
}

void Replica::PublishStatus() {
  const consensus::Leadership leadership = core_.leadership();
  const std::scoped_lock lock(status_mutex_);
  status_.role = leadership.role;
  status_.term = leadership.term;
  status_.leader = leadership.leader;
  status_.commit = core_.commit();
  status_.last = core_.last().index;
  status_.stable = core_.stable();
  status_.flushed = applied_.flushed;
  status_.offered = offered_;
  status_.queued_acts = queue_.acts();
  status_.unanswered_acts = unanswered_.size();
  status_.prepared_blocks = blocks_.size();
  status_.blocks_proposed = blocks_proposed_;
  status_.elections = elections_;
  status_.alarms = alarms_;
  status_.at_odds = core_.at_odds();
  status_.standing = core_.standing();
  status_.incarnation = incarnation_;
  if (status_.members_index != core_.membership().index() || status_.members.members.empty()) {
    status_.members_index = core_.membership().index();
    status_.members = core_.membership().current();
  }
  status_.clock_off_ms = clock_off_ms_;
  status_.reads = reads_.size();
  status_.room = room_;
  status_.damaged = core_.damaged();
  status_.rare_paths = core_.rare_paths();
  status_.match.clear();
  if (leadership.role != consensus::Role::kLeader) return;
  for (const auto& [peer, progress] : core_.progress()) status_.match[peer] = progress.match();
}

Replica::Status Replica::status() const {
  const std::scoped_lock lock(status_mutex_);
  return status_;
}

void Replica::SampleClock(NodeId from, const consensus::Message& message) {
  const auto* const response = std::get_if<consensus::HeartbeatResponse>(&message);
  if (response == nullptr || response->clock_ms == 0 || !leading()) return;
  clocks_.Sample(from, response->clock_ms, parts_.clock->UnixMillis(), parts_.clock->Now());
}

void Replica::Alarm(NodeId peer, const std::string& what) {
  ++alarms_;
  parts_.alarm(peer, "node " + std::to_string(peer.value) + " " + what);
}

// Nothing of an append with a block that is not its leader's own reaches the core. The blocks of
// what this node's log does not hold yet, by the chain of their entry; nothing to refuse all.
std::optional<Replica::Blocks> Replica::CheckBlocks(NodeId from, const consensus::Append& append) {
  Blocks blocks;
  const crypto::Digest* previous = &append.prev_chain;
  for (const consensus::Entry& entry : append.entries) {
    const crypto::Digest before = *std::exchange(previous, &entry.chain);
    if (entry.kind != consensus::EntryKind::kBlock || Holds(entry)) continue;
    Result<ledger::Block> block = ledger::DecodeBlock(*entry.payload);
    if (!block) {
      Alarm(from, "sends a malformed block: " + block.error().message);
      return std::nullopt;
    }
    const ledger::BlockHeader& header = block->header;
    const ledger::Genesis::NodeEntry* leader = parts_.genesis->FindNode(header.leader);
    if (leader == nullptr || header.term != entry.term.value ||
        header.raft_index != entry.index.value || header.previous != before ||
        !ledger::VerifyBlockSignature(*entry.payload, leader->log_key.key)) {
      Alarm(from, "sends a block at raft index " + std::to_string(entry.index.value) +
                      " whose header is not its leader's");
      return std::nullopt;
    }
    const std::int64_t now_ms = parts_.clock->UnixMillis();
    const bool clock_is_wrong = now_ms < applied_.time_ms - kAheadMaxMs;
    if (const std::int64_t ahead = header.time_ms - now_ms;
        ahead > kAheadMaxMs && !clock_is_wrong) {
      Alarm(from, "sends a block whose time is " + std::to_string(ahead / 1000) +
                      " s ahead of this node's clock");
      return std::nullopt;
    }
    blocks.emplace_back(entry, *std::move(block));
  }
  return blocks;
}

bool Replica::Holds(const consensus::Entry& entry) const {
  if (entry.index <= core_.commit()) return true;  // The core compares; it is never taken again.
  const auto own = core_.log().IdAt(entry.index);
  return own && own->chain == entry.chain;
}

// A block is taken apart as soon as the log has it, so that its signatures are checked while the
// disk syncs. What a full pool does not take is left to the applier.
void Replica::PrepareBlocks(Blocks blocks) {
  for (auto& [entry, block] : blocks) {
    if (!Holds(entry)) continue;  // The core did not want it.
    const auto prepared = PrepareBlock(std::move(block));
    blocks_.insert_or_assign(entry.chain, prepared);
    if (parts_.pool != nullptr) ActPreparation::Share(prepared->acts, *parts_.pool);
  }
}

std::shared_ptr<BlockPreparation> Replica::PrepareBlock(ledger::Block block) {
  return std::make_shared<BlockPreparation>(BlockPreparation{
      .header = block.header,
      .acts = std::make_shared<ActPreparation>(std::move(block.acts), *parts_.verifier)});
}

std::shared_ptr<BlockPreparation> Replica::TakeBlock(const consensus::Entry& entry) {
  if (entry.kind != consensus::EntryKind::kBlock) return nullptr;
  if (const auto at = blocks_.find(entry.chain); at != blocks_.end()) {
    std::shared_ptr<BlockPreparation> prepared = std::move(at->second);
    blocks_.erase(at);
    return prepared;
  }
  // From this node's own log after a restart, or forgotten with a change of leader.
  Result<ledger::Block> block = ledger::DecodeBlock(*entry.payload);
  AVAL_ASSERT(block.has_value());  // Nothing else is ever accepted into the log.
  return PrepareBlock(*std::move(block));
}

}  // namespace aval::node
