#include "cli/interrupt.h"

#include <csignal>
#include <cstdint>
#include <ctime>

namespace aval::cli {
namespace {

// A signal handler can reach nothing else.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

// When we were first asked, in seconds of the monotonic clock.
std::atomic<std::int64_t> asked_at = 0;
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

// How long stopping in order may take before a second Ctrl-C ends us without it.
constexpr std::int64_t kGrace = 5;

extern "C" void OnSignal(int signal) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!interrupted.exchange(true)) asked_at = now.tv_sec;
  // Who asks again after that does not want to wait any longer.
  if (now.tv_sec - asked_at < kGrace) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

Interrupt::Interrupt() {
  interrupted = false;
  std::signal(SIGINT, &OnSignal);
  std::signal(SIGTERM, &OnSignal);
}

Interrupt::~Interrupt() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

const std::atomic<bool>& Interrupt::asked() const { return interrupted; }

}  // namespace aval::cli
