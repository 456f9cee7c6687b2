#include "ledger/log/export.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/assert.h"
#include "crypto/envelope.h"
#include "crypto/merkle.h"
#include "ledger/act.h"
#include "ledger/effects.h"
#include "ledger/log/bundle.h"
#include "ledger/log/export_texts.h"
#include "ledger/log/signer_keys.h"
#include "ledger/log/tiles.h"

namespace aval::ledger {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHashSize = 32;

Error Wrong(const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = "export: " + what};
}

Error Corrupt(const std::string& what) {
  return {.code = Code::kCorruption, .message = "export: " + what};
}

/// The source's tree, a tile at a time; proofs near the right edge read few.
class SourceTree final : public crypto::HashReader {
 public:
  SourceTree(LogSource& source, std::uint64_t size) : source_(source), size_(size) {}

  Result<crypto::Digest> Read(unsigned level, std::uint64_t index) const override {
    const unsigned tile_level = level / 8;
    const unsigned between = level % 8;
    const std::uint64_t first = index << between;
    AVAL_TRY(const auto tile, Tile(tile_level, first / kTileWidth));
    return SubtreeRoot(std::span(tile).subspan(first % kTileWidth, std::size_t{1} << between));
  }

 private:
  static constexpr std::size_t kTilesKept = 64;

  Result<std::vector<crypto::Digest>> Tile(unsigned level, std::uint64_t n) const {
    const std::pair key(level, n);
    if (const auto at = tiles_.find(key); at != tiles_.end()) return at->second;
    const auto width = static_cast<std::size_t>(
        std::min<std::uint64_t>(kTileWidth, HashesAt(level, size_) - n * kTileWidth));
    AVAL_TRY(const Bytes bytes, source_.HashTile(level, n, width));
    if (bytes.size() != width * kHashSize) {
      return Corrupt(HashTilePath(level, n, width) + " of the source has " +
                     std::to_string(bytes.size()) + " bytes");
    }
    if (tiles_.size() >= kTilesKept) tiles_.clear();
    return tiles_.emplace(key, DigestsOf(bytes)).first->second;
  }

  LogSource& source_;
  const std::uint64_t size_;
  mutable std::map<std::pair<unsigned, std::uint64_t>, std::vector<crypto::Digest>> tiles_;
};

/// The files of the export, and what the manifest says of them.
class Directory {
 public:
  Directory(Disk& disk, fs::path top) : disk_(disk), top_(std::move(top)) {}

  Result<void> Make();
  Result<void> Write(const std::string& path, ByteView content);
  Result<void> WriteManifest(const crypto::SecretKey& key);

 private:
  Disk& disk_;
  const fs::path top_;
  std::set<fs::path> made_;
  std::vector<ManifestLine> files_;
};

Result<void> Directory::Make() {
  const Result<std::vector<std::string>> there = disk_.ListTree(top_);
  if (!there && there.error().code != Code::kNotFound) return there.error();
  if (there && !there->empty()) return Wrong(top_.string() + " is not empty");
  return disk_.MakeDirectories(top_);
}

Result<void> Directory::Write(const std::string& path, ByteView content) {
  const fs::path full = top_ / path;
  if (made_.insert(full.parent_path()).second) {
    AVAL_CHECK(disk_.MakeDirectories(full.parent_path()));
  }
  AVAL_TRY(const auto file, disk_.Open(full, Disk::Mode::kCreate));
  AVAL_CHECK(file->Write(0, content));
  files_.push_back({.bytes = content.size(), .sha256 = crypto::Sha256(content), .path = path});
  return {};
}

Result<void> Directory::WriteManifest(const crypto::SecretKey& key) {
  const std::string text = ManifestText(std::exchange(files_, {}));
  crypto::Envelope manifest{.payload = CopyBytes(AsBytes(text)),
                            .payload_type = std::string(kManifestType),
                            .signatures = {}};
  crypto::SignEnvelope(manifest, key);
  return Write(kManifestFile, AsBytes(crypto::EnvelopeToJson(manifest)));
}

/// One export under way.
class Exporter {
 public:
  Exporter(Disk& disk, LogSource& source, const ExportRequest& request)
      : source_(source),
        request_(request),
        directory_(disk, request.directory),
        proofs_(source, request.checkpoint.size) {}

  Result<void> Run(const Progress& progress);

 private:
  Result<void> CheckSizes() const;
  Result<crypto::Checkpoint> CheckNote(const crypto::Note& note) const;
  Result<void> WriteLeaves(const Progress& progress);
  Result<void> WriteBundle(std::uint64_t n, std::size_t width);
  Result<void> AddLeaf(ByteView entry, ByteView effects);
  Result<void> AddSigners(const LeafView& leaf);
  Result<void> AddHash(const crypto::Digest& leaf_hash);
  Result<void> WriteTile(unsigned level, std::size_t width);
  Result<void> WriteOpenTiles();
  Result<void> WriteEarlier();
  Result<void> WriteLatest();
  Result<void> WriteConsistency(const crypto::Checkpoint& from, const crypto::Checkpoint& to,
                                const std::string& note);
  Result<void> WriteTexts();

  LogSource& source_;
  const ExportRequest& request_;
  Directory directory_;
  SourceTree proofs_;
  std::size_t next_earlier_ = 0;  // The first one whose size the tree has not reached.
  std::optional<crypto::Checkpoint> last_earlier_;  // That was written.
  crypto::Frontier tree_;
  std::array<Bytes, kTileLevels> open_;  // Hashes of each level's tile that is not written yet.
  SignerKeys keys_;
  std::map<crypto::KeyId, crypto::PublicKey> signers_;
};

Result<void> Exporter::Run(const Progress& progress) {
  if (request_.checkpoint.origin != request_.genesis->origin()) {
    return Wrong("the checkpoint is of " + request_.checkpoint.origin);
  }
  if (request_.checkpoint.size < 2) return Wrong("the checkpoint is of no ledger that has begun");
  AVAL_CHECK(CheckNote({.text = request_.checkpoint.Text(), .signatures = request_.lines}));
  AVAL_CHECK(CheckSizes());
  AVAL_CHECK(directory_.Make());
  AVAL_CHECK(WriteLeaves(progress));
  AVAL_CHECK(WriteLatest());
  AVAL_CHECK(WriteTexts());
  return directory_.WriteManifest(*request_.manifest_key);
}

Result<crypto::Checkpoint> Exporter::CheckNote(const crypto::Note& note) const {
  AVAL_TRY(crypto::Checkpoint checkpoint, crypto::Checkpoint::Parse(note.text));
  if (checkpoint.origin != request_.genesis->origin()) {
    return Wrong("a checkpoint is of " + checkpoint.origin);
  }
  std::vector<crypto::Vkey> keys;
  for (const Genesis::NodeEntry& node : request_.genesis->nodes()) {
    keys.push_back(node.log_key);
    keys.push_back(node.cosigner_key);
  }
  AVAL_TRY(const auto signers, crypto::VerifyNote(note, keys));
  const bool logged = std::any_of(signers.begin(), signers.end(), [](const auto& signer) {
    return signer.key.type == crypto::NoteKeyType::kLog;
  });
  if (!logged) {
    return Corrupt("the checkpoint of size " + std::to_string(checkpoint.size) +
                   " has no signature of a node's log key");
  }
  return checkpoint;
}

Result<void> Exporter::CheckSizes() const {
  std::uint64_t above = 0;
  for (const std::uint64_t size : request_.earlier) {
    if (size <= above || size >= request_.checkpoint.size) {
      return Wrong("earlier checkpoints must ascend and stay below the latest");
    }
    above = size;
  }
  return {};
}

Result<void> Exporter::WriteLeaves(const Progress& progress) {
  const std::uint64_t size = request_.checkpoint.size;
  for (std::uint64_t n = 0; n * kTileWidth < size; ++n) {
    progress(tree_.size(), size);
    const std::uint64_t left = size - n * kTileWidth;
    AVAL_CHECK(WriteBundle(n, static_cast<std::size_t>(std::min<std::uint64_t>(left, kTileWidth))));
  }
  if (tree_.Root() != request_.checkpoint.root) {
    return Corrupt("the source's log does not have the root of checkpoint " + std::to_string(size));
  }
  progress(size, size);
  return WriteOpenTiles();
}

Result<void> Exporter::WriteBundle(std::uint64_t n, std::size_t width) {
  AVAL_TRY(const Bytes entries, source_.EntryBundle(n, width));
  AVAL_TRY(const Bytes effects, source_.EffectsBundle(n, width));
  const auto entry_items = AllEntries(entries, width);
  if (!entry_items) return Corrupt(EntryBundlePath(n, width) + ": " + entry_items.error().message);
  const auto effects_items = AllEffects(effects, width);
  if (!effects_items) return Corrupt(EffectsPath(n) + ": " + effects_items.error().message);
  for (std::size_t i = 0; i < width; ++i) {
    AVAL_CHECK(AddLeaf((*entry_items)[i], (*effects_items)[i]));
  }
  AVAL_CHECK(directory_.Write(EntryBundlePath(n, width), entries));
  return directory_.Write(EffectsPath(n), effects);
}

Result<void> Exporter::AddLeaf(ByteView entry, ByteView effects) {
  const std::string place = "entry " + std::to_string(tree_.size());
  const Result<LeafView> leaf = DecodeLeaf(entry);
  if (!leaf) return Corrupt(place + ": " + leaf.error().message);
  if (leaf->header.index != tree_.size()) return Corrupt(place + ": has another index");
  if (!EffectsMatch(leaf->header, effects)) return Corrupt(place + ": has other effects");
  if (leaf->header.kind == LeafKind::kGenesis &&
      !EqualBytes(leaf->body, request_.genesis->envelope())) {
    return Wrong("the source's log began with another genesis");
  }
  const Result<Effects> decoded = DecodeEffects(effects);
  const Result<void> learnt = decoded ? keys_.LearnFrom(*decoded) : decoded.error();
  if (!learnt) return Corrupt(place + ": effects: " + learnt.error().message);
  if (const auto added = AddSigners(*leaf); !added) {
    return Corrupt(place + ": " + added.error().message);
  }
  return AddHash(crypto::LeafHash(entry));
}

Result<void> Exporter::AddSigners(const LeafView& leaf) {
  if (leaf.header.kind != LeafKind::kAct && leaf.header.kind != LeafKind::kGenesis) return {};
  AVAL_TRY(const crypto::Envelope envelope, crypto::ParseEnvelope(leaf.body, kMaxLeafBodySize));
  for (const crypto::EnvelopeSignature& signature : envelope.signatures) {
    std::optional<crypto::PublicKey> key = keys_.Find(signature.key);
    if (!key) {
      // A registration that was refused registered nothing, but its own keys may have signed it.
      const Preparation prepared =
          Prepare(std::make_shared<const Bytes>(CopyBytes(leaf.body)), request_.genesis->origin());
      if (!prepared.act) return Corrupt(prepared.malformed->place);
      for (const auto& brought : KeysBroughtBy(prepared.act->act)) {
        if (crypto::KeyIdOf(brought.second) == signature.key) key = brought.second;
      }
    }
    if (!key) return Corrupt("signed by " + signature.key.Hex() + ", which nobody registered");
    signers_.emplace(signature.key, *key);
  }
  return {};
}

Result<void> Exporter::AddHash(const crypto::Digest& leaf_hash) {
  AddTileHashes(tree_, leaf_hash, [this](unsigned level, const crypto::Digest& hash) {
    Bytes& tile = open_.at(level);
    tile.insert(tile.end(), hash.bytes.begin(), hash.bytes.end());
  });
  tree_.Append(leaf_hash);
  for (unsigned level = 0; level < kTileLevels; ++level) {
    if (open_.at(level).size() == kTileWidth * kHashSize) {
      AVAL_CHECK(WriteTile(level, kTileWidth));
    }
  }
  return WriteEarlier();
}

Result<void> Exporter::WriteTile(unsigned level, std::size_t width) {
  const std::uint64_t n = (HashesAt(level, tree_.size()) - 1) / kTileWidth;
  const Bytes tile = std::exchange(open_.at(level), {});
  return directory_.Write(HashTilePath(level, n, width), tile);
}

Result<void> Exporter::WriteOpenTiles() {
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const std::size_t width = open_.at(level).size() / kHashSize;
    if (width > 0) AVAL_CHECK(WriteTile(level, width));
  }
  return {};
}

// One at a time, as the tree comes to their sizes: a node signs one a second.
Result<void> Exporter::WriteEarlier() {
  const std::uint64_t size = tree_.size();
  if (next_earlier_ == request_.earlier.size() || request_.earlier[next_earlier_] != size) {
    return {};
  }
  ++next_earlier_;
  AVAL_TRY(const crypto::Note note, request_.earlier_note(size));
  AVAL_TRY(crypto::Checkpoint checkpoint, CheckNote(note));
  if (checkpoint.size != size || checkpoint.root != tree_.Root()) {
    return Corrupt("the source's log does not have the root of checkpoint " + std::to_string(size));
  }
  const std::string text = note.Format();
  AVAL_CHECK(directory_.Write("checkpoints/" + std::to_string(size), AsBytes(text)));
  if (last_earlier_) AVAL_CHECK(WriteConsistency(*last_earlier_, checkpoint, text));
  last_earlier_ = std::move(checkpoint);
  return {};
}

Result<void> Exporter::WriteLatest() {
  const std::string text =
      crypto::Note{.text = request_.checkpoint.Text(), .signatures = request_.lines}.Format();
  AVAL_CHECK(directory_.Write("checkpoint", AsBytes(text)));
  if (!last_earlier_) return {};
  return WriteConsistency(*last_earlier_, request_.checkpoint, text);
}

Result<void> Exporter::WriteConsistency(const crypto::Checkpoint& from,
                                        const crypto::Checkpoint& to, const std::string& note) {
  ConsistencyText text{.old_size = from.size, .proof = {}, .checkpoint = note};
  AVAL_TRY(text.proof, crypto::ConsistencyProof(proofs_, from.size, to.size));
  const std::string name = std::to_string(from.size) + "-" + std::to_string(to.size);
  if (!crypto::VerifyConsistency(from.size, from.root, to.size, to.root, text.proof)) {
    return Corrupt("the source's hash tiles do not prove consistency of " + name);
  }
  return directory_.Write("consistency/" + name, AsBytes(text.Format()));
}

Result<void> Exporter::WriteTexts() {
  const std::string& policy = request_.genesis->cosigner_policy();
  AVAL_CHECK(directory_.Write("policy.txt", AsBytes(policy)));
  AVAL_CHECK(directory_.Write("policy-strong.txt", AsBytes(StrongPolicyText(policy))));
  AVAL_CHECK(directory_.Write("vkeys.txt", AsBytes(VkeysText(*request_.genesis))));
  return directory_.Write("signers.json", AsBytes(SignersText(signers_)));
}

}  // namespace

Result<void> ExportLog(Disk& disk, LogSource& source, const ExportRequest& request,
                       const Progress& progress) {
  AVAL_ASSERT(request.genesis != nullptr && request.manifest_key != nullptr);
  return Exporter(disk, source, request).Run(progress);
}

}  // namespace aval::ledger
