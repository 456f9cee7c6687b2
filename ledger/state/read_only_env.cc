#include "ledger/state/read_only_env.h"

#include <leveldb/env.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace aval::ledger {

namespace {

using leveldb::Slice;
using leveldb::Status;

// Written by one thread before another reads it, as tables are.
using Content = std::shared_ptr<std::string>;

class KeptWritable final : public leveldb::WritableFile {
 public:
  explicit KeptWritable(Content content) : content_(std::move(content)) {}
  Status Append(const Slice& data) override {
    content_->append(data.data(), data.size());
    return Status::OK();
  }
  Status Close() override { return Status::OK(); }
  Status Flush() override { return Status::OK(); }
  Status Sync() override { return Status::OK(); }

 private:
  const Content content_;
};

class KeptTable final : public leveldb::RandomAccessFile {
 public:
  explicit KeptTable(Content content) : content_(std::move(content)) {}
  Status Read(std::uint64_t offset, std::size_t n, Slice* result, char*) const override {
    if (offset > content_->size()) return Status::IOError("read beyond the end");
    *result = Slice(content_->data() + offset, std::min<std::size_t>(n, content_->size() - offset));
    return Status::OK();
  }

 private:
  const Content content_;
};

class NoLock final : public leveldb::FileLock {};

/// Of the files in memory only tables are read again; all others are read below.
class MemoryAboveEnv final : public leveldb::EnvWrapper {
 public:
  explicit MemoryAboveEnv(leveldb::Env* below) : EnvWrapper(below) {}

  Status NewWritableFile(const std::string& name, leveldb::WritableFile** file) override {
    const std::scoped_lock lock(mutex_);
    if (opened_) return Status::IOError(name, "opened to be read only");
    Content& content = kept_[name];
    content = std::make_shared<std::string>();
    *file = new KeptWritable(content);
    return Status::OK();
  }
  Status NewAppendableFile(const std::string& name, leveldb::WritableFile**) override {
    return Status::IOError(name, "opened to be read only");
  }
  Status NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** file) override {
    const std::scoped_lock lock(mutex_);
    const auto kept = kept_.find(name);
    if (kept == kept_.end()) return target()->NewRandomAccessFile(name, file);
    *file = new KeptTable(kept->second);
    return Status::OK();
  }

  // The new manifest becomes the current one: LevelDB has written all that opening needs.
  Status RenameFile(const std::string&, const std::string&) override {
    const std::scoped_lock lock(mutex_);
    opened_ = true;
    return Status::OK();
  }

  Status RemoveFile(const std::string&) override { return Status::OK(); }
  Status CreateDir(const std::string&) override { return Status::OK(); }
  Status RemoveDir(const std::string&) override { return Status::OK(); }
  Status LockFile(const std::string&, leveldb::FileLock** lock) override {
    *lock = new NoLock;
    return Status::OK();
  }
  Status UnlockFile(leveldb::FileLock* lock) override {
    delete lock;
    return Status::OK();
  }

 private:
  std::mutex mutex_;
  bool opened_ = false;
  std::map<std::string, Content> kept_;  // By path.
};

}  // namespace

std::unique_ptr<leveldb::Env> ReadOnlyEnv(leveldb::Env* below) {
  return std::make_unique<MemoryAboveEnv>(below);
}

}  // namespace aval::ledger
