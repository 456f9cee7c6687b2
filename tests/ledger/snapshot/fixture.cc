#include "tests/ledger/snapshot/fixture.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/assert.h"
#include "ledger/log/checkpoint_file.h"
#include "ledger/log/log_start.h"
#include "ledger/record/applied.h"
#include "ledger/record/codec.h"
#include "ledger/snapshot/paths.h"

namespace aval::ledger {

namespace {

Bytes MarkOf(const crypto::Frontier& tree, std::uint64_t signed_size) {
  return EncodeValue(AppliedMark{.genesis = crypto::Sha256(TestGenesis().envelope()),
                                 .raft_index = 70,
                                 .time_ms = kGenesisTime,
                                 .frontier = tree.Encode(),
                                 .signed_size = signed_size});
}

void WriteFile(Disk& disk, const std::filesystem::path& path, std::string_view text) {
  AVAL_ASSERT(disk.ReplaceFile(path, AsBytes(text)));
}

}  // namespace

SnapshotLedger::SnapshotLedger(std::uint32_t participants) {
  for (std::uint32_t n = 1; n <= participants; ++n) book_.Accept({RegisterAct(n)});
  book_.Flush();
  log_ = WriteLog(disk_, book_.leaves(), 100);
}

SnapshotCut SnapshotLedger::Cut(std::uint64_t signed_size) {
  AVAL_ASSERT(
      book_.store().Apply({{EncodeKey<AppliedMark>({}), MarkOf(log_->frontier(), signed_size)}}));
  return {.state = book_.store().Snapshot(),
          .genesis = crypto::Sha256(TestGenesis().envelope()),
          .raft_index = 70,
          .tree = log_->frontier(),
          .end = log_->end(),
          .time_ms = kGenesisTime};
}

RaftMark SnapshotLedger::Mark() const {
  return {.index = 70,
          .term = 3,
          .chain = crypto::Sha256(AsBytes("chain")),
          .configurations = {{.index = 5, .bytes = Bytes{1, 2, 3}}, {.index = 60, .bytes = {}}}};
}

std::unique_ptr<SnapshotSource> SnapshotLedger::Source(std::uint32_t chunk_bytes) {
  auto source = SnapshotSource::Make(Cut(), Mark(), chunk_bytes);
  AVAL_ASSERT(source);
  return *std::move(source);
}

OldNode::OldNode() {
  TestLedger book;
  book.Accept({RegisterAct(900)});
  book.Flush();
  hash = book.hash();
  leaves = book.leaves();
  tree = TreeOf(leaves, leaves.size());
  AVAL_ASSERT(kLogDirectory == kData / kLogDirectoryName);
  WriteLog(*disk, leaves, 100);
  WriteFile(*disk, kLogDirectory / kCheckpointFile, "what was signed");
  WriteFile(*disk, kData / kWalDirectory / "0000000001.wal", "term and vote");
  WriteFile(*disk, kData / kWalDirectory / "0000000002.wal", "entries");
  FileStates states(*disk);
  auto state = states.Open(kData / kStateDirectory);
  AVAL_ASSERT(state);
  Writes writes;
  AVAL_ASSERT(book.store().Scan({}, {}, [&writes](ByteView key, ByteView value) {
    writes.emplace(CopyBytes(key), CopyBytes(value));
    return true;
  }));
  writes.emplace(EncodeKey<AppliedMark>({}), MarkOf(tree, 2));
  AVAL_ASSERT((*state)->Apply(writes));
  // Names that the new ledger does not have.
  WriteFile(*disk, kData / kStateDirectory / "stray", "old");
  WriteFile(*disk, kLogDirectory / "entries.0000000009", "old");
  // As if all had been there for long.
  disk = disk->Clone();
}

LogStart StartAt(const std::vector<Leaf>& leaves, std::uint64_t size) {
  FaultDisk disk;
  const auto log = WriteLog(
      disk, std::vector(leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(size)), size);
  return {.tree = log->frontier(), .end = log->end()};
}

std::unique_ptr<Log> BeginLogAt(Disk& disk, const std::vector<Leaf>& leaves, std::uint64_t start) {
  AVAL_ASSERT(BeginLog(disk, kLogDirectory, StartAt(leaves, start), kSmallLog.segment_leaves));
  auto log = Log::Open(disk, kLogDirectory, TreeOf(leaves, start), kSmallLog);
  AVAL_ASSERT(log);
  for (std::span<const Leaf> rest = std::span(leaves).subspan(start); !rest.empty();) {
    const std::size_t count = std::min<std::size_t>(90, rest.size());
    AVAL_ASSERT((*log)->Append(rest.first(count)));
    AVAL_ASSERT((*log)->Sync());
    rest = rest.subspan(count);
  }
  return *std::move(log);
}

Result<void> PutAll(const SnapshotSource& source, SnapshotSink& sink) {
  for (std::size_t chunk = 0; chunk < source.manifest().chunks.size(); ++chunk) {
    if (sink.Has(chunk)) continue;
    AVAL_TRY(const Bytes bytes, source.Chunk(chunk));
    AVAL_CHECK(sink.Put(chunk, bytes));
  }
  return {};
}

}  // namespace aval::ledger
