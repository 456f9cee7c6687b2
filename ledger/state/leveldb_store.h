#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "ledger/state/store.h"

namespace leveldb {
class Env;
}

namespace aval::ledger {

/// The node's state on disk: LevelDB 1.23, one synced batch for each Apply.
///
/// What LevelDB leaves to the file system is closed here: names are made durable as soon as a file
/// is created or renamed, so that no order of lost directory updates can bring back an older
/// state. Every block read is checked against its checksum.
///
/// Invariant: at most one batch is ever unsynced, because an unsynced run of batches is not a
/// prefix after a power cut.
/// Threads: as Store.
class LevelDbStore final : public Store {
 public:
  struct Options {
    std::size_t block_cache_bytes = std::size_t{16} << 20U;
    /// Up to two of these are in memory, one filling and one being written out.
    std::size_t write_buffer_bytes = std::size_t{4} << 20U;
    /// For readers of a stopped node: kNotFound where there is no store, and nothing is written,
    /// neither by opening nor afterwards. Apply must not be called.
    bool read_only = false;
    leveldb::Env* env = nullptr;  // LevelDB's own files; nullptr is the operating system.
  };

  /// Opens or creates the store in `directory`, whose parent exists. `disk` syncs the directory; it
  /// and `options.env` outlive the store. kCorruption where the files contradict themselves: such a
  /// state is rebuilt from the log or from peers, never repaired. kDenied while another process
  /// has it; of a reader, who must know by other means that nobody has it, nothing is asked.
  static Result<std::unique_ptr<LevelDbStore>> Open(Disk& disk,
                                                    const std::filesystem::path& directory,
                                                    const Options& options);
  ~LevelDbStore() override;

  Result<std::optional<Bytes>> Get(ByteView key) const override;
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override;
  Result<void> Apply(const Writes& writes) override;
  std::unique_ptr<Reader> Snapshot() const override;

 private:
  struct Database;
  explicit LevelDbStore(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
};

}  // namespace aval::ledger
