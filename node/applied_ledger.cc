#include "node/applied_ledger.h"

#include <algorithm>
#include <utility>

#include "ledger/log/checkpoint_file.h"
#include "ledger/record/applied.h"
#include "ledger/record/codec.h"
#include "node/act_verifier.h"

namespace aval::node {

using ledger::AppliedMark;

Result<std::unique_ptr<AppliedLedger>> AppliedLedger::Open(Parts parts) {
  auto opened = std::unique_ptr<AppliedLedger>(new AppliedLedger(std::move(parts)));
  AVAL_TRY(const auto mark, opened->parts_.state->Get(ledger::EncodeKey<AppliedMark>({})));
  if (mark) {
    AVAL_CHECK(opened->Continue(*mark));
  } else {
    AVAL_CHECK(opened->Begin());
  }
  opened->applied_size_ = opened->log_->frontier().size();
  AVAL_CHECK(opened->Publish());
  return opened;
}

crypto::Digest AppliedLedger::GenesisDigest() const {
  return crypto::Sha256(parts_.genesis->envelope());
}

Result<void> AppliedLedger::OpenFiles(const crypto::Frontier& tree) {
  AVAL_TRY(log_, ledger::Log::Open(*parts_.disk, parts_.log_directory, tree, {}));
  const ledger::Genesis::NodeEntry* self = parts_.genesis->FindNode(parts_.node);
  AVAL_ASSERT(self != nullptr);
  AVAL_TRY(checkpoints_, ledger::CheckpointSigner::Open(*parts_.disk, parts_.log_directory,
                                                        {.origin = parts_.genesis->origin(),
                                                         .cosigner_name = self->cosigner_key.name,
                                                         .log_key = parts_.log_key,
                                                         .cosigner_key = parts_.cosigner_key}));
  return {};
}

Result<void> AppliedLedger::Begin() {
  AVAL_CHECK(OpenFiles({}));
  machine_.emplace(&recent_, ledger::Machine::Tail{});
  AVAL_TRY(const auto leaves, machine_->Begin(*parts_.genesis));
  AVAL_CHECK(log_->Append(leaves));
  to_sign_.clear();
  return Flush();
}

Result<void> AppliedLedger::Continue(const Bytes& mark) {
  AVAL_TRY(const AppliedMark applied, ledger::DecodeValue<AppliedMark>(mark));
  if (applied.genesis != GenesisDigest()) {
    return Error{.code = Code::kCorruption,
                 .message = "the state in the data directory began with another genesis"};
  }
  AVAL_TRY(const crypto::Frontier tree, crypto::Frontier::Decode(applied.frontier));
  AVAL_CHECK(OpenFiles(tree));
  raft_index_ = applied.raft_index;
  if (applied.signed_size > SignedSize()) {
    return Error{.code = Code::kCorruption,
                 .message = (parts_.log_directory / ledger::kCheckpointFile).string() +
                            ": ends before the checkpoint of size " +
                            std::to_string(applied.signed_size) + ", which this node has signed"};
  }
  CompareWithSigned();
  machine_.emplace(&recent_,
                   ledger::Machine::Tail{.size = tree.size(), .time_ms = applied.time_ms});
  return {};
}

Result<AppliedLedger::Applied> AppliedLedger::Apply(std::uint64_t raft_index,
                                                    BlockPreparation* block) {
  AVAL_ASSERT(raft_index == raft_index_ + 1);
  Applied applied;
  std::vector<ledger::Leaf> leaves;
  if (block != nullptr) {
    // A leader whose clock went back stamps no lower than what it has applied; a lying one cannot
    // make the book's time fall either.
    const std::int64_t time_ms = std::max(block->header.time_ms, machine_->tail().time_ms);
    for (const ledger::Preparation& prepared : block->acts->Result()) {
      if (!prepared.act) {
        ++applied.faults;
        continue;
      }
      CountSignatures(*prepared.act);
      AVAL_TRY(const auto outcome, machine_->Apply(*prepared.act, time_ms, leaves));
      if (outcome.verdict == ledger::Verdict::kSignature) ++applied.faults;
      applied.acts.push_back({.envelope = prepared.act->digest, .outcome = outcome});
    }
    AVAL_CHECK(machine_->Sweep(time_ms, leaves));
  }
  AVAL_CHECK(log_->Append(leaves));
  applied_size_ = log_->frontier().size();
  raft_index_ = raft_index;
  for (const ledger::Leaf& leaf : leaves) {
    unflushed_bytes_ += leaf.entry.size() + leaf.effects.size();
  }
  if (block != nullptr && block->header.checkpoint) {
    const crypto::Frontier& tree = log_->frontier();
    to_sign_.push_back(
        {.origin = parts_.genesis->origin(), .size = tree.size(), .root = tree.Root()});
  }
  return applied;
}

void AppliedLedger::CountSignatures(const ledger::PreparedAct& act) {
  signatures_ += act.checks.size();
  unchecked_ += act.checks.size() - CheckedSignatures(act);
}

AppliedLedger::Counters AppliedLedger::counters() const {
  return {.signatures = signatures_, .unchecked = unchecked_, .flushes = flushes_};
}

Result<void> AppliedLedger::Flush() {
  AVAL_CHECK(log_->Sync());
  ledger::Writes writes = machine_->TakeWrites();
  const AppliedMark mark{.genesis = GenesisDigest(),
                         .raft_index = raft_index_,
                         .time_ms = machine_->tail().time_ms,
                         .frontier = log_->frontier().Encode(),
                         .signed_size = SignedSize()};
  writes.insert_or_assign(ledger::EncodeKey<AppliedMark>({}), ledger::EncodeValue(mark));
  AVAL_CHECK(parts_.state->Apply(writes));
  recent_.Take(std::move(writes));
  ++flushes_;
  unflushed_bytes_ = 0;
  AVAL_CHECK(Publish());
  CompareWithSigned();
  SignCheckpoints();
  return {};
}

Result<ledger::SnapshotCut> AppliedLedger::Cut() {
  AVAL_CHECK(Flush());
  return ledger::SnapshotCut{.state = parts_.state->Snapshot(),
                             .genesis = GenesisDigest(),
                             .raft_index = raft_index_,
                             .tree = log_->frontier(),
                             .end = log_->end(),
                             .time_ms = machine_->tail().time_ms};
}

Result<AppliedLedger::Standing> AppliedLedger::standing() {
  AVAL_TRY(const bool has_due_items, machine_->HasDueItems());
  return Standing{.raft_index = raft_index_,
                  .tree_size = log_->frontier().size(),
                  .time_ms = machine_->tail().time_ms,
                  .has_due_items = has_due_items};
}

std::uint64_t AppliedLedger::SignedSize() const {
  const auto highest = checkpoints_->highest();
  return highest ? highest->size : 0;
}

void AppliedLedger::CompareWithSigned() {
  if (compared_) return;
  if (SignedSize() > log_->synced_size()) return;  // Applied again, it comes to it.
  // Signed before the snapshot with which the log begins, it cannot be compared as long as the
  // hashes of then are not here; no size from then is signed again, those from the snapshot on are.
  if (SignedSize() < log_->first()) return;
  compared_ = true;
  StopSigningOn(checkpoints_->Compare(*log_, log_->synced_size()));
}

// Not signing is the safe answer to a second root, and to a disk that refuses; the ledger goes on
// without this node's word.
void AppliedLedger::StopSigningOn(const Result<void>& result) {
  if (result) return;
  const std::scoped_lock lock(mutex_);
  signing_failure_ = result.error();
}

Result<void> AppliedLedger::Publish() {
  auto view = std::make_shared<View>();
  view->state = parts_.state->Snapshot();
  view->tree = log_->frontier();
  AVAL_TRY(const Standing now, standing());
  view->raft_index = now.raft_index;
  view->time_ms = now.time_ms;
  view->has_due_items = now.has_due_items;
  AVAL_TRY(view->today, machine_->Today());
  const std::scoped_lock lock(mutex_);
  view_ = std::move(view);
  return {};
}

void AppliedLedger::SignCheckpoints() {
  // A cosignature says "by this time": not of what comes from the future (DESIGN.md section 3).
  const std::int64_t ahead = machine_->tail().time_ms - parts_.clock->UnixMillis();
  ahead_ms_.reset();
  if (ahead > ledger::kClockBoundMs && !to_sign_.empty()) {
    ahead_ms_ = ahead;
    to_sign_.clear();
  }
  for (const crypto::Checkpoint& checkpoint : std::exchange(to_sign_, {})) {
    const auto seconds = static_cast<std::uint64_t>(parts_.clock->UnixMillis() / 1000);
    const auto signed_note = checkpoints_->Sign(checkpoint, seconds);
    // A size that was passed without a signature stays without.
    if (signed_note || signed_note.error().code == Code::kNotFound) continue;
    StopSigningOn(signed_note.error());
  }
}

std::shared_ptr<const View> AppliedLedger::view() const {
  const std::scoped_lock lock(mutex_);
  return view_;
}

std::optional<Error> AppliedLedger::signing_failure() const {
  const std::scoped_lock lock(mutex_);
  return signing_failure_;
}

}  // namespace aval::node
