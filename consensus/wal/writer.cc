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
  for (;;) {
    std::deque<Persist> waiting = queue_.PopAll();
    if (waiting.empty()) return;
    while (!waiting.empty()) {
      if (const auto written = WriteGroup(waiting); !written) {
        queue_.Close();
        events_.failed(written.error());
        return;
      }
    }
  }
}

Result<void> WalWriter::WriteGroup(std::deque<Persist>& waiting) {
  std::uint64_t sequence = 0;
  while (!waiting.empty() && wal_.pending_bytes() < limits_.group_bytes) {
    wal_.Write(std::span(&waiting.front(), 1));
    sequence = waiting.front().sequence;
    waiting.pop_front();
  }
  AVAL_CHECK(wal_.Sync());
  events_.persisted(sequence);
  return {};
}

}  // namespace aval::consensus
