#include "consensus/wal/writer.h"

#include <pthread.h>

#include <deque>
#include <span>
#include <utility>

namespace aval::consensus {

WalWriter::WalWriter(Wal& wal, Events events) : WalWriter(wal, std::move(events), Limits{}) {}

WalWriter::WalWriter(Wal& wal, Events events, const Limits& limits)
    : wal_(wal), events_(std::move(events)), limits_(limits), queue_(limits.queue) {
  thread_ = std::thread([this] { Run(); });
  pthread_setname_np(thread_.native_handle(), "wal");
}

WalWriter::~WalWriter() { Stop(); }

void WalWriter::Stop() {
  queue_.Close();
  if (thread_.joinable()) thread_.join();
}

void WalWriter::Run() {
  if (const auto run = RunUntilClosed(); !run) {
    queue_.Close();
    events_.failed(run.error());
  }
}

Result<void> WalWriter::RunUntilClosed() {
  bool idle = false;
  for (;;) {
    std::deque<Work> waiting = idle ? queue_.PopAll() : queue_.PopAllWithin(limits_.idle);
    if (waiting.empty()) {
      AVAL_CHECK(wal_.Idle());
      TellRoom();
      idle = true;
      if (queue_.closed() && queue_.size() == 0) return {};
      continue;
    }
    idle = false;
    while (!waiting.empty()) AVAL_CHECK(WriteGroup(waiting));
    if (wal_.wants_spare()) AVAL_CHECK(wal_.MakeSpare());
    TellRoom();
  }
}

void WalWriter::TellRoom() {
  const bool now = wal_.counters().short_of_room;
  if (std::exchange(short_of_room_, now) != now && events_.room) events_.room(!now);
}

Result<void> WalWriter::WriteGroup(std::deque<Work>& waiting) {
  std::uint64_t sequence = 0;
  while (!waiting.empty() && wal_.pending_bytes() < limits_.group_bytes) {
    const Work work = std::move(waiting.front());
    waiting.pop_front();
    if (const auto* const write = std::get_if<Persist>(&work)) {
      wal_.Write(std::span(write, 1));
      sequence = write->sequence;
      continue;
    }
    AVAL_CHECK(wal_.MakeSpare());
  }
  AVAL_CHECK(wal_.Sync());
  if (events_.unrepaired) {
    for (const DamagedRange& range : wal_.Unrepaired()) events_.unrepaired(range);
  }
  if (sequence > 0) events_.persisted(sequence);
  return {};
}

}  // namespace aval::consensus
