#include "tests/ledger/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "crypto/envelope.h"
#include "ledger/log/export_texts.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/log_fixture.h"

namespace aval::ledger {

namespace {

constexpr std::uint32_t kRefusedOneIn = 8;

// The applier's part, a block at a time.
class Maker {
 public:
  explicit Maker(History& history) : history_(history), machine_(history.state.get(), {}) {
    Take(*machine_.Begin(history.genesis));
    Flush();
  }

  void Apply(const std::shared_ptr<const Bytes>& envelope, bool recorded = true) {
    const Preparation prepared = Prepare(envelope, kTestOrigin);
    AVAL_ASSERT(prepared.act != nullptr);
    const auto outcome = machine_.Apply(*prepared.act, time_ms_, history_.leaves);
    AVAL_ASSERT(outcome && outcome->recorded == recorded);
  }
  void EndBlock() {
    do {
      AVAL_ASSERT(machine_.Sweep(time_ms_, history_.leaves));
      time_ms_ += 1'000;
    } while (*machine_.HasDueItems());
    Flush();
    history_.checkpoints.push_back(history_.leaves.size());
  }

 private:
  void Take(std::vector<Leaf> leaves) {
    std::move(leaves.begin(), leaves.end(), std::back_inserter(history_.leaves));
  }
  void Flush() { AVAL_ASSERT(history_.state->Apply(machine_.TakeWrites())); }

  History& history_;
  Machine machine_;
  std::int64_t time_ms_ = kGenesisTime + 1'000;
};

// The same participant as `n` again, under another id: refused.
std::shared_ptr<const Bytes> SecondRegistration(std::uint32_t n) {
  const Preparation first = Prepare(RegisterAct(n), kTestOrigin);
  act::v1::Act act = NewAct(kBankA, 1'000'000 + n);
  *act.mutable_participant_register() = first.act->act.participant_register();
  return SignAct(act, first.act->signers);
}

}  // namespace

crypto::Checkpoint History::CheckpointAt(std::uint64_t tree_size) const {
  return {.origin = genesis.origin(), .size = tree_size, .root = TreeOf(leaves, tree_size).Root()};
}

History MakeHistory(std::uint32_t registrations, int days) {
  History history{.genesis = TestGenesis(),
                  .leaves = {},
                  .state = std::make_unique<MemoryStore>(),
                  .checkpoints = {}};
  Maker maker(history);
  for (std::uint32_t n = 1; n <= registrations; ++n) {
    maker.Apply(n % kRefusedOneIn == 0 ? SecondRegistration(n - 1) : RegisterAct(n));
    if (n % 100 == 0) maker.EndBlock();
  }
  for (int day = 1; day <= days; ++day) {
    maker.Apply(DayRollAct(kFirstDay.Plus(day)));
    maker.EndBlock();
  }
  return history;
}

crypto::Note SignedBy(const History& history, std::uint32_t node, std::uint64_t size) {
  const Genesis::NodeEntry* entry = history.genesis.FindNode(node);
  const std::string text = history.CheckpointAt(size).Text();
  const std::uint64_t seconds = 1'500'000'000 + size;
  return {.text = text,
          .signatures = {crypto::SignNote(text, history.genesis.origin(), NodeKey(node, "log")),
                         crypto::CosignNote(text, entry->cosigner_key.name,
                                            NodeKey(node, "cosigner"), seconds)}};
}

void WriteDataDirectory(Disk& disk, const std::filesystem::path& directory, const History& history,
                        const Log::Options& options) {
  const auto log = Log::Open(disk, directory / "log", {}, options);
  ASSERT_TRUE(log) << log.error().message;
  ASSERT_TRUE((*log)->Append(history.leaves));
  ASSERT_TRUE((*log)->Sync());
  const crypto::SecretKey log_key = NodeKey(1, "log");
  const crypto::SecretKey cosigner_key = NodeKey(1, "cosigner");
  const auto signer =
      CheckpointSigner::Open(disk, directory / "log",
                             {.origin = history.genesis.origin(),
                              .cosigner_name = history.genesis.FindNode(1)->cosigner_key.name,
                              .log_key = &log_key,
                              .cosigner_key = &cosigner_key});
  ASSERT_TRUE(signer) << signer.error().message;
  for (const std::uint64_t size : history.checkpoints) {
    ASSERT_TRUE((*signer)->Sign(history.CheckpointAt(size), 1'500'000'000 + size));
  }
}

void WriteExport(Disk& disk, const std::filesystem::path& directory, const History& history,
                 const std::vector<std::uint32_t>& cosigners) {
  const auto log = Log::Open(disk, "/exporter/log", {}, kSmallLog);
  ASSERT_TRUE(log) << log.error().message;
  ASSERT_TRUE((*log)->Append(history.leaves));
  ASSERT_TRUE((*log)->Sync());
  const crypto::SecretKey key = NodeKey(1, "log");
  ExportRequest request{
      .directory = directory,
      .checkpoint = history.CheckpointAt(history.size()),
      .lines = {},
      .earlier = {},
      .earlier_note = [&history](auto size) { return SignedBy(history, 1, size); },
      .genesis = &history.genesis,
      .manifest_key = &key};
  for (const std::uint32_t node : cosigners) {
    const crypto::Note note = SignedBy(history, node, history.size());
    request.lines.insert(request.lines.end(), note.signatures.begin(), note.signatures.end());
  }
  for (const std::uint64_t size : history.checkpoints) {
    if (size < history.size()) request.earlier.push_back(size);
  }
  const auto source = SourceOf(**log);
  const Result<void> written = ExportLog(disk, *source, request, [](auto, auto) {});
  ASSERT_TRUE(written) << written.error().message;
}

void ForgeFile(Disk& disk, const std::filesystem::path& directory, const std::string& path,
               ByteView content) {
  ASSERT_TRUE(disk.ReplaceFile(directory / path, content));
  WriteManifest(disk, directory, NodeKey(1, "log"));
}

void WriteManifest(Disk& disk, const std::filesystem::path& directory,
                   const crypto::SecretKey& key) {
  std::vector<ManifestLine> lines;
  const auto paths = disk.ListTree(directory);
  ASSERT_TRUE(paths);
  for (const std::string& path : *paths) {
    if (path == kManifestFile) continue;
    const Bytes content = *disk.ReadFile(directory / path);
    lines.push_back({.bytes = content.size(), .sha256 = crypto::Sha256(content), .path = path});
  }
  crypto::Envelope manifest{.payload = CopyBytes(AsBytes(ManifestText(lines))),
                            .payload_type = std::string(kManifestType),
                            .signatures = {}};
  crypto::SignEnvelope(manifest, key);
  ASSERT_TRUE(
      disk.ReplaceFile(directory / kManifestFile, AsBytes(crypto::EnvelopeToJson(manifest))));
}

}  // namespace aval::ledger
