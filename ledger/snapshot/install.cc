#include "ledger/snapshot/install.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/digest.h"
#include "ledger/log/checkpoint_file.h"
#include "ledger/snapshot/paths.h"

namespace aval::ledger {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "AVSI";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kDigestSize = sizeof(crypto::Digest::bytes);

Error Damaged() {
  return {.code = Code::kCorruption, .message = "record of an installed snapshot: damaged"};
}

Result<InstalledSnapshot> ReadRecord(Disk& disk, const fs::path& path) {
  AVAL_TRY(const Bytes bytes, disk.ReadFile(path));
  Result<InstalledSnapshot> record = InstalledSnapshot::Decode(bytes);
  if (record) return record;
  return Error{.code = record.error().code,
               .message = path.string() + ": " + record.error().message};
}

// Makes the next step the one that goes on after a crash.
Result<void> Step(Disk& disk, const fs::path& incoming, const char* from, const char* to) {
  AVAL_CHECK(disk.Rename(incoming / from, incoming / to));
  return disk.SyncDirectory(incoming);
}

Result<void> ClearOld(Disk& disk, StateDirectories& states, const fs::path& data) {
  AVAL_CHECK(MoveFiles(disk, data / kWalDirectory, data / kOldWalDirectory));
  AVAL_CHECK(states.Remove(data / kStateDirectory));
  return RemoveFiles(disk, data / kLogDirectoryName, kCheckpointFile);
}

Result<void> MoveNew(Disk& disk, StateDirectories& states, const fs::path& data) {
  const fs::path incoming = data / kIncomingDirectory;
  AVAL_CHECK(states.Move(incoming / kNewStatePart, data / kStateDirectory));
  AVAL_CHECK(MoveFiles(disk, incoming / kNewLogPart, data / kLogDirectoryName));
  AVAL_TRY(const Bytes record, disk.ReadFile(incoming / kMovingPart));
  AVAL_CHECK(disk.ReplaceFile(data / kInstalledFile, record));
  AVAL_CHECK(RemoveFiles(disk, incoming, kMovingPart));
  return RemoveFiles(disk, incoming);
}

}  // namespace

Bytes InstalledSnapshot::Encode() const {
  ByteWriter out;
  out.Raw(AsBytes(kMagic));
  out.U32(kVersion);
  raft.EncodeTo(out);
  out.U64(tree_size);
  const crypto::Digest check = crypto::Sha256(out.bytes());
  out.Raw(check);
  return out.Take();
}

Result<InstalledSnapshot> InstalledSnapshot::Decode(ByteView bytes) {
  if (bytes.size() < kDigestSize) return Damaged();
  const ByteView content = bytes.first(bytes.size() - kDigestSize);
  if (!EqualBytes(crypto::Sha256(content), bytes.last(kDigestSize))) return Damaged();
  ByteReader in(content);
  InstalledSnapshot record;
  if (AsText(in.Raw(kMagic.size())) != kMagic || in.U32() != kVersion) return Damaged();
  if (!RaftMark::DecodeFrom(in, record.raft)) return Damaged();
  record.tree_size = in.U64();
  if (!in.AtEnd()) return Damaged();
  return record;
}

Result<std::optional<InstalledSnapshot>> InstallPending(Disk& disk, StateDirectories& states,
                                                        const fs::path& data_directory,
                                                        const MayInstall& may_install) {
  const fs::path incoming = data_directory / kIncomingDirectory;
  // The furthest step that was begun; the one behind it may be there still.
  std::optional<std::string_view> step;
  for (const char* name : {kMovingPart, kClearingPart, kPendingPart}) {
    if (!step && disk.Exists(incoming / name)) step = name;
  }
  if (!step) return std::optional<InstalledSnapshot>();
  AVAL_TRY(InstalledSnapshot record, ReadRecord(disk, incoming / *step));
  if (*step == kPendingPart) {
    AVAL_TRY(const bool may, may_install(record));
    if (!may) {
      AVAL_CHECK(disk.Remove(incoming / kPendingPart));
      AVAL_CHECK(disk.SyncDirectory(incoming));
      return std::optional<InstalledSnapshot>();
    }
    AVAL_CHECK(Step(disk, incoming, kPendingPart, kClearingPart));
  }
  if (*step != kMovingPart) {
    AVAL_CHECK(ClearOld(disk, states, data_directory));
    AVAL_CHECK(Step(disk, incoming, kClearingPart, kMovingPart));
  }
  AVAL_CHECK(MoveNew(disk, states, data_directory));
  return std::optional(std::move(record));
}

Result<std::optional<InstalledSnapshot>> ReadInstalled(Disk& disk, const fs::path& data_directory) {
  const fs::path path = data_directory / kInstalledFile;
  if (!disk.Exists(path)) return std::optional<InstalledSnapshot>();
  AVAL_TRY(InstalledSnapshot record, ReadRecord(disk, path));
  return std::optional(std::move(record));
}

Result<bool> HasOldWal(Disk& disk, const fs::path& data_directory) {
  AVAL_TRY(const std::vector<std::string> files, FilesIn(disk, data_directory / kOldWalDirectory));
  return !files.empty();
}

Result<void> RemoveOldWal(Disk& disk, const fs::path& data_directory) {
  return RemoveFiles(disk, data_directory / kOldWalDirectory);
}

}  // namespace aval::ledger
