// aval_sim: whole clusters in virtual time, a run from each seed (tests/sim/README.md).
//
// Exit codes: 0 every run passed, 1 one did not, 2 usage.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/sim/plan.h"
#include "tests/sim/runner.h"

namespace aval::sim {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr std::size_t kLastLines = 20;

struct Arguments {
  std::string seed;
  std::uint64_t seeds = 0;
  std::string from = "1";
  std::uint64_t minutes = 0;
  std::string corpus;
  double until = 0;
  std::vector<std::string> without;
  std::uint64_t seconds = 0;
  std::string machine;
  std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
  std::string log;
  bool until_failure = false;
  bool brief = false;
  bool minimise = false;
  bool plans = false;
};

// The commit that this was built from, as far as git knows.
std::string Commit() {
  const std::unique_ptr<FILE, int (*)(FILE*)> git(
      popen("git -C '" AVAL_SOURCE_DIR "' describe --always --dirty --abbrev=40 2>&1", "r"),
      pclose);
  std::string commit;
  for (int letter = 0; git && (letter = fgetc(git.get())) != EOF && letter != '\n';) {
    commit.push_back(static_cast<char>(letter));
  }
  return commit;
}

class Simulations {
 public:
  explicit Simulations(const Arguments& arguments) : arguments_(arguments), runner_(Options()) {}

  int Run();

 private:
  Runner::Options Options() const {
    Runner::Options options{.jobs = arguments_.jobs};
    if (arguments_.until > 0) {
      options.until = Duration(static_cast<Duration::rep>(arguments_.until * 1e6));
    }
    return options;
  }

  Plan MakePlan(std::uint64_t seed) const;
  int RunOne(std::uint64_t seed);
  void RunMany(const std::function<std::optional<std::uint64_t>()>& next);
  void RunCorpus();
  void Note(const Report& report);
  void TellFailure(const Report& report);
  void Summarise() const;
  void PrintMarks() const;

  const Arguments& arguments_;
  const Runner runner_;
  std::vector<Report> reports_;
  std::size_t failures_ = 0;
};

Plan Simulations::MakePlan(std::uint64_t seed) const {
  Plan plan = Draw(seed);
  for (const Fault fault : AllFaults()) {
    if (std::ranges::count(arguments_.without, FaultName(fault)) > 0) plan.faults.erase(fault);
  }
  if (arguments_.seconds > 0) {
    plan.length = std::chrono::seconds(static_cast<std::int64_t>(arguments_.seconds));
  }
  if (!arguments_.machine.empty()) plan.real_ledger = arguments_.machine == "ledger";
  return plan;
}

int Simulations::Run() {
  if (!arguments_.seed.empty()) {
    const auto seed = ParseSeed(arguments_.seed);
    if (!seed) {
      std::cerr << seed.error().message << '\n';
      return kUsage;
    }
    return RunOne(*seed);
  }
  if (!arguments_.corpus.empty()) RunCorpus();
  const auto from = ParseSeed(arguments_.from);
  if (!from) {
    std::cerr << from.error().message << '\n';
    return kUsage;
  }
  std::uint64_t given = 0;
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::minutes(static_cast<int>(arguments_.minutes));
  RunMany([&]() -> std::optional<std::uint64_t> {
    if (arguments_.until_failure && failures_ > 0) return std::nullopt;
    const bool more =
        arguments_.minutes > 0 ? std::chrono::steady_clock::now() < end : given < arguments_.seeds;
    if (!more) return std::nullopt;
    return *from + given++;
  });
  if (reports_.empty()) {
    std::cerr << "Nothing to run: --seed, --seeds, --minutes or --corpus\n";
    return kUsage;
  }
  Summarise();
  return failures_ == 0 ? 0 : kFailed;
}

int Simulations::RunOne(std::uint64_t seed) {
  const Plan plan = MakePlan(seed);
  std::cout << "seed " << seed << ": " << Describe(plan) << '\n' << std::flush;
  if (arguments_.plans) return 0;
  const Report report = runner_.RunOne(plan, arguments_.log);
  const Outcome& outcome = report.outcome;
  std::cout << (report.passed() ? "passed" : "FAILED: " + report.Why()) << "; digest "
            << outcome.digest << ", " << outcome.simulated / std::chrono::seconds(1) << " s, "
            << outcome.events << " events, " << outcome.acts << " acts, " << outcome.deaths
            << " deaths, " << outcome.partitions << " partitions, " << outcome.leaders
            << " leaders\n";
  if (report.passed()) return 0;
  std::cout << "commit " << Commit() << '\n';
  if (arguments_.minimise) {
    const Plan least = Minimise(runner_, report, [](const std::string& line) {
      std::cout << "  " << line << '\n' << std::flush;
    });
    std::cout << "least: " << Describe(least) << '\n';
  }
  return kFailed;
}

void Simulations::RunMany(const std::function<std::optional<std::uint64_t>()>& next) {
  runner_.Run(
      [&]() -> std::optional<Plan> {
        const auto seed = next();
        if (!seed) return std::nullopt;
        return MakePlan(*seed);
      },
      [this](const Report& report) { Note(report); });
}

// A seed a line; what follows a number is for people.
void Simulations::RunCorpus() {
  std::ifstream file(arguments_.corpus);
  std::vector<std::uint64_t> seeds;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (const auto seed = ParseSeed(line.substr(0, line.find(' ')))) seeds.push_back(*seed);
  }
  std::size_t at = 0;
  RunMany([&]() -> std::optional<std::uint64_t> {
    if (at == seeds.size()) return std::nullopt;
    return seeds[at++];
  });
}

void Simulations::Note(const Report& report) {
  reports_.push_back(report);
  if (report.passed()) return;
  ++failures_;
  TellFailure(report);
}

void Simulations::TellFailure(const Report& report) {
  if (arguments_.brief) {
    std::cout << "seed " << report.plan.seed << ": " << report.Why() << '\n' << std::flush;
    return;
  }
  const std::string log = "sim-" + std::to_string(report.plan.seed) + ".log";
  std::cout << "FAILED seed " << report.plan.seed << ": " << report.Why() << "\n  "
            << Describe(report.plan) << "\n  commit " << Commit() << "; lines in " << log << '\n';
  static_cast<void>(runner_.RunOne(report.plan, log));
  std::ifstream file(log);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (lines.size() == kLastLines) lines.erase(lines.begin());
    lines.push_back(line);
  }
  for (const std::string& line : lines) std::cout << "  | " << line << '\n';
  std::cout << std::flush;
}

template <class Figure>
std::uint64_t Median(const std::vector<Report>& reports, Figure figure) {
  std::vector<std::uint64_t> figures;
  for (const Report& report : reports) figures.push_back(figure(report.outcome));
  std::ranges::nth_element(figures,
                           figures.begin() + static_cast<std::ptrdiff_t>(figures.size() / 2));
  return figures[figures.size() / 2];
}

// What the core seldom does: how often, in how many runs; those never reached by name.
void Simulations::PrintMarks() const {
  std::uint64_t members = 0;
  for (const Report& report : reports_) members += report.outcome.changes;
  std::uint64_t installations = 0;
  for (const Report& report : reports_) installations += report.outcome.installations;
  std::string never;
  std::string seldom;
  for (std::size_t i = 0; i < consensus::kRarePaths; ++i) {
    const auto path = static_cast<consensus::RarePath>(i);
    std::uint64_t times = 0;
    std::size_t runs = 0;
    for (const Report& report : reports_) {
      times += report.outcome.rare_paths.of(path);
      if (report.outcome.rare_paths.of(path) > 0) ++runs;
    }
    if (times == 0) never += std::string(" ") + consensus::RarePathName(path);
    if (times > 0 && 100 * runs <= reports_.size()) {
      seldom += std::string(" ") + consensus::RarePathName(path) + ' ' + std::to_string(times);
    }
  }
  std::printf(
      "%llu changes of members begun, %llu snapshots installed; of %zu rare paths, in a hundredth "
      "of the runs or fewer:%s; in none:%s\n",
      static_cast<unsigned long long>(members), static_cast<unsigned long long>(installations),
      consensus::kRarePaths, seldom.empty() ? " none" : seldom.c_str(),
      never.empty() ? " none" : never.c_str());
}

void Simulations::Summarise() const {
  const auto of = [this](const std::string& name, bool ledger) {
    Duration simulated{};
    std::chrono::microseconds processor{};
    std::uint64_t events = 0;
    std::size_t seeds = 0;
    for (const Report& report : reports_) {
      if (report.plan.real_ledger != ledger) continue;
      ++seeds;
      simulated += report.outcome.simulated;
      processor += report.processor_time;
      events += report.outcome.events;
    }
    if (seeds == 0) return;
    const double core_seconds = std::max(1e-6, static_cast<double>(processor.count()) / 1e6);
    const double seconds = static_cast<double>(simulated.count()) / 1e6;
    std::printf(
        "%-7s %5zu seeds, %6.1f cluster-hours, %7.1f of them in a core-hour, %.0f events/s\n",
        name.c_str(), seeds, seconds / 3600, seconds / core_seconds,
        static_cast<double>(events) / core_seconds);
  };
  of("chain", false);
  of("ledger", true);
  const auto large =
      std::ranges::count_if(reports_, [](const Report& report) { return report.plan.nodes >= 5; });
  std::printf(
      "medians: %llu s, %llu deaths, %llu partitions, %llu acts; %zu of %zu with 5 nodes or more\n",
      static_cast<unsigned long long>(Median(reports_,
                                             [](const Outcome& o) {
                                               return static_cast<std::uint64_t>(
                                                   o.simulated / std::chrono::seconds(1));
                                             })),
      static_cast<unsigned long long>(Median(reports_, [](const Outcome& o) { return o.deaths; })),
      static_cast<unsigned long long>(
          Median(reports_, [](const Outcome& o) { return o.partitions; })),
      static_cast<unsigned long long>(Median(reports_, [](const Outcome& o) { return o.acts; })),
      static_cast<std::size_t>(large), reports_.size());
  PrintMarks();
  std::printf("%zu runs, %zu failed\n", reports_.size(), failures_);
}

}  // namespace
}  // namespace aval::sim

int main(int argc, char** argv) {
  aval::sim::Arguments arguments;
  CLI::App app("Whole clusters in virtual time; the same seed and commit give the same run.");
  app.add_option("--seed", arguments.seed, "One run: a number, or a commit's 40 hex digits");
  app.add_option("--seeds", arguments.seeds, "So many runs, of seeds one after another");
  app.add_option("--from", arguments.from, "The first of them (1)");
  app.add_option("--minutes", arguments.minutes, "As many as begin in so many minutes");
  app.add_flag("--until-failure", arguments.until_failure, "Begins none after one that fails");
  app.add_option("--corpus", arguments.corpus, "First the seeds in this file, one a line");
  app.add_option("--until", arguments.until, "Ends each run after so many simulated seconds");
  app.add_option("--without", arguments.without, "Leaves out these kinds of fault")->delimiter(',');
  app.add_option("--seconds", arguments.seconds, "Of weather, instead of what the seed draws");
  app.add_option("--machine", arguments.machine, "chain or ledger, instead of what the seed draws")
      ->check(CLI::IsMember({"chain", "ledger"}));
  app.add_option("--jobs", arguments.jobs, "Runs at a time (one for each core)");
  app.add_option("--log", arguments.log, "With --seed: a line for each event goes to this file");
  app.add_flag("--brief", arguments.brief, "Of a failure only one line, and no log");
  app.add_flag("--minimise", arguments.minimise, "With --seed, when it fails: with how little");
  app.add_flag("--plan", arguments.plans, "With --seed: only says what it draws");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : aval::sim::kUsage;
  }
  return aval::sim::Simulations(arguments).Run();
}
