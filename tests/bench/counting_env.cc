#include "tests/bench/counting_env.h"

#include <memory>
#include <utility>

namespace aval::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

bool IsTable(const std::string& name) { return name.ends_with(".ldb"); }

std::uint64_t Since(SteadyClock::time_point start) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(SteadyClock::now() - start).count());
}

}  // namespace

class CountingEnv::ReadFile final : public leveldb::RandomAccessFile {
 public:
  ReadFile(leveldb::RandomAccessFile* file, CountingEnv& env) : file_(file), env_(env) {}

  leveldb::Status Read(std::uint64_t offset, std::size_t n, leveldb::Slice* result,
                       char* scratch) const override {
    ++env_.block_reads_;
    return file_->Read(offset, n, result, scratch);
  }

 private:
  const std::unique_ptr<leveldb::RandomAccessFile> file_;
  CountingEnv& env_;
};

class CountingEnv::WriteFile final : public leveldb::WritableFile {
 public:
  WriteFile(leveldb::WritableFile* file, CountingEnv& env, bool table)
      : file_(file), env_(env), table_(table) {}

  leveldb::Status Append(const leveldb::Slice& data) override {
    if (table_) env_.table_bytes_ += data.size();
    return file_->Append(data);
  }
  leveldb::Status Close() override { return file_->Close(); }
  leveldb::Status Flush() override { return file_->Flush(); }
  leveldb::Status Sync() override {
    const auto start = SteadyClock::now();
    const leveldb::Status synced = file_->Sync();
    (table_ ? env_.table_sync_ns_ : env_.log_sync_ns_) += Since(start);
    if (!table_) ++env_.log_syncs_;
    return synced;
  }

 private:
  const std::unique_ptr<leveldb::WritableFile> file_;
  CountingEnv& env_;
  const bool table_;
};

CountingEnv::Counts CountingEnv::counts() const {
  return {.tables = tables_,
          .table_bytes = table_bytes_,
          .table_opens = table_opens_,
          .block_reads = block_reads_,
          .log_syncs = log_syncs_,
          .slowdowns = slowdowns_,
          .log_sync_time = std::chrono::nanoseconds(log_sync_ns_),
          .table_sync_time = std::chrono::nanoseconds(table_sync_ns_),
          .background_time = std::chrono::nanoseconds(background_ns_)};
}

leveldb::Status CountingEnv::NewRandomAccessFile(const std::string& name,
                                                 leveldb::RandomAccessFile** file) {
  const leveldb::Status made = target()->NewRandomAccessFile(name, file);
  if (!made.ok()) return made;
  ++table_opens_;
  *file = new ReadFile(*file, *this);
  return made;
}

leveldb::Status CountingEnv::NewWritableFile(const std::string& name,
                                             leveldb::WritableFile** file) {
  const leveldb::Status made = target()->NewWritableFile(name, file);
  if (!made.ok()) return made;
  if (IsTable(name)) ++tables_;
  *file = new WriteFile(*file, *this, IsTable(name));
  return made;
}

struct CountingEnv::Task {
  CountingEnv& env;
  void (*function)(void*);
  void* arg;

  static void Run(void* raw) {
    const std::unique_ptr<Task> task(static_cast<Task*>(raw));
    const auto start = SteadyClock::now();
    task->env.busy_ = true;
    task->function(task->arg);
    task->env.busy_ = false;
    task->env.background_ns_ += Since(start);
  }
};

void CountingEnv::Schedule(void (*function)(void* arg), void* arg) {
  target()->Schedule(&Task::Run, new Task{*this, function, arg});
}

void CountingEnv::SleepForMicroseconds(int micros) {
  ++slowdowns_;
  target()->SleepForMicroseconds(micros);
}

}  // namespace aval::bench
