#pragma once

#include <leveldb/env.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace aval::bench {

/// The operating system's files, as LevelDB uses them, and what it does with them: which of its
/// stalls a slow batch has waited for. Threads: safe from all.
class CountingEnv final : public leveldb::EnvWrapper {
 public:
  CountingEnv() : EnvWrapper(leveldb::Env::Default()) {}

  struct Counts {
    std::uint64_t tables = 0;       // Files of records written: by flushes and compactions.
    std::uint64_t table_bytes = 0;  // In them.
    std::uint64_t table_opens = 0;  // Files opened to be read.
    std::uint64_t block_reads = 0;  // Blocks read from them: not found in the cache.
    std::uint64_t log_syncs = 0;    // Of the log of batches.
    std::uint64_t slowdowns = 0;    // Batches held up for 1 ms, since level 0 fills.
    std::chrono::nanoseconds log_sync_time{0};
    std::chrono::nanoseconds table_sync_time{0};
    std::chrono::nanoseconds background_time{0};  // Of flushes and compactions that have ended.
  };
  Counts counts() const;
  /// Whether a flush or compaction is under way.
  bool is_busy() const { return busy_; }

  leveldb::Status NewRandomAccessFile(const std::string& name,
                                      leveldb::RandomAccessFile** file) override;
  leveldb::Status NewWritableFile(const std::string& name, leveldb::WritableFile** file) override;
  void Schedule(void (*function)(void* arg), void* arg) override;
  void SleepForMicroseconds(int micros) override;

 private:
  using Counter = std::atomic<std::uint64_t>;
  struct Task;
  class ReadFile;
  class WriteFile;

  Counter tables_ = 0;
  Counter table_bytes_ = 0;
  Counter table_opens_ = 0;
  Counter block_reads_ = 0;
  Counter log_syncs_ = 0;
  Counter slowdowns_ = 0;
  Counter log_sync_ns_ = 0;
  Counter table_sync_ns_ = 0;
  Counter background_ns_ = 0;
  std::atomic<bool> busy_ = false;
};

}  // namespace aval::bench
