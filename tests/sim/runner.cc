#include "tests/sim/runner.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <list>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"

namespace aval::sim {

namespace {

using std::chrono::microseconds;
using Wall = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPoll{200};

microseconds ProcessorTime() {
  rusage usage{};
  AVAL_ASSERT(getrusage(RUSAGE_SELF, &usage) == 0);
  const auto of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + microseconds(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

// What a child tells its parent: numbers, then the violation.
Bytes Encode(const Outcome& outcome) {
  ByteWriter out;
  out.U8(outcome.alive ? 1 : 0);
  for (const std::uint64_t number :
       {outcome.digest, outcome.events, static_cast<std::uint64_t>(outcome.simulated.count()),
        outcome.acts, outcome.deaths, outcome.partitions, outcome.leaders, outcome.blocks,
        outcome.changes, outcome.installations,
        static_cast<std::uint64_t>(ProcessorTime().count())}) {
    out.U64(number);
  }
  for (std::size_t i = 0; i < consensus::kRarePaths; ++i) {
    out.U64(outcome.rare_paths.of(static_cast<consensus::RarePath>(i)));
  }
  out.Raw(AsBytes(outcome.violation));
  return out.Take();
}

bool Decode(const std::string& received, Report& report) {
  constexpr std::size_t kNumbers = 11 + consensus::kRarePaths;
  constexpr std::size_t kHead = 1 + 8 * kNumbers;
  if (received.size() < kHead) return false;
  ByteReader in(AsBytes(received));
  Outcome& outcome = report.outcome;
  outcome.alive = in.U8() == 1;
  outcome.digest = in.U64();
  outcome.events = in.U64();
  outcome.simulated = Duration(static_cast<Duration::rep>(in.U64()));
  outcome.acts = in.U64();
  outcome.deaths = in.U64();
  outcome.partitions = in.U64();
  outcome.leaders = in.U64();
  outcome.blocks = in.U64();
  outcome.changes = in.U64();
  outcome.installations = in.U64();
  report.processor_time = microseconds(static_cast<microseconds::rep>(in.U64()));
  for (std::size_t i = 0; i < consensus::kRarePaths; ++i) {
    outcome.rare_paths.Reach(static_cast<consensus::RarePath>(i), in.U64());
  }
  outcome.violation = received.substr(kHead);
  return true;
}

}  // namespace

std::string Report::Why() const {
  if (!died.empty()) return died;
  if (!outcome.violation.empty()) return outcome.violation;
  return outcome.alive ? "" : "no progress once the faults had ended";
}

Runner::Child Runner::Fork(const Plan& plan, const std::string& log) const {
  std::array<int, 2> ends{};
  AVAL_ASSERT(pipe(ends.data()) == 0);
  const int process = fork();
  AVAL_ASSERT(process >= 0);
  if (process == 0) {
    close(ends[0]);
    std::ofstream lines;
    if (!log.empty()) lines.open(log);
    Simulation simulation(plan, log.empty() ? nullptr : &lines);
    const Bytes told = Encode(simulation.Run(options_.until.value_or(Duration::max())));
    lines.close();
    const bool written =
        write(ends[1], told.data(), told.size()) == static_cast<ssize_t>(told.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  return {.process = process,
          .pipe = ends[0],
          .deadline = Wall::now() + options_.patience,
          .plan = plan,
          .received = {}};
}

Report Runner::Collect(Child& child) const {
  close(child.pipe);
  int status = 0;
  AVAL_ASSERT(waitpid(child.process, &status, 0) == child.process);
  Report report{.plan = child.plan, .outcome = {}, .died = {}};
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    report.died = signal == SIGKILL ? "takes longer than its patience"
                                    : "ends with signal " + std::to_string(signal);
  } else if (!Decode(child.received, report)) {
    report.died = "ends without an outcome";
  }
  return report;
}

void Runner::Run(const std::function<std::optional<Plan>()>& next,
                 const std::function<void(const Report&)>& done) const {
  Run(options_.jobs, "", next, done);
}

void Runner::Run(std::size_t jobs, const std::string& log,
                 const std::function<std::optional<Plan>()>& next,
                 const std::function<void(const Report&)>& done) const {
  std::list<Child> children;
  std::optional<Plan> plan = next();
  while (plan || !children.empty()) {
    for (; plan && children.size() < jobs; plan = next()) {
      children.push_back(Fork(*plan, log));
    }
    std::vector<pollfd> waiting;
    for (const Child& child : children) {
      waiting.push_back({.fd = child.pipe, .events = POLLIN, .revents = 0});
    }
    poll(waiting.data(), waiting.size(), static_cast<int>(kPoll.count()));
    auto child = children.begin();
    for (const pollfd& state : waiting) {
      const auto here = child++;
      if (Wall::now() > here->deadline) kill(here->process, SIGKILL);
      if (state.revents == 0) continue;
      std::array<char, 4096> chunk{};
      const ssize_t got = read(here->pipe, chunk.data(), chunk.size());
      if (got > 0) {
        here->received.append(chunk.data(), static_cast<std::size_t>(got));
      } else {
        done(Collect(*here));
        children.erase(here);
      }
    }
  }
}

Report Runner::RunOne(const Plan& plan, const std::string& log) const {
  Report last;
  bool given = false;
  Run(
      1, log, [&] { return std::exchange(given, true) ? std::nullopt : std::optional(plan); },
      [&](const Report& report) { last = report; });
  return last;
}

Plan Minimise(const Runner& runner, const Report& failed,
              const std::function<void(const std::string&)>& say) {
  Plan least = failed.plan;
  const auto try_plan = [&](const Plan& plan, const std::string& what) {
    const Report report = runner.RunOne(plan);
    if (report.passed()) return false;
    say(what + ": still fails: " + report.Why());
    least = plan;
    return true;
  };
  for (const Fault fault : AllFaults()) {
    if (!least.Has(fault)) continue;
    Plan plan = least;
    plan.faults.erase(fault);
    try_plan(plan, "without " + std::string(FaultName(fault)));
  }
  // Bounded: each round halves the length.
  for (Plan plan = least; plan.length > std::chrono::seconds(1);) {
    plan.length /= 2;
    if (!try_plan(plan, std::to_string(plan.length / std::chrono::seconds(1)) + " s")) break;
  }
  return least;
}

}  // namespace aval::sim
