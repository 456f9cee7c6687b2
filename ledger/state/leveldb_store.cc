#include "ledger/state/leveldb_store.h"

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/options.h>
#include <leveldb/write_batch.h>

#include <cerrno>
#include <cstdarg>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/assert.h"
#include "ledger/state/read_only_env.h"

namespace aval::ledger {

namespace {

constexpr int kBloomBitsPerKey = 10;  // About 1 % of absent keys cost a block read.
// What LevelDB makes of the records is in files of so many bytes. Of each that is open the index and
// the filter are in memory, about a twentieth of it; opening one again reads and checks these, which
// costs more than a hundred reads. A state of 8 GB has all of its files open.
constexpr std::size_t kTableBytes = std::size_t{8} << 20U;
constexpr int kMaxOpenFiles = 1'000;

leveldb::Slice AsSlice(ByteView bytes) {
  const std::string_view text = AsText(bytes);
  return {text.data(), text.size()};
}

ByteView FromSlice(const leveldb::Slice& slice) { return AsBytes({slice.data(), slice.size()}); }

Error FromStatus(const leveldb::Status& status) {
  const std::string message = "state: " + status.ToString();
  Code code = Code::kIo;
  if (status.IsCorruption()) code = Code::kCorruption;
  if (status.IsNotFound()) code = Code::kNotFound;
  if (status.IsInvalidArgument()) code = Code::kInvalidArgument;
  // LevelDB keeps the operating system's words, not its numbers.
  for (const int number : {ENOSPC, EDQUOT}) {
    if (message.find(std::generic_category().message(number)) != std::string::npos) {
      code = Code::kFull;
    }
  }
  if (message.find("already held") != std::string::npos ||
      message.find("Resource temporarily unavailable") != std::string::npos) {
    code = Code::kDenied;
  }
  return {.code = code, .message = message};
}

/// A file of which a failed sync is no full disk, whatever the system calls it: what was written is
/// unknown then, and nobody may go on.
class SyncedFile final : public leveldb::WritableFile {
 public:
  SyncedFile(leveldb::WritableFile* file, std::string name) : file_(file), name_(std::move(name)) {}

  leveldb::Status Append(const leveldb::Slice& data) override { return file_->Append(data); }
  leveldb::Status Close() override { return file_->Close(); }
  leveldb::Status Flush() override { return file_->Flush(); }
  leveldb::Status Sync() override {
    // LevelDB's Sync writes first what it has buffered; that may find the disk full.
    const leveldb::Status flushed = file_->Flush();
    if (!flushed.ok() || file_->Sync().ok()) return flushed;
    return leveldb::Status::IOError(name_, "a sync has failed");
  }

 private:
  const std::unique_ptr<leveldb::WritableFile> file_;
  const std::string name_;
};

/// Makes names durable where LevelDB trusts the file system to order them.
class DurableNamesEnv final : public leveldb::EnvWrapper {
 public:
  DurableNamesEnv(leveldb::Env* below, Disk& disk, std::filesystem::path directory)
      : EnvWrapper(below), disk_(disk), directory_(std::move(directory)) {}

  leveldb::Status NewWritableFile(const std::string& name, leveldb::WritableFile** file) override {
    const leveldb::Status made = target()->NewWritableFile(name, file);
    if (!made.ok()) return made;
    const leveldb::Status synced = SyncNames();
    if (synced.ok()) {
      *file = new SyncedFile(*file, name);
    } else {
      delete *file;
      *file = nullptr;
    }
    return synced;
  }

  leveldb::Status RenameFile(const std::string& from, const std::string& to) override {
    const leveldb::Status renamed = target()->RenameFile(from, to);
    return renamed.ok() ? SyncNames() : renamed;
  }

 private:
  leveldb::Status SyncNames() {
    const Result<void> synced = disk_.SyncDirectory(directory_);
    if (synced) return leveldb::Status::OK();
    return leveldb::Status::IOError(directory_.string(), synced.error().message);
  }

  Disk& disk_;
  const std::filesystem::path directory_;
};

/// LevelDB's own log tells nothing that the node's does not.
class SilentLogger final : public leveldb::Logger {
 public:
  void Logv(const char*, std::va_list) override {}
};

leveldb::ReadOptions CheckedReads(const leveldb::Snapshot* snapshot) {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  options.snapshot = snapshot;
  return options;
}

Result<std::optional<Bytes>> GetFrom(leveldb::DB& db, const leveldb::Snapshot* snapshot,
                                     ByteView key) {
  std::string value;
  const leveldb::Status status = db.Get(CheckedReads(snapshot), AsSlice(key), &value);
  if (status.IsNotFound()) return std::optional<Bytes>();
  if (!status.ok()) return FromStatus(status);
  return std::optional<Bytes>(CopyBytes(AsBytes(value)));
}

Result<void> ScanFrom(leveldb::DB& db, const leveldb::Snapshot* snapshot, ByteView from,
                      ByteView to, const Reader::Visitor& visit) {
  leveldb::ReadOptions options = CheckedReads(snapshot);
  // Walks over a snapshot may be reports over everything; those of the store itself are short.
  options.fill_cache = snapshot == nullptr;
  const std::unique_ptr<leveldb::Iterator> at(db.NewIterator(options));
  for (at->Seek(AsSlice(from)); at->Valid(); at->Next()) {
    const ByteView key = FromSlice(at->key());
    if (!to.empty() && CompareBytes(key, to) >= 0) break;
    if (!visit(key, FromSlice(at->value()))) break;
  }
  if (!at->status().ok()) return FromStatus(at->status());
  return {};
}

class LevelDbSnapshot final : public Reader {
 public:
  explicit LevelDbSnapshot(leveldb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  LevelDbSnapshot(const LevelDbSnapshot&) = delete;
  LevelDbSnapshot& operator=(const LevelDbSnapshot&) = delete;
  ~LevelDbSnapshot() override { db_.ReleaseSnapshot(snapshot_); }

  Result<std::optional<Bytes>> Get(ByteView key) const override {
    return GetFrom(db_, snapshot_, key);
  }
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override {
    return ScanFrom(db_, snapshot_, from, to, visit);
  }

 private:
  leveldb::DB& db_;
  const leveldb::Snapshot* const snapshot_;
};

}  // namespace

struct LevelDbStore::Database {
  bool read_only = false;
  std::unique_ptr<leveldb::Env> env;
  SilentLogger logger;
  std::unique_ptr<const leveldb::FilterPolicy> filter;
  std::unique_ptr<leveldb::Cache> cache;
  std::unique_ptr<leveldb::DB> db;  // Last: it uses all of the above until it is gone.
};

LevelDbStore::LevelDbStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
LevelDbStore::~LevelDbStore() = default;

Result<std::unique_ptr<LevelDbStore>> LevelDbStore::Open(Disk& disk,
                                                         const std::filesystem::path& directory,
                                                         const Options& options) {
  leveldb::Env* const below = options.env != nullptr ? options.env : leveldb::Env::Default();
  if (options.read_only && !below->FileExists((directory / "CURRENT").string())) {
    return Error{.code = Code::kNotFound, .message = "no state in " + directory.string()};
  }
  if (!below->FileExists(directory.string())) {
    const leveldb::Status made = below->CreateDir(directory.string());
    if (!made.ok()) return FromStatus(made);
    AVAL_CHECK(disk.SyncDirectory(directory.parent_path()));
  }
  auto database = std::make_unique<Database>();
  database->read_only = options.read_only;
  database->env = options.read_only ? ReadOnlyEnv(below)
                                    : std::make_unique<DurableNamesEnv>(below, disk, directory);
  database->filter.reset(leveldb::NewBloomFilterPolicy(kBloomBitsPerKey));
  database->cache.reset(leveldb::NewLRUCache(options.block_cache_bytes));

  leveldb::Options settings;
  settings.create_if_missing = !options.read_only;
  settings.paranoid_checks = true;
  settings.env = database->env.get();
  settings.info_log = &database->logger;
  settings.write_buffer_size = options.write_buffer_bytes;
  settings.max_file_size = kTableBytes;
  settings.max_open_files = kMaxOpenFiles;
  settings.block_cache = database->cache.get();
  settings.filter_policy = database->filter.get();
  leveldb::DB* opened = nullptr;
  const leveldb::Status status = leveldb::DB::Open(settings, directory.string(), &opened);
  if (!status.ok()) return FromStatus(status);
  database->db.reset(opened);
  return std::unique_ptr<LevelDbStore>(new LevelDbStore(std::move(database)));
}

Result<std::optional<Bytes>> LevelDbStore::Get(ByteView key) const {
  return GetFrom(*database_->db, nullptr, key);
}

Result<void> LevelDbStore::Scan(ByteView from, ByteView to, const Visitor& visit) const {
  return ScanFrom(*database_->db, nullptr, from, to, visit);
}

Result<void> LevelDbStore::Apply(const Writes& writes) {
  AVAL_ASSERT(!database_->read_only);
  leveldb::WriteBatch batch;
  for (const auto& [key, value] : writes) {
    if (value) {
      batch.Put(AsSlice(key), AsSlice(*value));
    } else {
      batch.Delete(AsSlice(key));
    }
  }
  leveldb::WriteOptions options;
  options.sync = true;
  const leveldb::Status status = database_->db->Write(options, &batch);
  if (!status.ok()) return FromStatus(status);
  return {};
}

std::unique_ptr<Reader> LevelDbStore::Snapshot() const {
  return std::make_unique<LevelDbSnapshot>(*database_->db);
}

}  // namespace aval::ledger
