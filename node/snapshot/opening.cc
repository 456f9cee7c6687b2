#include "node/snapshot/opening.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/snapshot/install.h"
#include "ledger/snapshot/paths.h"

namespace aval::node {

namespace {

namespace fs = std::filesystem;

// In the data directory: the new log is durable, and the one from before goes.
constexpr const char* kBegunFile = "wal.begun";

// File by file: what is left of it after a crash must not be asked.
Result<void> RemoveOld(Disk& disk, const fs::path& data) {
  AVAL_CHECK(ledger::RemoveOldWal(disk, data));
  AVAL_CHECK(disk.Remove(data / kBegunFile));
  return disk.SyncDirectory(data);
}

// Not where this node's own log has come as far: what it has acknowledged must stay.
ledger::MayInstall UnlessBehindOwnLog(Disk& disk, const fs::path& data,
                                      const consensus::Wal::Options& options) {
  return [&disk, data, options](const ledger::InstalledSnapshot& pending) -> Result<bool> {
    const fs::path directory = data / ledger::kWalDirectory;
    AVAL_TRY(const std::vector<std::string> files, ledger::FilesIn(disk, directory));
    if (files.empty()) return true;
    AVAL_TRY(const auto last, consensus::Wal::ReadLast(disk, directory, options));
    return last.index.value < pending.raft.index;
  };
}

Result<consensus::Wal::Origin> OriginAfter(Disk& disk, const fs::path& data,
                                           consensus::Wal::Options options,
                                           const ledger::RaftMark& mark) {
  options.flushed = {mark.index};
  AVAL_TRY(const auto old,
           consensus::Wal::Open(disk, data / ledger::kOldWalDirectory, options, {}));
  consensus::Wal::Origin origin;
  origin.last = {.index = {mark.index}, .term = {mark.term}, .chain = mark.chain};
  origin.hard_state = old->recovered().hard_state;
  // No vote was given in a term that this node has not seen.
  if (origin.hard_state.term < origin.last.term)
    origin.hard_state = {.term = origin.last.term, .vote = {}};
  origin.incarnation = old->recovered().incarnation;
  for (const ledger::RaftConfiguration& configuration : mark.configurations) {
    AVAL_TRY(consensus::Configuration members, consensus::DecodeConfiguration(configuration.bytes));
    origin.configurations.push_back(
        {.index = {configuration.index}, .configuration = std::move(members)});
  }
  return origin;
}

}  // namespace

Result<LogOrigin> PrepareOpening(Disk& disk, ledger::StateDirectories& states, const fs::path& data,
                                 const consensus::Wal::Options& options,
                                 const consensus::Wal::Origin& first) {
  if (disk.Exists(data / kBegunFile)) AVAL_CHECK(RemoveOld(disk, data));
  AVAL_CHECK(ledger::InstallPending(disk, states, data, UnlessBehindOwnLog(disk, data, options)));
  AVAL_TRY(const bool has_old, ledger::HasOldWal(disk, data));
  if (!has_old) return LogOrigin{.origin = first};
  AVAL_TRY(const auto installed, ledger::ReadInstalled(disk, data));
  if (!installed) {
    return Error{.code = Code::kCorruption,
                 .message = (data / ledger::kInstalledFile).string() +
                            ": is missing, and the write-ahead log from before is put aside"};
  }
  AVAL_TRY(auto origin, OriginAfter(disk, data, options, installed->raft));
  return LogOrigin{.origin = std::move(origin), .after_snapshot = true};
}

Result<void> FinishOpening(Disk& disk, const fs::path& data) {
  AVAL_TRY(const bool has_old, ledger::HasOldWal(disk, data));
  if (!has_old) return {};
  AVAL_CHECK(disk.ReplaceFile(data / kBegunFile, {}));
  return RemoveOld(disk, data);
}

ledger::RaftConfiguration ToManifest(const consensus::ConfigurationAt& configuration) {
  return {.index = configuration.index.value,
          .bytes = consensus::Encode(configuration.configuration)};
}

}  // namespace aval::node
