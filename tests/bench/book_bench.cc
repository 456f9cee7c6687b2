// A node's state at the size that the project plans for: how large it is, how fast a node restarts
// on it and applies acts, and what a day costs on which much is due. Each step is a process of its
// own, so that none finds what another has left in memory; scripts/book_bench.sh runs them all.

#include <CLI/CLI.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "base/disk.h"
#include "ledger/snapshot/paths.h"
#include "ledger/state/leveldb_store.h"
#include "node/state_options.h"
#include "tests/bench/apply_rate.h"
#include "tests/bench/book_audit.h"
#include "tests/bench/book_disk.h"
#include "tests/bench/book_ledger.h"
#include "tests/bench/day_roll.h"
#include "tests/bench/district_plan.h"
#include "tests/bench/measures.h"

namespace aval::bench {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr double kFullDistricts = 5'000;  // 500,000 participants, 2 million loans.
constexpr std::uint64_t kSeed = 1;

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// The book's size is beside it.
Result<PurchaseMix::People> PeopleOf(const fs::path& directory) {
  std::ifstream file(directory / "districts");
  PurchaseMix::People people{.seed = kSeed, .districts = 0};
  file >> people.districts;
  if (people.districts > 0) return people;
  return Error{.code = Code::kNotFound, .message = "no book in " + directory.string()};
}

fs::path BookIn(const fs::path& directory) { return directory / "book"; }

Result<std::string> Generate(const fs::path& directory, double scale) {
  const auto districts =
      static_cast<std::uint32_t>(std::max(1.0, std::round(scale * kFullDistricts)));
  fs::remove_all(BookIn(directory));
  fs::create_directories(directory);
  const auto start = SteadyClock::now();
  AVAL_TRY(auto generator, BookGenerator::Make({.seed = kSeed, .districts = districts}));
  AVAL_CHECK(InstallBook(BookIn(directory), generator, [](std::uint64_t done, std::uint64_t all) {
    if (done % (1U << 20U) != 0) return;
    std::fprintf(stderr, "\r%3.0f %%",
                 100.0 * static_cast<double>(done) / static_cast<double>(all));
  }));
  std::fprintf(stderr, "\r     \r");
  std::ofstream(directory / "districts") << districts << "\n";
  return "book: " + std::to_string(districts) + " districts, " +
         std::to_string(districts * kPersons) + " participants, " +
         std::to_string(districts * kLoans) + " loans, " +
         std::to_string(std::uint64_t{districts} * kInstalments) + " instalments, written in " +
         Fixed(SecondsSince(start), 0) + " s\n";
}

// Everything that hangs on one loan, or on one instalment.
bool IsOfInstalments(ledger::Table table) {
  return table == ledger::Table::kInstalment || table == ledger::Table::kCalendar;
}
bool IsOfLoans(ledger::Table table) {
  return table == ledger::Table::kLoan || table == ledger::Table::kPurchase ||
         table == ledger::Table::kAccount || table == ledger::Table::kObligation ||
         table == ledger::Table::kBill || table == ledger::Table::kRepayment;
}

Result<std::string> Measure(const fs::path& directory, bool compact) {
  const fs::path state = BookIn(directory) / ledger::kStateDirectory;
  AVAL_TRY(const auto on_disk, TablesOnDisk(state, compact));
  BookAudit audit;
  const auto start = SteadyClock::now();
  {
    PosixDisk disk;
    AVAL_TRY(const auto store, ledger::LevelDbStore::Open(disk, state, node::StateOptions()));
    AVAL_TRY(audit, AuditBook(*store));
  }
  std::string text = "audit: every record read in " + Fixed(SecondsSince(start), 0) + " s; " +
                     (audit.broken.empty() ? "every invariant holds\n" : "BROKEN:\n");
  for (const std::string& sentence : audit.broken) text += "  " + sentence + "\n";
  text += "  due on the next day: " + std::to_string(audit.due_next_day) + " instalments\n";
  text += "table    records   bytes each  on disk each   MB on disk\n";
  BookAudit::Records all;
  std::uint64_t all_on_disk = 0;
  double loan[2] = {};
  double instalment[2] = {};
  for (const auto& [table, records] : audit.tables) {
    const auto found = on_disk.find(table);
    const std::uint64_t disk = found == on_disk.end() ? 0 : found->second;
    const auto count = static_cast<double>(records.records);
    char line[128];
    std::snprintf(line, sizeof(line), "0x%02x %12llu %11.1f %13.1f %12s\n",
                  static_cast<unsigned>(table), static_cast<unsigned long long>(records.records),
                  static_cast<double>(records.bytes) / count, static_cast<double>(disk) / count,
                  MegaBytes(disk).c_str());
    text += line;
    all.records += records.records;
    all.bytes += records.bytes;
    all_on_disk += disk;
    if (!IsOfLoans(table) && !IsOfInstalments(table)) continue;
    double(&sum)[2] = IsOfLoans(table) ? loan : instalment;
    sum[0] += static_cast<double>(records.bytes);
    sum[1] += static_cast<double>(disk);
  }
  const auto loans = static_cast<double>(audit.tables[ledger::Table::kLoan].records);
  const auto instalments = static_cast<double>(audit.tables[ledger::Table::kInstalment].records);
  return text + "in all " + std::to_string(all.records) + " records, " + MegaBytes(all.bytes) +
         " MB as encoded, " + MegaBytes(all_on_disk) + " MB in tables, " +
         MegaBytes(BytesOnDisk(state)) + " MB of files\nan instalment, with its calendar item: " +
         Fixed(instalment[0] / instalments, 0) + " bytes, " +
         Fixed(instalment[1] / instalments, 0) +
         " on disk\na loan, with its purchase, accounts, obligations, bills and repayments: " +
         Fixed(loan[0] / loans, 0) + " bytes, " + Fixed(loan[1] / loans, 0) + " on disk\n";
}

Result<std::string> Restart(const fs::path& book, bool cold) {
  if (cold) ForgetFiles(book);
  const auto start = SteadyClock::now();
  AVAL_TRY(const auto ledger, BookLedger::Open(book));
  const double opened = SecondsSince(start);
  AVAL_TRY(const bool due, ledger->HasDueItems());
  return std::string("restart, ") + (cold ? "files forgotten: " : "files in memory: ") +
         Fixed(1e3 * opened, 0) + " ms to a readable state of " + std::to_string(ledger->size()) +
         " leaves" + (due ? ", with items due" : "") + "; RssAnon " + MegaBytes(AnonymousMemory()) +
         " MB\n";
}

Result<std::string> Apply(const fs::path& directory, PurchaseMix::Kind kind,
                          std::uint32_t purchases) {
  AVAL_TRY(const PurchaseMix::People people, PeopleOf(directory));
  const fs::path full = directory / "run";
  AVAL_CHECK(CloneBook(BookIn(directory), full));
  return MeasureApplyRate({.kind = kind,
                           .full = full,
                           .people = people,
                           .empty = directory / "empty",
                           .purchases = purchases});
}

Result<std::string> Roll(const fs::path& directory, DayRoll roll) {
  AVAL_TRY(roll.people, PeopleOf(directory));
  roll.directory = directory / "run";
  AVAL_CHECK(CloneBook(BookIn(directory), roll.directory));
  return MeasureDayRoll(roll);
}

int Report(const Result<std::string>& text) {
  if (text) {
    std::cout << *text << std::flush;
    return 0;
  }
  std::cerr << "book_bench: " << text.error().message << "\n";
  return 1;
}

int Main(int argc, char** argv) {
  CLI::App app("Measures a node's state of 500,000 participants; see tests/bench/README.md");
  app.require_subcommand(1);
  std::string directory = "book-data";
  app.add_option("--directory", directory, "where the books lie")->capture_default_str();

  double scale = 1;
  auto* generate = app.add_subcommand("generate", "write the book");
  generate->add_option("--scale", scale, "of 500,000 participants")->check(CLI::PositiveNumber);
  bool compact = false;
  auto* size = app.add_subcommand("size", "audit the book, and say what its tables take");
  size->add_flag("--compact", compact, "rewrite all tables first");
  bool cold = false;
  bool after = false;
  auto* restart = app.add_subcommand("restart", "open it as a node does");
  restart->add_flag("--cold", cold, "make the system forget its files first");
  restart->add_flag("--after-run", after, "as the last apply or roll has left it");
  bool next = false;
  std::uint32_t purchases = 6'000;
  auto* apply = app.add_subcommand("apply", "apply purchases to it and to an empty one");
  apply->add_flag("--next-purchases", next, "by people who have loans, who also repay");
  apply->add_option("--purchases", purchases, "on each book")->capture_default_str();
  DayRoll roll;
  int most_seconds = 600;
  auto* day = app.add_subcommand("roll", "begin the day on which much is due");
  day->add_option("--rate", roll.rate, "acts a second beside it")->check(CLI::PositiveNumber);
  day->add_option("--seconds", most_seconds, "at most")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  if (generate->parsed()) return Report(Generate(directory, scale));
  if (size->parsed()) return Report(Measure(directory, compact));
  if (restart->parsed()) {
    return Report(Restart(after ? fs::path(directory) / "run" : BookIn(directory), cold));
  }
  if (apply->parsed()) {
    return Report(Apply(directory,
                        next ? PurchaseMix::Kind::kNextPurchase : PurchaseMix::Kind::kNewCredit,
                        purchases));
  }
  roll.most = std::chrono::seconds(most_seconds);
  return Report(Roll(directory, roll));
}

}  // namespace
}  // namespace aval::bench

int main(int argc, char** argv) { return aval::bench::Main(argc, argv); }
