#include "cli/bench/open_loop.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace aval::cli::bench {
namespace {

constexpr std::chrono::milliseconds kTimeout{20'000};
constexpr Duration kLook = std::chrono::milliseconds(5);

const SystemClock kMachineClock;

std::string ReasonOf(const ActReply& reply) {
  switch (reply.status) {
    case ActReply::Status::kDecided:
      break;
    case ActReply::Status::kMalformed:
      return "malformed";
    case ActReply::Status::kOverloaded:
      return "overloaded";
    case ActReply::Status::kUnknown:
      return "unknown";
  }
  return {};
}

// Answers as they come, on the sinks' threads; shared with what is still under way when the loop
// is stopped.
class Answers {
 public:
  void Take(const Result<std::vector<ActReply>>& replies, Duration waited) {
    const std::scoped_lock lock(mutex_);
    ++answered_;
    if (!replies) {
      const bool full = replies.error().code == Code::kOverloaded;
      ++result_.undecided[full ? "overloaded" : "failed"];
      return;
    }
    const ActReply& reply = replies->front();
    if (const std::string reason = ReasonOf(reply); !reason.empty()) {
      ++result_.undecided[reason];
      return;
    }
    result_.load.latency_us.push_back(static_cast<std::uint32_t>(waited.count()));
    if (reply.verdict == 0) {
      ++result_.load.accepted;
    } else {
      ++result_.load.refused[reply.code()];
    }
  }

  std::size_t answered() const {
    const std::scoped_lock lock(mutex_);
    return answered_;
  }
  OpenLoopResult TakeResult() {
    const std::scoped_lock lock(mutex_);
    return std::move(result_);
  }

 private:
  mutable std::mutex mutex_;
  std::size_t answered_ = 0;
  OpenLoopResult result_;
};

}  // namespace

Instant OpenLoop::Due(Instant start, std::size_t k) const {
  const double micros = static_cast<double>(k) * 1e6 / rate;
  return start + Duration(static_cast<Duration::rep>(micros));
}

LoopTime MachineTime() {
  return {.clock = &kMachineClock, .wait_until = [](Instant until) {
            const Duration left = until - kMachineClock.Now();
            if (left > Duration{0}) std::this_thread::sleep_for(left);
          }};
}

Result<OpenLoopResult> RunOpenLoop(const std::vector<ActSink*>& nodes, const OpenLoop& loop,
                                   const std::vector<Bytes>& acts, const LoopTime& time,
                                   const std::atomic<bool>& stop) {
  const Error stopped{.code = Code::kCancelled, .message = "stopped"};
  const auto answers = std::make_shared<Answers>();
  std::vector<std::uint32_t> lateness;
  lateness.reserve(acts.size());
  const Instant start = time.clock->Now();
  for (std::size_t k = 0; k < acts.size(); ++k) {
    if (stop) return stopped;
    const Instant due = loop.Due(start, k);
    time.wait_until(due);
    lateness.push_back(static_cast<std::uint32_t>((time.clock->Now() - due).count()));
    nodes[k % nodes.size()]->SubmitBatch(
        {acts[k]}, kTimeout,
        [answers, clock = time.clock, due](const Result<std::vector<ActReply>>& replies) {
          answers->Take(replies, clock->Now() - due);
        });
  }
  // Bounded: every call answers by its timeout.
  while (answers->answered() < acts.size()) {
    if (stop) return stopped;
    time.wait_until(time.clock->Now() + kLook);
  }
  OpenLoopResult result = answers->TakeResult();
  result.seconds = std::chrono::duration<double>(time.clock->Now() - start).count();
  result.lateness_us = std::move(lateness);
  return result;
}

std::vector<Bytes> Interleave(std::vector<std::vector<Bytes>> chains, std::size_t apart) {
  struct Slot {
    std::size_t turn = 0;
    Bytes* act = nullptr;
  };
  std::vector<Slot> slots;
  for (std::size_t chain = 0; chain < chains.size(); ++chain) {
    for (std::size_t i = 0; i < chains[chain].size(); ++i) {
      slots.push_back(
          {.turn = chain + i * std::min(apart, chains.size()), .act = &chains[chain][i]});
    }
  }
  std::ranges::stable_sort(slots, {}, &Slot::turn);
  std::vector<Bytes> acts;
  acts.reserve(slots.size());
  for (const Slot& slot : slots) acts.push_back(std::move(*slot.act));
  return acts;
}

}  // namespace aval::cli::bench
