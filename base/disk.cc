#include "base/disk.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace aval {

namespace {

namespace fs = std::filesystem;

Error SystemError(const std::string& what, const fs::path& path, int number) {
  Code code = Code::kIo;
  if (number == ENOENT) code = Code::kNotFound;
  if (number == ENOSPC || number == EDQUOT) code = Code::kFull;
  return {.code = code,
          .message = what + " " + path.string() + ": " + std::generic_category().message(number)};
}

class PosixFile final : public File {
 public:
  PosixFile(int descriptor, fs::path path) : descriptor_(descriptor), path_(std::move(path)) {}
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile() override { close(descriptor_); }

  Result<Bytes> Read(std::uint64_t offset, std::size_t length) const override {
    Bytes bytes(length);
    std::size_t done = 0;
    while (done < length) {
      const ssize_t got =
          pread(descriptor_, bytes.data() + done, length - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return SystemError("read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
  }

  Result<void> Write(std::uint64_t offset, ByteView bytes) override {
    while (!bytes.empty()) {
      const ssize_t put =
          pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return SystemError("write", path_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(put));
      offset += static_cast<std::uint64_t>(put);
    }
    return {};
  }

  Result<void> Sync() override {
    if (fdatasync(descriptor_) == 0) return {};
    Error error = SystemError("fdatasync", path_, errno);
    error.code = Code::kIo;  // Also without room: what was written is unknown.
    return error;
  }

  Result<std::uint64_t> Size() const override {
    struct stat info{};
    if (fstat(descriptor_, &info) != 0) return SystemError("stat", path_, errno);
    return static_cast<std::uint64_t>(info.st_size);
  }

  void ForgetCache(std::uint64_t offset, std::uint64_t length) const override {
    // Nothing follows from a refusal: the cache is read.
    static_cast<void>(posix_fadvise(descriptor_, static_cast<off_t>(offset),
                                    static_cast<off_t>(length), POSIX_FADV_DONTNEED));
  }

  Result<void> Resize(std::uint64_t size) override {
    AVAL_TRY(const std::uint64_t current, Size());
    if (size <= current) {
      if (ftruncate(descriptor_, static_cast<off_t>(size)) != 0) {
        return SystemError("truncate", path_, errno);
      }
      return {};
    }
    const int number = posix_fallocate(descriptor_, static_cast<off_t>(current),
                                       static_cast<off_t>(size - current));
    if (number != 0) return SystemError("allocate", path_, number);
    return {};
  }

 private:
  const int descriptor_;
  const fs::path path_;
};

}  // namespace

Result<Bytes> Disk::ReadFile(const fs::path& path) {
  AVAL_TRY(const auto file, Open(path, Mode::kRead));
  AVAL_TRY(const std::uint64_t size, file->Size());
  return file->Read(0, size);
}

Result<void> Disk::ReplaceFile(const fs::path& path, ByteView content) {
  fs::path draft = path;
  draft += ".new";
  if (Exists(draft)) AVAL_CHECK(Remove(draft));
  {
    AVAL_TRY(const auto file, Open(draft, Mode::kCreate));
    AVAL_CHECK(file->Write(0, content));
    AVAL_CHECK(file->Sync());
  }
  AVAL_CHECK(Rename(draft, path));
  return SyncDirectory(path.parent_path());
}

Result<std::unique_ptr<File>> PosixDisk::Open(const fs::path& path, Mode mode) {
  int flags = O_CLOEXEC | O_NONBLOCK;  // A pipe in a file's place must not make anybody wait.
  switch (mode) {
    case Mode::kRead:
      flags |= O_RDONLY;
      break;
    case Mode::kReadWrite:
      flags |= O_RDWR;
      break;
    case Mode::kCreate:
      flags |= O_RDWR | O_CREAT | O_EXCL;
      break;
  }
  const int descriptor = open(path.c_str(), flags, 0600);
  if (descriptor < 0) return SystemError("open", path, errno);
  auto file = std::make_unique<PosixFile>(descriptor, path);
  struct stat status{};
  if (fstat(descriptor, &status) != 0) return SystemError("stat", path, errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{.code = Code::kInvalidArgument, .message = path.string() + ": is no regular file"};
  }
  return std::unique_ptr<File>(std::move(file));
}

Result<std::vector<std::string>> PosixDisk::List(const fs::path& directory) const {
  std::error_code failure;
  std::vector<std::string> names;
  fs::directory_iterator at(directory, failure);
  while (!failure && at != fs::directory_iterator{}) {
    if (at->is_regular_file(failure)) names.push_back(at->path().filename().string());
    at.increment(failure);
  }
  if (failure) return SystemError("list", directory, failure.value());
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<std::string>> PosixDisk::ListTree(const fs::path& directory) const {
  std::error_code failure;
  std::vector<std::string> paths;
  fs::recursive_directory_iterator at(directory, failure);
  while (!failure && at != fs::recursive_directory_iterator{}) {
    const fs::file_status status = at->symlink_status(failure);
    if (failure) break;
    if (fs::is_regular_file(status)) {
      paths.push_back(at->path().lexically_relative(directory).string());
    } else if (!fs::is_directory(status)) {
      return Error{.code = Code::kInvalidArgument,
                   .message = at->path().string() + ": is neither a file nor a directory"};
    }
    at.increment(failure);
  }
  if (failure) return SystemError("list", directory, failure.value());
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<void> PosixDisk::MakeDirectories(const fs::path& directory) {
  const fs::path parent = directory.parent_path();
  if (!parent.empty() && !Exists(parent)) AVAL_CHECK(MakeDirectories(parent));
  std::error_code failure;
  const bool made = fs::create_directory(directory, failure);
  if (failure) return SystemError("make directory", directory, failure.value());
  // Also where it was there: who made it may have been killed before it synced. But a parent that
  // this process may not open is somebody else's, who made the directory, too.
  const Result<void> synced = SyncDirectory(parent);
  return made ? synced : Result<void>{};
}

Result<void> PosixDisk::Rename(const fs::path& from, const fs::path& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return SystemError("rename", from, errno);
  return {};
}

Result<void> PosixDisk::Remove(const fs::path& path) {
  if (unlink(path.c_str()) != 0) return SystemError("remove", path, errno);
  return {};
}

bool PosixDisk::Exists(const fs::path& path) const {
  std::error_code failure;
  return fs::exists(path, failure);
}

Result<void> PosixDisk::SyncDirectory(const fs::path& directory) {
  const fs::path name = directory.empty() ? fs::path(".") : directory;
  const int descriptor = open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return SystemError("open", name, errno);
  const int failed = fsync(descriptor) != 0 ? errno : 0;
  close(descriptor);
  if (failed != 0) return SystemError("fsync", name, failed);
  return {};
}

Result<DirectoryLock> DirectoryLock::Take(const fs::path& directory) {
  return Lock(directory, O_RDWR | O_CREAT, LOCK_EX);
}

Result<DirectoryLock> DirectoryLock::Share(const fs::path& directory) {
  return Lock(directory, O_RDONLY, LOCK_SH);
}

Result<DirectoryLock> DirectoryLock::Lock(const fs::path& directory, int flags, int operation) {
  const fs::path path = directory / "LOCK";
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) return SystemError("open", path, errno);
  if (flock(descriptor, operation | LOCK_NB) != 0) {
    const int failed = errno;
    close(descriptor);
    if (failed != EWOULDBLOCK) return SystemError("flock", path, failed);
    return Error{.code = Code::kDenied,
                 .message = directory.string() + " is in use by another process"};
  }
  return DirectoryLock(descriptor);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace aval
