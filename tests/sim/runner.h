#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/plan.h"
#include "tests/sim/simulation.h"

namespace aval::sim {

/// How one run ended.
struct Report {
  Plan plan;
  Outcome outcome;
  std::chrono::microseconds processor_time{};
  /// Why there is no outcome: it was killed by a signal, as by an assertion, or took too long.
  std::string died;

  bool passed() const { return died.empty() && outcome.passed(); }
  /// Why it did not pass, in one line.
  std::string Why() const;
};

/// Runs plans in processes of their own, so that one that ends in an assertion, or never, is a
/// failure like any other.
class Runner {
 public:
  struct Options {
    std::size_t jobs = 1;
    std::chrono::seconds patience{300};  // For one run.
    std::optional<Duration> until{};     // Of each run.
  };
  explicit Runner(const Options& options) : options_(options) {}

  /// Plans from `next`, until it gives none; `done` hears of each as it ends.
  void Run(const std::function<std::optional<Plan>()>& next,
           const std::function<void(const Report&)>& done) const;
  /// One plan, its lines into `log` unless that is empty.
  Report RunOne(const Plan& plan, const std::string& log = "") const;

 private:
  struct Child {
    int process = 0;
    int pipe = 0;
    std::chrono::steady_clock::time_point deadline;
    Plan plan;
    std::string received;
  };
  void Run(std::size_t jobs, const std::string& log,
           const std::function<std::optional<Plan>()>& next,
           const std::function<void(const Report&)>& done) const;
  Child Fork(const Plan& plan, const std::string& log) const;
  Report Collect(Child& child) const;

  const Options options_;
};

/// Of a plan that fails: without the faults, and with the length, without which it fails no more.
Plan Minimise(const Runner& runner, const Report& failed,
              const std::function<void(const std::string&)>& say);

}  // namespace aval::sim
