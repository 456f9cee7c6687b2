#include "tests/ledger/memory_env.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace aval::ledger {

namespace {

using leveldb::Slice;
using leveldb::Status;

constexpr std::size_t kPageSize = 4096;

Status NotThere(const std::string& name) { return Status::NotFound(name, "no such file"); }

Status NoRoom() { return Status::IOError("disk", std::generic_category().message(ENOSPC)); }

// Reads see what is written: the power has not failed yet.
class MemorySequential final : public leveldb::SequentialFile {
 public:
  explicit MemorySequential(std::string content) : content_(std::move(content)) {}
  Status Read(std::size_t n, Slice* result, char* scratch) override {
    const std::size_t length = std::min(n, content_.size() - at_);
    std::copy_n(content_.data() + at_, length, scratch);
    *result = Slice(scratch, length);
    at_ += length;
    return Status::OK();
  }
  Status Skip(std::uint64_t n) override {
    at_ += std::min<std::size_t>(n, content_.size() - at_);
    return Status::OK();
  }

 private:
  const std::string content_;
  std::size_t at_ = 0;
};

class MemoryRandom final : public leveldb::RandomAccessFile {
 public:
  explicit MemoryRandom(std::string content) : content_(std::move(content)) {}
  Status Read(std::uint64_t offset, std::size_t n, Slice* result, char* scratch) const override {
    if (offset > content_.size()) return Status::IOError("read beyond the end");
    const std::size_t length = std::min<std::size_t>(n, content_.size() - offset);
    std::copy_n(content_.data() + offset, length, scratch);
    *result = Slice(scratch, length);
    return Status::OK();
  }

 private:
  const std::string content_;
};

class MemoryLock final : public leveldb::FileLock {};

Result<void> Unused() {
  return Error{.code = Code::kIo, .message = "the state uses LevelDB's own files"};
}

// The pages of `written` and `durable` mixed at random, of a length between theirs.
std::string TornContent(const std::string& written, const std::string& durable, Random& random) {
  if (written == durable) return durable;
  std::size_t length = written.size();
  if (written.size() > durable.size()) {
    const std::uint64_t choice = random.Below(4);
    if (choice == 0) length = durable.size();
    if (choice >= 2) length = durable.size() + random.Below(written.size() - durable.size() + 1);
  }
  std::string torn = durable;
  torn.resize(length, '\0');
  for (std::size_t page = 0; page < length; page += kPageSize) {
    if (random.Below(2) == 0) continue;
    const std::size_t size = std::min(kPageSize, length - page);
    torn.replace(page, size, written, page, size);
  }
  return torn;
}

}  // namespace

class MemoryWritable final : public leveldb::WritableFile {
 public:
  MemoryWritable(MemoryEnv& env, std::shared_ptr<MemoryEnv::Node> node)
      : env_(env), node_(std::move(node)) {}
  Status Append(const Slice& data) override {
    const std::scoped_lock lock(env_.mutex_);
    if (env_.full_) return NoRoom();
    const Status status = env_.Change();
    if (status.ok()) node_->written.append(data.data(), data.size());
    return status;
  }
  Status Close() override { return Status::OK(); }
  Status Flush() override { return Status::OK(); }
  Status Sync() override {
    const std::scoped_lock lock(env_.mutex_);
    if (env_.syncs_fail_) return NoRoom();
    const Status status = env_.Change();
    if (status.ok()) node_->durable = node_->written;
    return status;
  }

 private:
  MemoryEnv& env_;
  const std::shared_ptr<MemoryEnv::Node> node_;
};

MemoryEnv::MemoryEnv(const DiskImage& image) : EnvWrapper(leveldb::Env::Default()) {
  for (const auto& [name, content] : image) {
    names_[name] = std::make_shared<Node>(Node{.written = content, .durable = content});
  }
  durable_names_ = names_;
}

void MemoryEnv::CutAfter(std::uint64_t operations) {
  const std::scoped_lock lock(mutex_);
  cut_at_ = operations_ + operations;
}

bool MemoryEnv::cut() const {
  const std::scoped_lock lock(mutex_);
  return operations_ >= cut_at_;
}

void MemoryEnv::SetFull(bool full) {
  const std::scoped_lock lock(mutex_);
  full_ = full;
}

void MemoryEnv::FailSyncs() {
  const std::scoped_lock lock(mutex_);
  syncs_fail_ = true;
}

std::uint64_t MemoryEnv::operations() const {
  const std::scoped_lock lock(mutex_);
  return operations_;
}

Status MemoryEnv::Change() {
  if (operations_ >= cut_at_) return Status::IOError("power", "cut");
  ++operations_;
  return Status::OK();
}

Status MemoryEnv::SyncNames() {
  const std::scoped_lock lock(mutex_);
  const Status status = Change();
  if (!status.ok()) return status;
  durable_names_ = names_;
  unsynced_names_.clear();
  return status;
}

void MemoryEnv::SetName(const std::string& name, std::shared_ptr<Node> node) {
  if (node) {
    names_[name] = node;
  } else {
    names_.erase(name);
  }
  unsynced_names_.push_back({name, std::move(node)});
}

std::shared_ptr<MemoryEnv::Node> MemoryEnv::Find(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : found->second;
}

DiskImage MemoryEnv::AfterPowerCut(Random& random) const {
  const std::scoped_lock lock(mutex_);
  Names names = durable_names_;
  for (const NameChange& change : unsynced_names_) {
    if (random.Below(2) == 0) continue;
    if (change.node) {
      names[change.name] = change.node;
    } else {
      names.erase(change.name);
    }
  }
  DiskImage image;
  for (const auto& [name, node] : names) {
    image[name] = TornContent(node->written, node->durable, random);
  }
  return image;
}

Status MemoryEnv::NewSequentialFile(const std::string& name, leveldb::SequentialFile** file) {
  const std::scoped_lock lock(mutex_);
  const std::shared_ptr<Node> node = Find(name);
  if (!node) return NotThere(name);
  *file = new MemorySequential(node->written);
  return Status::OK();
}

Status MemoryEnv::NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** file) {
  const std::scoped_lock lock(mutex_);
  const std::shared_ptr<Node> node = Find(name);
  if (!node) return NotThere(name);
  *file = new MemoryRandom(node->written);
  return Status::OK();
}

Status MemoryEnv::NewWritableFile(const std::string& name, leveldb::WritableFile** file) {
  const std::scoped_lock lock(mutex_);
  const Status status = Change();
  if (!status.ok()) return status;
  auto node = std::make_shared<Node>();
  SetName(name, node);
  *file = new MemoryWritable(*this, std::move(node));
  return status;
}

Status MemoryEnv::NewAppendableFile(const std::string& name, leveldb::WritableFile** file) {
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<Node> node = Find(name);
  if (!node) return NotThere(name);
  *file = new MemoryWritable(*this, std::move(node));
  return Status::OK();
}

bool MemoryEnv::FileExists(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  if (Find(name)) return true;
  const auto inside = names_.lower_bound(name + '/');
  return inside != names_.end() && inside->first.starts_with(name + '/');
}

Status MemoryEnv::GetChildren(const std::string& directory, std::vector<std::string>* names) {
  const std::scoped_lock lock(mutex_);
  names->clear();
  const std::string prefix = directory + '/';
  for (auto at = names_.lower_bound(prefix); at != names_.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    names->push_back(at->first.substr(prefix.size()));
  }
  return Status::OK();
}

Status MemoryEnv::RemoveFile(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  if (!Find(name)) return NotThere(name);
  const Status status = Change();
  if (status.ok()) SetName(name, nullptr);
  return status;
}

Status MemoryEnv::CreateDir(const std::string&) { return Status::OK(); }
Status MemoryEnv::RemoveDir(const std::string&) { return Status::OK(); }

Status MemoryEnv::GetFileSize(const std::string& name, std::uint64_t* size) {
  const std::scoped_lock lock(mutex_);
  const std::shared_ptr<Node> node = Find(name);
  if (!node) return NotThere(name);
  *size = node->written.size();
  return Status::OK();
}

Status MemoryEnv::RenameFile(const std::string& from, const std::string& to) {
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<Node> node = Find(from);
  if (!node) return NotThere(from);
  const Status status = Change();
  if (!status.ok()) return status;
  SetName(to, std::move(node));
  SetName(from, nullptr);
  return status;
}

Status MemoryEnv::LockFile(const std::string&, leveldb::FileLock** lock) {
  *lock = new MemoryLock;
  return Status::OK();
}

Status MemoryEnv::UnlockFile(leveldb::FileLock* lock) {
  delete lock;
  return Status::OK();
}

Result<std::unique_ptr<File>> MemoryEnvDisk::Open(const std::filesystem::path&, Mode) {
  return Unused().error();
}
Result<std::vector<std::string>> MemoryEnvDisk::List(const std::filesystem::path&) const {
  return Unused().error();
}
Result<std::vector<std::string>> MemoryEnvDisk::ListTree(const std::filesystem::path&) const {
  return Unused().error();
}
Result<void> MemoryEnvDisk::MakeDirectories(const std::filesystem::path&) { return Unused(); }
Result<void> MemoryEnvDisk::Rename(const std::filesystem::path&, const std::filesystem::path&) {
  return Unused();
}
Result<void> MemoryEnvDisk::Remove(const std::filesystem::path&) { return Unused(); }
bool MemoryEnvDisk::Exists(const std::filesystem::path&) const { return false; }
Result<void> MemoryEnvDisk::SyncDirectory(const std::filesystem::path&) {
  const Status status = env_.SyncNames();
  if (status.ok()) return {};
  return Error{.code = Code::kIo, .message = status.ToString()};
}

}  // namespace aval::ledger
