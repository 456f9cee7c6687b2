#include "ledger/log/checkpoints.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/assert.h"
#include "ledger/log/checkpoint_file.h"

namespace aval::ledger {

namespace {

namespace fs = std::filesystem;

crypto::Signature LastBytes(const crypto::NoteSignature& line) {
  crypto::Signature signature;
  AVAL_ASSERT(line.signature.size() >= signature.bytes.size());
  std::copy(line.signature.end() - static_cast<std::ptrdiff_t>(signature.bytes.size()),
            line.signature.end(), signature.bytes.begin());
  return signature;
}

}  // namespace

struct CheckpointSigner::State {
  State(Disk& its_disk, fs::path its_path, const Keys& its_keys)
      : disk(its_disk),
        path(std::move(its_path)),
        keys(its_keys),
        log_key{.name = keys.origin,
                .type = crypto::NoteKeyType::kLog,
                .key = keys.log_key->public_key()},
        cosigner_key{.name = keys.cosigner_name,
                     .type = crypto::NoteKeyType::kCosigner,
                     .key = keys.cosigner_key->public_key()} {}

  /// Opens the file for appending behind the records that were read.
  Result<void> Prepare(const CheckpointFileEnd& end);
  Result<void> CheckKeys() const;
  crypto::Note ToNote(const SignedCheckpoint& checkpoint) const {
    return checkpoint.ToNote(log_key, cosigner_key);
  }
  /// The last record as of now, and how many there are.
  std::pair<std::optional<SignedCheckpoint>, std::uint64_t> Last() const {
    const std::scoped_lock lock(mutex);
    return {last, records};
  }
  /// The first of `count` records whose size is at least `size`.
  Result<std::uint64_t> LowerBound(const File& reader, std::uint64_t count,
                                   std::uint64_t size) const;
  Result<SignedCheckpoint> Find(std::uint64_t size) const;
  /// Signs no more, since the log has another root than what was signed.
  Error Contradiction(const SignedCheckpoint& before, const crypto::Digest& root);

  Disk& disk;
  const fs::path path;
  const Keys keys;
  const crypto::Vkey log_key;
  const crypto::Vkey cosigner_key;
  std::unique_ptr<File> file;    // The signing thread's; readers open their own.
  crypto::Digest chain;          // The signing thread's.
  std::optional<Error> failure;  // The signing thread's: why nothing more is signed.

  mutable std::mutex mutex;  // Guards what follows.
  std::optional<SignedCheckpoint> last;
  std::uint64_t records = 0;
};

Result<void> CheckpointSigner::State::Prepare(const CheckpointFileEnd& end) {
  records = end.records;
  chain = end.chain;
  const bool exists = disk.Exists(path);
  AVAL_TRY(file, disk.Open(path, exists ? Disk::Mode::kReadWrite : Disk::Mode::kCreate));
  if (end.torn_bytes > 0) AVAL_CHECK(file->Resize(records * kCheckpointRecord));
  AVAL_CHECK(file->Sync());
  return disk.SyncDirectory(path.parent_path());
}

Result<void> CheckpointSigner::State::CheckKeys() const {
  if (!last) return {};
  const std::vector<crypto::Vkey> both = {log_key, cosigner_key};
  if (crypto::VerifyNote(ToNote(*last), both)) return {};
  return Error{.code = Code::kDenied,
               .message = path.string() + ": signed by other keys than this node's"};
}

Result<std::uint64_t> CheckpointSigner::State::LowerBound(const File& reader, std::uint64_t count,
                                                          std::uint64_t size) const {
  std::uint64_t first = 0;
  while (count > 0) {
    const std::uint64_t half = count / 2;
    AVAL_TRY(const SignedCheckpoint middle, ReadCheckpointRecord(reader, first + half));
    if (middle.size < size) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first;
}

Result<SignedCheckpoint> CheckpointSigner::State::Find(std::uint64_t size) const {
  const std::uint64_t count = Last().second;
  AVAL_TRY(const auto reader, disk.Open(path, Disk::Mode::kRead));
  AVAL_TRY(const std::uint64_t number, LowerBound(*reader, count, size));
  if (number < count) {
    AVAL_TRY(const SignedCheckpoint found, ReadCheckpointRecord(*reader, number));
    if (found.size == size) return found;
  }
  return Error{.code = Code::kNotFound,
               .message = "no checkpoint of size " + std::to_string(size) + " was signed"};
}

CheckpointSigner::CheckpointSigner(std::unique_ptr<State> state) : state_(std::move(state)) {}
CheckpointSigner::~CheckpointSigner() = default;

Result<std::unique_ptr<CheckpointSigner>> CheckpointSigner::Open(Disk& disk,
                                                                 const fs::path& directory,
                                                                 const Keys& keys) {
  AVAL_CHECK(disk.MakeDirectories(directory));
  auto state = std::make_unique<State>(disk, directory / kCheckpointFile, keys);
  AVAL_TRY(const CheckpointFileEnd end,
           ReadCheckpointFile(disk, state->path, [&state](std::uint64_t, const auto& record) {
             state->last = record;
             return Result<void>{};
           }));
  AVAL_CHECK(state->CheckKeys());
  AVAL_CHECK(state->Prepare(end));
  return std::unique_ptr<CheckpointSigner>(new CheckpointSigner(std::move(state)));
}

Error CheckpointSigner::State::Contradiction(const SignedCheckpoint& before,
                                             const crypto::Digest& root) {
  failure = Error{.code = Code::kDenied,
                  .message = "size " + std::to_string(before.size) + " with root " + root.Hex() +
                             " contradicts what was signed, root " + before.root.Hex() +
                             ": nothing more is signed"};
  return *failure;
}

Result<void> CheckpointSigner::Compare(const crypto::HashReader& log, std::uint64_t size) {
  State& state = *state_;
  if (state.failure) return *state.failure;
  const std::optional<SignedCheckpoint> last = state.Last().first;
  if (!last || last->size > size) return {};
  AVAL_TRY(const crypto::Digest root, crypto::RootAt(log, last->size));
  if (root == last->root) return {};
  return state.Contradiction(*last, root);
}

Result<crypto::Note> CheckpointSigner::Sign(const crypto::Checkpoint& checkpoint,
                                            std::uint64_t unix_seconds) {
  State& state = *state_;
  AVAL_ASSERT(checkpoint.origin == state.keys.origin);
  if (state.failure) return *state.failure;
  const auto [last, records] = state.Last();
  if (last && checkpoint.size <= last->size) {
    AVAL_TRY(const SignedCheckpoint before, state.Find(checkpoint.size));
    if (before.root == checkpoint.root) return state.ToNote(before);
    return state.Contradiction(before, checkpoint.root);
  }
  const std::string text = checkpoint.Text();
  SignedCheckpoint next;
  next.size = checkpoint.size;
  next.root = checkpoint.root;
  next.unix_seconds = std::max(unix_seconds, last ? last->unix_seconds : 0);
  next.log_signature = LastBytes(crypto::SignNote(text, state.keys.origin, *state.keys.log_key));
  next.cosignature = LastBytes(crypto::CosignNote(text, state.keys.cosigner_name,
                                                  *state.keys.cosigner_key, next.unix_seconds));

  const Bytes record = EncodeCheckpointRecord(next, state.chain);
  state.failure = Error{.code = Code::kIo,
                        .message = state.path.string() + " has failed: nothing more is signed"};
  AVAL_CHECK(state.file->Write(records * kCheckpointRecord, record));
  AVAL_CHECK(state.file->Sync());
  state.failure.reset();
  const std::scoped_lock lock(state.mutex);
  state.last = next;
  ++state.records;
  return state.ToNote(next);
}

std::optional<crypto::Checkpoint> CheckpointSigner::highest() const {
  const auto last = state_->Last().first;
  if (!last) return std::nullopt;
  return crypto::Checkpoint{.origin = state_->keys.origin, .size = last->size, .root = last->root};
}

std::optional<crypto::Note> CheckpointSigner::latest() const {
  const auto last = state_->Last().first;
  if (!last) return std::nullopt;
  return state_->ToNote(*last);
}

Result<crypto::Note> CheckpointSigner::At(std::uint64_t size) const {
  AVAL_TRY(const SignedCheckpoint found, state_->Find(size));
  return state_->ToNote(found);
}

Result<std::vector<std::uint64_t>> CheckpointSigner::Sizes(std::uint64_t from,
                                                           std::size_t limit) const {
  const std::uint64_t count = state_->Last().second;
  AVAL_TRY(const auto reader, state_->disk.Open(state_->path, Disk::Mode::kRead));
  AVAL_TRY(std::uint64_t number, state_->LowerBound(*reader, count, from));
  std::vector<std::uint64_t> sizes;
  for (; number < count && sizes.size() < limit; ++number) {
    AVAL_TRY(const SignedCheckpoint found, ReadCheckpointRecord(*reader, number));
    sizes.push_back(found.size);
  }
  return sizes;
}

}  // namespace aval::ledger
