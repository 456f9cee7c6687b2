#include "ledger/log/source.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "ledger/log/bundle.h"
#include "ledger/log/log_reader.h"

namespace aval::ledger {

namespace {

class OpenLogSource final : public LogSource {
 public:
  explicit OpenLogSource(const Log& log) : log_(log) {}

  Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) override {
    return log_.EntryBundle(n, width);
  }
  Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) override {
    return log_.EffectsBundle(n, width);
  }
  Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) override {
    return log_.HashTile(level, n, width);
  }

 private:
  const Log& log_;
};

class StoppedLogSource final : public LogSource {
 public:
  StoppedLogSource(Disk& disk, const std::filesystem::path& directory, std::uint64_t segment_leaves)
      : runs_(disk, directory, segment_leaves), reader_(runs_) {}

  Result<void> FindEnd(std::uint64_t size);

  Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) override {
    return reader_.EntryBundle(n, width);
  }
  Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) override {
    return reader_.EffectsBundle(n, width);
  }
  Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) override {
    return reader_.HashTile(level, n, width);
  }

 private:
  LogRuns runs_;
  LogReader reader_;
};

// The last bundle has no record in the index unless it is full: its items are counted.
Result<void> StoppedLogSource::FindEnd(std::uint64_t size) {
  AVAL_TRY(LogEnd end, BundleStart(runs_, size / kTileWidth));
  const std::uint64_t segment = runs_.SegmentOfLeaf(end.leaves);
  AVAL_TRY(SegmentCursor entries, SegmentCursor::At(runs_.entries, segment, end.entries));
  AVAL_TRY(SegmentCursor effects, SegmentCursor::At(runs_.effects, segment, end.effects));
  while (end.leaves < size) {
    AVAL_TRY(const ByteView entry_length, entries.Take(2));
    AVAL_CHECK(entries.Take(ByteReader(entry_length).U16()));
    AVAL_TRY(const ByteView effects_length, effects.Take(4));
    AVAL_CHECK(effects.Take(ByteReader(effects_length).U32()));
    ++end.leaves;
  }
  end.entries = entries.offset();
  end.effects = effects.offset();
  reader_.set_end(end);
  return {};
}

}  // namespace

std::unique_ptr<LogSource> SourceOf(const Log& log) { return std::make_unique<OpenLogSource>(log); }

Result<std::unique_ptr<LogSource>> OpenStoppedLog(Disk& disk,
                                                  const std::filesystem::path& directory,
                                                  std::uint64_t size, const Log::Options& options) {
  auto source = std::make_unique<StoppedLogSource>(disk, directory, options.segment_leaves);
  AVAL_CHECK(source->FindEnd(size));
  return std::unique_ptr<LogSource>(std::move(source));
}

const Genesis::NodeEntry* SignerOf(const SignedCheckpoint& checkpoint, const Genesis& genesis) {
  const auto signed_by = [&checkpoint](const Genesis::NodeEntry& node) {
    const std::array<crypto::Vkey, 2> keys = {node.log_key, node.cosigner_key};
    return crypto::VerifyNote(checkpoint.ToNote(node.log_key, node.cosigner_key), keys).has_value();
  };
  const auto found = std::find_if(genesis.nodes().begin(), genesis.nodes().end(), signed_by);
  return found == genesis.nodes().end() ? nullptr : &*found;
}

Result<std::vector<crypto::Note>> ReadSignedCheckpoints(Disk& disk,
                                                        const std::filesystem::path& directory,
                                                        const Genesis& genesis) {
  std::vector<crypto::Note> notes;
  const Genesis::NodeEntry* node = nullptr;
  const auto visit = [&](std::uint64_t offset, const SignedCheckpoint& record) -> Result<void> {
    const Genesis::NodeEntry* signer = SignerOf(record, genesis);
    if (signer == nullptr || (node != nullptr && signer != node)) {
      return Error{.code = Code::kCorruption,
                   .message = std::string(kCheckpointFile) + ", offset " + std::to_string(offset) +
                              ": not signed by one node of genesis"};
    }
    node = signer;
    notes.push_back(record.ToNote(node->log_key, node->cosigner_key));
    return {};
  };
  AVAL_CHECK(ReadCheckpointFile(disk, directory / kCheckpointFile, visit));
  return notes;
}

}  // namespace aval::ledger
