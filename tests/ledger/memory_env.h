#pragma once

#include <leveldb/env.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/random.h"

namespace aval::ledger {

/// What is on the platters: content by path.
using DiskImage = std::map<std::string, std::string>;

/// A file system in memory that keeps what is written apart from what is durable: content becomes
/// durable by a file's Sync, names by SyncNames and by nothing else.
/// Threads: safe from all (LevelDB compacts on its own).
class MemoryEnv final : public leveldb::EnvWrapper {
 public:
  explicit MemoryEnv(const DiskImage& image);

  /// The power fails at the `operations`th change from now: it and all later ones fail.
  void CutAfter(std::uint64_t operations);
  bool cut() const;
  /// While it is full, nothing is appended.
  void SetFull(bool full);
  /// Syncs fail from now on, with the words of a full disk.
  void FailSyncs();
  std::uint64_t operations() const;

  leveldb::Status SyncNames();
  /// What a restart finds: of each file any subset of its unsynced pages and any part of its
  /// unsynced tail, of the unsynced names any subset.
  DiskImage AfterPowerCut(Random& random) const;

  leveldb::Status NewSequentialFile(const std::string& name,
                                    leveldb::SequentialFile** file) override;
  leveldb::Status NewRandomAccessFile(const std::string& name,
                                      leveldb::RandomAccessFile** file) override;
  leveldb::Status NewWritableFile(const std::string& name, leveldb::WritableFile** file) override;
  leveldb::Status NewAppendableFile(const std::string& name, leveldb::WritableFile** file) override;
  bool FileExists(const std::string& name) override;
  leveldb::Status GetChildren(const std::string& directory,
                              std::vector<std::string>* names) override;
  leveldb::Status RemoveFile(const std::string& name) override;
  leveldb::Status CreateDir(const std::string& name) override;
  leveldb::Status RemoveDir(const std::string& name) override;
  leveldb::Status GetFileSize(const std::string& name, std::uint64_t* size) override;
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override;
  leveldb::Status LockFile(const std::string& name, leveldb::FileLock** lock) override;
  leveldb::Status UnlockFile(leveldb::FileLock* lock) override;

 private:
  friend class MemoryWritable;
  struct Node {
    std::string written;
    std::string durable;
  };
  using Names = std::map<std::string, std::shared_ptr<Node>>;
  // A change of names not yet durable: `node` absent is a removal.
  struct NameChange {
    std::string name;
    std::shared_ptr<Node> node;
  };

  leveldb::Status Change();  // Counts one; fails from the cut on. Caller holds mutex_.
  void SetName(const std::string& name, std::shared_ptr<Node> node);
  std::shared_ptr<Node> Find(const std::string& name) const;

  mutable std::mutex mutex_;
  Names names_;
  Names durable_names_;
  std::vector<NameChange> unsynced_names_;
  std::uint64_t operations_ = 0;
  bool full_ = false;
  bool syncs_fail_ = false;
  std::uint64_t cut_at_ = std::numeric_limits<std::uint64_t>::max();
};

/// The part of base::Disk that the store uses, over a MemoryEnv.
class MemoryEnvDisk final : public Disk {
 public:
  explicit MemoryEnvDisk(MemoryEnv& env) : env_(env) {}
  Result<std::unique_ptr<File>> Open(const std::filesystem::path& path, Mode mode) override;
  Result<std::vector<std::string>> List(const std::filesystem::path& directory) const override;
  Result<std::vector<std::string>> ListTree(const std::filesystem::path& directory) const override;
  Result<void> MakeDirectories(const std::filesystem::path& directory) override;
  Result<void> Rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<void> Remove(const std::filesystem::path& path) override;
  bool Exists(const std::filesystem::path& path) const override;
  Result<void> SyncDirectory(const std::filesystem::path& directory) override;

 private:
  MemoryEnv& env_;
};

}  // namespace aval::ledger
