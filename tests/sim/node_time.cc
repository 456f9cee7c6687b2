#include "tests/sim/node_time.h"

#include <utility>

namespace aval::sim {

namespace {

constexpr std::int64_t kMillion = 1'000'000;

}  // namespace

Instant NodeClock::Now() const {
  const Duration passed = time_.Now() - true_since_;
  return time_.Now() + local_since_ + Duration(passed.count() * drift_ppm_ / kMillion);
}

std::int64_t NodeClock::UnixMillis() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Now().since_start).count() +
         offset_ms_;
}

void NodeClock::SetDrift(std::int64_t parts_per_million) {
  local_since_ = Now() - time_.Now();
  true_since_ = time_.Now();
  drift_ppm_ = parts_per_million;
}

Duration NodeClock::TrueDuration(Duration local) const {
  if (drift_ppm_ == 0 || local == Duration{0}) return local;
  // Never too early by this clock, or a timer would be set again in the same instant, for ever.
  return Duration(local.count() * kMillion / (kMillion + drift_ppm_) + 2);
}

NodeExecutor::NodeExecutor(VirtualTime& time, const NodeClock& clock,
                           std::function<void()> after_task)
    : time_(time), clock_(clock), state_(std::make_shared<State>()) {
  state_->after_task = std::move(after_task);
}

NodeExecutor::~NodeExecutor() { Halt(); }

void NodeExecutor::After(Duration delay, Task task) {
  time_.After(clock_.TrueDuration(delay), [state = state_, task = std::move(task)]() mutable {
    if (state->halted) return;
    if (state->paused) {
      state->held.push_back(std::move(task));
    } else {
      Run(*state, task);
    }
  });
}

void NodeExecutor::Run(State& state, const Task& task) {
  task();
  if (!state.halted) state.after_task();
}

void NodeExecutor::Pause() { state_->paused = true; }

void NodeExecutor::Resume() {
  state_->paused = false;
  const std::shared_ptr<State> state = state_;
  for (Task& task : std::exchange(state->held, {})) {
    if (state->halted) return;
    Run(*state, task);
  }
}

void NodeExecutor::Halt() {
  state_->halted = true;
  state_->held.clear();
}

}  // namespace aval::sim
