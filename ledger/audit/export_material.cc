#include "ledger/audit/export_material.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "ledger/audit/tree.h"
#include "ledger/log/bundle.h"
#include "ledger/log/paths.h"

namespace aval::ledger {

namespace {

constexpr const char* kLatest = "checkpoint";
// No file of an export is longer; so that a hostile one cannot use up the memory.
constexpr std::uint64_t kFileBytesMax = std::uint64_t{256} << 20U;
constexpr std::size_t kHashSize = 32;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

Result<crypto::Digest> HashOf(const File& file, std::uint64_t size) {
  crypto::Sha256Hasher hasher;
  for (std::uint64_t offset = 0; offset < size; offset += kPieceBytes) {
    AVAL_TRY(const Bytes piece, file.Read(offset, kPieceBytes));
    hasher.Update(piece);
  }
  return hasher.Finish();
}

// What is wrong with a file that the manifest names; empty when nothing is.
std::string FaultOf(Disk& disk, const std::filesystem::path& path, const ManifestLine& line) {
  const auto file = disk.Open(path, Disk::Mode::kRead);
  if (!file) return file.error().code == Code::kNotFound ? "is missing" : file.error().message;
  const Result<std::uint64_t> size = (*file)->Size();
  if (!size) return size.error().message;
  if (*size != line.bytes) {
    return std::to_string(*size) + " bytes, by the manifest " + std::to_string(line.bytes);
  }
  const Result<crypto::Digest> sha256 = HashOf(**file, *size);
  if (!sha256) return sha256.error().message;
  return *sha256 == line.sha256 ? "" : "SHA-256 is not the manifest's";
}

}  // namespace

std::unique_ptr<ExportMaterial> ExportMaterial::Open(Disk& disk,
                                                     const std::filesystem::path& directory,
                                                     Crew& crew, Findings& findings,
                                                     AuditReport& report) {
  std::unique_ptr<ExportMaterial> material(new ExportMaterial(disk, directory, findings));
  if (!material->ReadManifest() || !material->CheckNames() || !material->CheckFiles(crew)) {
    return nullptr;
  }
  report.files = material->files_.size() + 1;
  if (!material->ReadCheckpoint(kLatest, material->latest_)) return nullptr;
  return material;
}

bool ExportMaterial::ReadFile(const std::string& path, Bytes& content) {
  const auto read = [&]() -> Result<Bytes> {
    AVAL_TRY(const auto file, disk_.Open(directory_ / path, Disk::Mode::kRead));
    AVAL_TRY(const std::uint64_t size, file->Size());
    if (size > kFileBytesMax) {
      return Error{.code = Code::kCorruption, .message = std::to_string(size) + " bytes long"};
    }
    return file->Read(0, size);
  };
  Result<Bytes> found = read();
  if (!found) {
    const bool missing = found.error().code == Code::kNotFound;
    return findings_.File(path, missing ? "is missing" : found.error().message);
  }
  content = *std::move(found);
  return true;
}

bool ExportMaterial::ReadManifest() {
  Bytes text;
  if (!ReadFile(kManifestFile, text)) return false;
  Result<crypto::Envelope> envelope = crypto::EnvelopeFromJson(AsText(text), kManifestBytesMax);
  if (!envelope) return findings_.File(kManifestFile, envelope.error().message);
  manifest_ = *std::move(envelope);
  if (manifest_.payload_type != kManifestType) {
    return findings_.File(kManifestFile, "payloadType is not " + std::string(kManifestType));
  }
  // One manifest has one text, so that no byte of it can change unseen.
  if (crypto::EnvelopeToJson(manifest_) != AsText(text)) {
    return findings_.File(kManifestFile, "is not the JSON that an exporter writes");
  }
  Result<std::vector<ManifestLine>> files = ParseManifest(AsText(manifest_.payload));
  if (!files) return findings_.File(kManifestFile, files.error().message);
  files_ = *std::move(files);
  return true;
}

bool ExportMaterial::CheckNames() {
  const Result<std::vector<std::string>> there = disk_.ListTree(directory_);
  if (!there) return findings_.Whole(there.error().message);
  for (const std::string& path : *there) {
    const auto line = std::lower_bound(
        files_.begin(), files_.end(), path,
        [](const ManifestLine& file, const std::string& wanted) { return file.path < wanted; });
    const bool named = line != files_.end() && line->path == path;
    if (!named && path != kManifestFile) return findings_.File(path, "is not in the manifest");
  }
  return true;
}

bool ExportMaterial::CheckFiles(Crew& crew) {
  std::vector<std::string> faults(files_.size());
  crew.ForAll(files_.size(), [&](std::size_t i) {
    faults[i] = FaultOf(disk_, directory_ / files_[i].path, files_[i]);
  });
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (!faults[i].empty()) return findings_.File(files_[i].path, faults[i]);
  }
  return true;
}

bool ExportMaterial::CheckManifestSignature(const Genesis& genesis) {
  const Bytes pae = crypto::Pae(manifest_.payload_type, manifest_.payload);
  for (const crypto::EnvelopeSignature& signature : manifest_.signatures) {
    const auto node =
        std::find_if(genesis.nodes().begin(), genesis.nodes().end(), [&](const auto& candidate) {
          return crypto::KeyIdOf(candidate.log_key.key) == signature.key;
        });
    if (node == genesis.nodes().end()) {
      return findings_.File(
          kManifestFile, "signed by " + signature.key.Hex() + ", which is the log key of no node");
    }
    if (!crypto::Verify(node->log_key.key, pae, signature.signature)) {
      return findings_.File(kManifestFile, "the signature of node " + std::to_string(node->number) +
                                               " does not verify");
    }
  }
  return true;
}

bool ExportMaterial::ReadBundle(std::uint64_t n, std::size_t width, AuditBundle& bundle) {
  const std::string entries = EntryBundlePath(n, width);
  const std::string effects = EffectsPath(n);
  bundle.first = n * kTileWidth;
  if (!ReadFile(entries, bundle.entries) || !ReadFile(effects, bundle.effects)) return false;
  Result<std::vector<ByteView>> entry_items = AllEntries(bundle.entries, width);
  if (!entry_items) return findings_.File(entries, entry_items.error().message);
  bundle.entry_items = *std::move(entry_items);
  Result<std::vector<ByteView>> effects_items = AllEffects(bundle.effects, width);
  if (!effects_items) return findings_.File(effects, effects_items.error().message);
  bundle.effects_items = *std::move(effects_items);
  return true;
}

std::string ExportMaterial::EntryFile(std::uint64_t index) const {
  return EntryBundlePath(index / kTileWidth, WidthOf(index / kTileWidth));
}

std::size_t ExportMaterial::WidthOf(std::uint64_t n) const {
  return static_cast<std::size_t>(std::min<std::uint64_t>(kTileWidth, size() - n * kTileWidth));
}

std::string ExportMaterial::EffectsFile(std::uint64_t index) const {
  return EffectsPath(index / kTileWidth);
}

bool ExportMaterial::ReadCheckpoint(const std::string& path, AuditCheckpoint& checkpoint) {
  Bytes text;
  if (!ReadFile(path, text)) return false;
  Result<crypto::Note> note = crypto::Note::Parse(AsText(text));
  if (!note) return findings_.File(path, note.error().message);
  if (note->Format() != AsText(text)) return findings_.File(path, "is not as a note is written");
  Result<crypto::Checkpoint> parsed = crypto::Checkpoint::Parse(note->text);
  if (!parsed) return findings_.File(path, parsed.error().message);
  checkpoint = {.checkpoint = *std::move(parsed), .note = *std::move(note), .file = path};
  return true;
}

std::vector<std::string> ExportMaterial::NamesIn(std::string_view folder) const {
  std::vector<std::string> names;
  for (const ManifestLine& file : files_) {
    if (file.path.starts_with(folder)) names.push_back(file.path.substr(folder.size()));
  }
  return names;
}

bool ExportMaterial::ReadCheckpoints(const Genesis& genesis,
                                     std::vector<AuditCheckpoint>& checkpoints) {
  if (!CheckManifestSignature(genesis)) return false;
  for (const std::string& name : NamesIn("checkpoints/")) {
    AuditCheckpoint checkpoint;
    if (!ReadCheckpoint("checkpoints/" + name, checkpoint)) return false;
    if (ParseDecimal<std::uint64_t>(name) != checkpoint.checkpoint.size ||
        checkpoint.checkpoint.size >= size()) {
      return findings_.File(
          checkpoint.file, "is a checkpoint of size " + std::to_string(checkpoint.checkpoint.size));
    }
    checkpoints.push_back(std::move(checkpoint));
  }
  checkpoints.push_back(latest_);
  std::sort(checkpoints.begin(), checkpoints.end(),
            [](const auto& a, const auto& b) { return a.checkpoint.size < b.checkpoint.size; });
  return true;
}

bool ExportMaterial::TileHas(std::uint64_t index, const crypto::Digest& leaf_hash) const {
  const std::uint64_t n = index / kTileWidth;
  const std::string path = HashTilePath(0, n, WidthOf(n));
  const auto file = disk_.Open(directory_ / path, Disk::Mode::kRead);
  if (!file) return false;
  const Result<Bytes> found = (*file)->Read(index % kTileWidth * kHashSize, leaf_hash.bytes.size());
  return found && EqualBytes(*found, leaf_hash);
}

bool ExportMaterial::CheckTile(unsigned level, std::uint64_t n, ByteView tile) {
  const std::string path = HashTilePath(level, n, tile.size() / kHashSize);
  Bytes found;
  if (!ReadFile(path, found)) return false;
  return EqualBytes(found, tile) || ReportTile(findings_, path, level, n, tile, found);
}

bool ExportMaterial::CheckConsistency(const std::string& path, const AuditedLog& audited) {
  Bytes content;
  if (!ReadFile(path, content)) return false;
  const Result<ConsistencyText> text = ConsistencyText::Parse(AsText(content));
  if (!text) return findings_.File(path, text.error().message);
  const auto checkpoint = [&audited](std::optional<std::uint64_t> wanted) {
    return std::find_if(
        audited.checkpoints->begin(), audited.checkpoints->end(),
        [wanted](const AuditCheckpoint& candidate) { return candidate.checkpoint.size == wanted; });
  };
  const std::string name = path.substr(path.find('/') + 1);
  const std::size_t dash = name.find('-');
  const auto from = checkpoint(ParseDecimal<std::uint64_t>(name.substr(0, dash)));
  const auto to = checkpoint(
      ParseDecimal<std::uint64_t>(dash == std::string::npos ? "" : name.substr(dash + 1)));
  if (from == audited.checkpoints->end() || to == audited.checkpoints->end()) {
    return findings_.File(path, "is not named by two checkpoints of this export");
  }
  if (text->old_size != from->checkpoint.size || text->checkpoint != to->note.Format()) {
    return findings_.File(path, "does not lead to the checkpoint that it is named by");
  }
  return crypto::VerifyConsistency(from->checkpoint.size, from->checkpoint.root,
                                   to->checkpoint.size, to->checkpoint.root, text->proof) ||
         findings_.File(path, "the proof does not hold");
}

bool ExportMaterial::CheckText(const std::string& path, const std::string& expected) {
  Bytes content;
  if (!ReadFile(path, content)) return false;
  return AsText(content) == expected ||
         findings_.File(path, "is not what the log's own leaves give");
}

bool ExportMaterial::Finish(const AuditedLog& audited) {
  for (const std::string& name : NamesIn("consistency/")) {
    if (!CheckConsistency("consistency/" + name, audited)) return false;
  }
  const std::string& policy = audited.genesis->cosigner_policy();
  return CheckText("policy.txt", policy) &&
         CheckText("policy-strong.txt", StrongPolicyText(policy)) &&
         CheckText("vkeys.txt", VkeysText(*audited.genesis)) &&
         CheckText("signers.json", SignersText(*audited.signers)) && CheckNothingElse();
}

// Where a reader looks first, a file too many may stand: a full tile beside the part that was
// checked, with leaves beyond the checkpoint.
bool ExportMaterial::CheckNothingElse() {
  std::set<std::string> expected{"checkpoint", "policy.txt", "policy-strong.txt", "vkeys.txt",
                                 "signers.json"};
  ForEachTile(size(), [&](unsigned level, std::uint64_t n, std::size_t width) {
    expected.insert(HashTilePath(level, n, width));
  });
  ForEachBundle(size(), [&](std::uint64_t n, std::size_t width) {
    expected.insert(EntryBundlePath(n, width));
    expected.insert(EffectsPath(n));
  });
  for (const ManifestLine& file : files_) {
    // Each of these was checked by its own name.
    if (file.path.starts_with("checkpoints/") || file.path.starts_with("consistency/")) continue;
    if (!expected.contains(file.path)) {
      return findings_.File(file.path, "is no part of an export of this size");
    }
  }
  return true;
}

}  // namespace aval::ledger
