#include "tests/base/fault_disk.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/assert.h"

namespace aval {

namespace {

namespace fs = std::filesystem;

std::string Key(const fs::path& path) { return path.lexically_normal().string(); }
std::string PrefixOf(const fs::path& directory) {
  return directory.empty() ? std::string() : Key(directory / "");
}

Error NotThere(const fs::path& path) {
  return {.code = Code::kNotFound, .message = path.string() + ": no such file"};
}

}  // namespace

/// An open file of a FaultDisk; dead after the next power cut.
class FaultFile final : public File {
 public:
  FaultFile(FaultDisk& disk, std::string name, FaultDisk::NodePtr node, bool writable)
      : disk_(disk),
        name_(std::move(name)),
        node_(std::move(node)),
        writable_(writable),
        power_cycles_(disk.power_cycles_) {}

  Result<Bytes> Read(std::uint64_t offset, std::size_t length) const override {
    const std::scoped_lock lock(disk_.mutex_);
    AVAL_CHECK(CheckAlive());
    const Bytes& content = node_->cached;
    if (offset >= content.size()) return Bytes{};
    const std::size_t end = std::min(content.size(), static_cast<std::size_t>(offset) + length);
    const auto spoilt = node_->spoilt.lower_bound(offset / FaultDisk::kSector);
    if (spoilt != node_->spoilt.end() && *spoilt * FaultDisk::kSector < end) {
      return Error{.code = Code::kIo, .message = "the device cannot read a sector"};
    }
    return Bytes(content.begin() + static_cast<std::ptrdiff_t>(offset),
                 content.begin() + static_cast<std::ptrdiff_t>(end));
  }

  Result<void> Write(std::uint64_t offset, ByteView bytes) override {
    const std::scoped_lock lock(disk_.mutex_);
    AVAL_CHECK(CheckAlive());
    AVAL_ASSERT(writable_);
    const bool astray = disk_.misdirect_.Falls(name_);
    if (astray) ++disk_.misdirected_;
    return disk_.ChangeNode(*node_, {.offset = offset + (astray ? disk_.misdirect_by_ : 0),
                                     .bytes = CopyBytes(bytes),
                                     .size = {}});
  }

  Result<void> Sync() override {
    const std::scoped_lock lock(disk_.mutex_);
    AVAL_CHECK(CheckAlive());
    return disk_.SyncNode(*node_, name_);
  }

  Result<std::uint64_t> Size() const override {
    const std::scoped_lock lock(disk_.mutex_);
    AVAL_CHECK(CheckAlive());
    return std::uint64_t{node_->cached.size()};
  }

  Result<void> Resize(std::uint64_t size) override {
    const std::scoped_lock lock(disk_.mutex_);
    AVAL_CHECK(CheckAlive());
    AVAL_ASSERT(writable_);
    return disk_.ChangeNode(*node_, {.offset = 0, .bytes = {}, .size = size});
  }

 private:
  Result<void> CheckAlive() const {
    AVAL_CHECK(disk_.CheckPower());
    if (power_cycles_ == disk_.power_cycles_) return {};
    return Error{.code = Code::kIo, .message = "opened before the power was cut"};
  }

  FaultDisk& disk_;
  const std::string name_;  // When it was opened.
  const FaultDisk::NodePtr node_;
  const bool writable_;
  const std::uint64_t power_cycles_;
};

FaultDisk::FaultDisk() = default;
FaultDisk::~FaultDisk() = default;

void FaultDisk::CutAfter(std::uint64_t operations) {
  const std::scoped_lock lock(mutex_);
  AVAL_ASSERT(operations > 0);
  cut_at_ = operations_ + operations;
}

bool FaultDisk::cut() const {
  const std::scoped_lock lock(mutex_);
  return cut_;
}

void FaultDisk::PowerCycle(Random& random) {
  const std::scoped_lock lock(mutex_);
  for (const NameChange& change : unsynced_names_) {
    if (random.Below(2) == 0) continue;
    for (const auto& [name, node] : change.names) {
      if (node == nullptr) {
        durable_names_.erase(name);
      } else {
        durable_names_[name] = node;
      }
    }
  }
  unsynced_names_.clear();
  names_ = durable_names_;
  std::set<Node*> settled;  // A node under two names survives once.
  for (const auto& [name, node] : names_) {
    if (!settled.insert(node.get()).second) continue;
    for (const Change& change : node->unsynced) ApplyTorn(change, random, node->durable);
    node->unsynced.clear();
    node->cached = node->durable;
  }
  ++power_cycles_;
  cut_ = false;
  cut_at_ = std::numeric_limits<std::uint64_t>::max();
}

void FaultDisk::Reopen() {
  const std::scoped_lock lock(mutex_);
  ++power_cycles_;
  cut_ = false;
  cut_at_ = std::numeric_limits<std::uint64_t>::max();
}

void FaultDisk::FailSyncAfter(std::uint64_t syncs) {
  const std::scoped_lock lock(mutex_);
  AVAL_ASSERT(syncs > 0);
  fail_sync_at_ = syncs_ + syncs;
}

void FaultDisk::ForgetSyncAfter(std::uint64_t syncs, const fs::path& directory) {
  const std::scoped_lock lock(mutex_);
  AVAL_ASSERT(syncs > 0);
  forget_sync_ = {.after = syncs, .prefix = PrefixOf(directory)};
}

void FaultDisk::MisdirectWriteAfter(std::uint64_t writes, std::uint64_t further,
                                    const fs::path& directory) {
  const std::scoped_lock lock(mutex_);
  AVAL_ASSERT(writes > 0);
  misdirect_ = {.after = writes, .prefix = PrefixOf(directory)};
  misdirect_by_ = further;
}

void FaultDisk::StopLying() {
  const std::scoped_lock lock(mutex_);
  forget_sync_ = misdirect_ = {};
}

bool FaultDisk::Lie::Falls(const std::string& name) {
  return after > 0 && name.starts_with(prefix) && --after == 0;
}

void FaultDisk::Spoil(const fs::path& path, std::uint64_t offset) {
  const std::scoped_lock lock(mutex_);
  names_.at(Key(path))->spoilt.insert(offset / kSector);
}

void FaultDisk::SetCapacity(std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  capacity_ = bytes;
}

void FaultDisk::ForgetFaults() {
  const std::scoped_lock lock(mutex_);
  cut_at_ = fail_sync_at_ = capacity_ = std::numeric_limits<std::uint64_t>::max();
  forget_sync_ = misdirect_ = {};
  for (const auto& [name, node] : names_) node->spoilt.clear();
}

std::uint64_t FaultDisk::operations() const {
  const std::scoped_lock lock(mutex_);
  return operations_;
}

std::uint64_t FaultDisk::syncs() const {
  const std::scoped_lock lock(mutex_);
  return syncs_;
}

std::uint64_t FaultDisk::failed_syncs() const {
  const std::scoped_lock lock(mutex_);
  return failed_syncs_;
}

std::uint64_t FaultDisk::misdirected() const {
  const std::scoped_lock lock(mutex_);
  return misdirected_;
}

std::uint64_t FaultDisk::used() const {
  const std::scoped_lock lock(mutex_);
  return BytesUsed();
}

std::uint8_t FaultDisk::ByteAt(const fs::path& path, std::uint64_t offset) const {
  const std::scoped_lock lock(mutex_);
  return names_.at(Key(path))->cached.at(offset);
}

void FaultDisk::Flip(const fs::path& path, std::uint64_t offset, std::uint8_t mask) {
  const std::scoped_lock lock(mutex_);
  Node& node = *names_.at(Key(path));
  node.cached.at(offset) ^= mask;
  if (offset < node.durable.size()) node.durable.at(offset) ^= mask;
}

std::unique_ptr<FaultDisk> FaultDisk::Clone() const {
  const std::scoped_lock lock(mutex_);
  auto copy = std::make_unique<FaultDisk>();
  for (const auto& [name, node] : names_) {
    const auto twin = std::make_shared<Node>();
    twin->cached = node->cached;
    twin->durable = node->cached;
    twin->spoilt = node->spoilt;
    copy->names_.emplace(name, twin);
  }
  copy->durable_names_ = copy->names_;
  return copy;
}

std::unique_ptr<FaultDisk> FaultDisk::CloneDurable() const {
  const std::scoped_lock lock(mutex_);
  auto copy = std::make_unique<FaultDisk>();
  for (const auto& [name, node] : durable_names_) {
    const auto twin = std::make_shared<Node>();
    twin->cached = node->durable;
    twin->durable = node->durable;
    copy->names_.emplace(name, twin);
  }
  copy->durable_names_ = copy->names_;
  return copy;
}

Result<std::unique_ptr<File>> FaultDisk::Open(const fs::path& path, Mode mode) {
  const std::scoped_lock lock(mutex_);
  AVAL_CHECK(CheckPower());
  const std::string key = Key(path);
  if (mode == Mode::kCreate) {
    if (names_.contains(key)) {
      return Error{.code = Code::kIo, .message = path.string() + ": exists"};
    }
    AVAL_CHECK(ChangeNames({.names = {{key, std::make_shared<Node>()}}}));
  }
  AVAL_TRY(NodePtr node, Find(path));
  return std::unique_ptr<File>(
      std::make_unique<FaultFile>(*this, key, std::move(node), mode != Mode::kRead));
}

Result<std::vector<std::string>> FaultDisk::List(const fs::path& directory) const {
  const std::scoped_lock lock(mutex_);
  AVAL_CHECK(CheckPower());
  std::vector<std::string> found;
  for (const auto& [name, node] : names_) {
    const fs::path path(name);
    if (Key(path.parent_path()) == Key(directory)) found.push_back(path.filename().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<std::vector<std::string>> FaultDisk::ListTree(const fs::path& directory) const {
  const std::scoped_lock lock(mutex_);
  AVAL_CHECK(CheckPower());
  const std::string prefix = Key(directory / "");
  std::vector<std::string> found;
  for (const auto& [name, node] : names_) {
    if (name.starts_with(prefix)) found.push_back(name.substr(prefix.size()));
  }
  if (found.empty()) return NotThere(directory);
  return found;
}

Result<void> FaultDisk::MakeDirectories(const fs::path&) {
  const std::scoped_lock lock(mutex_);
  return CheckPower();
}

Result<void> FaultDisk::Rename(const fs::path& from, const fs::path& to) {
  const std::scoped_lock lock(mutex_);
  AVAL_CHECK(CheckPower());
  AVAL_TRY(NodePtr node, Find(from));
  return ChangeNames({.names = {{Key(from), nullptr}, {Key(to), std::move(node)}}});
}

Result<void> FaultDisk::Remove(const fs::path& path) {
  const std::scoped_lock lock(mutex_);
  AVAL_CHECK(CheckPower());
  AVAL_CHECK(Find(path));
  return ChangeNames({.names = {{Key(path), nullptr}}});
}

bool FaultDisk::Exists(const fs::path& path) const {
  const std::scoped_lock lock(mutex_);
  return names_.contains(Key(path));
}

Result<void> FaultDisk::SyncDirectory(const fs::path& directory) {
  const std::scoped_lock lock(mutex_);
  AVAL_CHECK(CheckPower());
  if (CountChange()) return CheckPower();
  std::vector<NameChange> elsewhere;
  for (NameChange& change : unsynced_names_) {
    change.directories.erase(Key(directory));
    if (!change.directories.empty()) {
      elsewhere.push_back(std::move(change));
      continue;
    }
    for (const auto& [name, node] : change.names) {
      if (node == nullptr) {
        durable_names_.erase(name);
      } else {
        durable_names_[name] = node;
      }
    }
  }
  unsynced_names_ = std::move(elsewhere);
  return {};
}

void FaultDisk::Apply(Change change, Bytes& content) {
  if (change.size) content.resize(*change.size);
  if (change.bytes.empty()) return;
  const std::size_t end = static_cast<std::size_t>(change.offset) + change.bytes.size();
  if (content.size() < end) content.resize(end);
  std::copy(change.bytes.begin(), change.bytes.end(),
            content.begin() + static_cast<std::ptrdiff_t>(change.offset));
}

void FaultDisk::ApplyTorn(const Change& change, Random& random, Bytes& content) {
  if (change.size) {
    if (random.Below(2) == 0) content.resize(*change.size);
    return;
  }
  // A third of the writes survives whole, a third is lost, a third is torn.
  const std::uint64_t fate = random.Below(3);
  if (fate == 0) return;
  if (fate == 1) return Apply(change, content);
  std::size_t at = 0;
  while (at < change.bytes.size()) {
    const std::uint64_t offset = change.offset + at;
    const std::size_t length =
        std::min(change.bytes.size() - at, static_cast<std::size_t>(kSector - offset % kSector));
    if (random.Below(2) == 0) {
      const auto from = change.bytes.begin() + static_cast<std::ptrdiff_t>(at);
      Apply({.offset = offset,
             .bytes = Bytes(from, from + static_cast<std::ptrdiff_t>(length)),
             .size = {}},
            content);
    }
    at += length;
  }
}

Result<void> FaultDisk::CheckPower() const {
  if (!cut_) return {};
  return Error{.code = Code::kIo, .message = "the power is cut"};
}

bool FaultDisk::CountChange() {
  if (++operations_ < cut_at_) return false;
  cut_ = true;
  return true;
}

Result<void> FaultDisk::ChangeNode(Node& node, Change change) {
  const std::uint64_t end =
      change.size
          ? *change.size
          : std::max<std::uint64_t>(node.cached.size(), change.offset + change.bytes.size());
  if (BytesUsed() - node.cached.size() + end > capacity_) {
    return Error{.code = Code::kFull, .message = "no space left on the device"};
  }
  const bool cut = CountChange();
  for (std::uint64_t at = change.offset / kSector;
       at * kSector < change.offset + change.bytes.size(); ++at) {
    node.spoilt.erase(at);
  }
  Apply(change, node.cached);
  node.unsynced.push_back(std::move(change));
  return cut ? CheckPower() : Result<void>{};
}

Result<void> FaultDisk::SyncNode(Node& node, const std::string& name) {
  if (CountChange()) return CheckPower();
  const bool lies = forget_sync_.Falls(name);
  if (++syncs_ == fail_sync_at_) {
    ++failed_syncs_;
    node.unsynced.clear();
    return Error{.code = Code::kIo, .message = "the device failed to write"};
  }
  if (lies) {
    node.unsynced.clear();
    return {};
  }
  for (Change& change : node.unsynced) Apply(std::move(change), node.durable);
  node.unsynced.clear();
  return {};
}

Result<void> FaultDisk::ChangeNames(NameChange change) {
  const bool cut = CountChange();
  for (const auto& [name, node] : change.names) {
    if (node == nullptr) {
      names_.erase(name);
    } else {
      names_[name] = node;
    }
    change.directories.insert(Key(fs::path(name).parent_path()));
  }
  unsynced_names_.push_back(std::move(change));
  return cut ? CheckPower() : Result<void>{};
}

Result<FaultDisk::NodePtr> FaultDisk::Find(const fs::path& path) const {
  const auto at = names_.find(Key(path));
  if (at == names_.end()) return NotThere(path);
  return NodePtr(at->second);
}

std::uint64_t FaultDisk::BytesUsed() const {
  std::uint64_t used = 0;
  for (const auto& [name, node] : names_) used += node->cached.size();
  return used;
}

}  // namespace aval
