#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace aval {

/// One open file, addressed by offset; no cursor.
/// Threads: one at a time.
class File {
 public:
  virtual ~File() = default;
  /// Fewer bytes than asked only at the end of the file.
  virtual Result<Bytes> Read(std::uint64_t offset, std::size_t length) const = 0;
  /// All bytes or an error; in the page cache only, until Sync. A full device is kFull.
  virtual Result<void> Write(std::uint64_t offset, ByteView bytes) = 0;
  /// fdatasync: everything written is durable. After a failure, which is never kFull, the file's
  /// content is unknown and the caller must stop: a second Sync would report success for lost
  /// pages.
  virtual Result<void> Sync() = 0;
  virtual Result<std::uint64_t> Size() const = 0;
  /// A hint: of what is durable in this part, the page cache need keep nothing, so that the next
  /// reading comes from the device and shows what it still holds.
  virtual void ForgetCache(std::uint64_t /*offset*/, std::uint64_t /*length*/) const {}
  /// Makes the file exactly `size` long; new bytes are zero and their blocks are reserved.
  virtual Result<void> Resize(std::uint64_t size) = 0;
};

/// All that durable code may ask of the operating system, so that tests can cut the power between
/// any two calls. Names and contents become durable apart: after creating, renaming or removing a
/// file, SyncDirectory makes the name durable.
/// Threads: safe from all.
class Disk {
 public:
  enum class Mode { kRead, kReadWrite, kCreate };  // kCreate: the file must not exist.

  virtual ~Disk() = default;
  /// kInvalidArgument for what is no regular file.
  virtual Result<std::unique_ptr<File>> Open(const std::filesystem::path& path, Mode mode) = 0;
  /// Names (not paths) of the files in `directory`, ascending; kNotFound when there is none.
  virtual Result<std::vector<std::string>> List(const std::filesystem::path& directory) const = 0;
  /// Paths, relative to `directory`, of all files below it, ascending. kNotFound when there is no
  /// such directory; kInvalidArgument for anything else below it, such as a link or a pipe.
  virtual Result<std::vector<std::string>> ListTree(
      const std::filesystem::path& directory) const = 0;
  /// With every level above it that is missing. Unlike a file's, their names are durable on return.
  virtual Result<void> MakeDirectories(const std::filesystem::path& directory) = 0;
  virtual Result<void> Rename(const std::filesystem::path& from,
                              const std::filesystem::path& to) = 0;
  virtual Result<void> Remove(const std::filesystem::path& path) = 0;
  virtual bool Exists(const std::filesystem::path& path) const = 0;
  virtual Result<void> SyncDirectory(const std::filesystem::path& directory) = 0;

  Result<Bytes> ReadFile(const std::filesystem::path& path);
  /// Writes beside `path`, syncs, renames over it and syncs the directory: after a crash the old
  /// or the new content is there, whole.
  Result<void> ReplaceFile(const std::filesystem::path& path, ByteView content);
};

class PosixDisk final : public Disk {
 public:
  Result<std::unique_ptr<File>> Open(const std::filesystem::path& path, Mode mode) override;
  Result<std::vector<std::string>> List(const std::filesystem::path& directory) const override;
  Result<std::vector<std::string>> ListTree(const std::filesystem::path& directory) const override;
  Result<void> MakeDirectories(const std::filesystem::path& directory) override;
  Result<void> Rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<void> Remove(const std::filesystem::path& path) override;
  bool Exists(const std::filesystem::path& path) const override;
  Result<void> SyncDirectory(const std::filesystem::path& directory) override;
};

/// Holds `directory`/LOCK until destroyed; two processes on one data directory would each undo the
/// other's writes.
class DirectoryLock {
 public:
  /// kDenied when another process holds or shares it.
  static Result<DirectoryLock> Take(const std::filesystem::path& directory);
  /// For readers, who share it among themselves and write nothing: kNotFound where there is no
  /// LOCK, kDenied when another process holds it.
  static Result<DirectoryLock> Share(const std::filesystem::path& directory);
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  static Result<DirectoryLock> Lock(const std::filesystem::path& directory, int flags,
                                    int operation);
  int descriptor_;
};

}  // namespace aval
