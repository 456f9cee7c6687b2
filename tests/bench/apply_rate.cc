#include "tests/bench/apply_rate.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "tests/bench/book_ledger.h"
#include "tests/bench/district_plan.h"
#include "tests/bench/measures.h"

namespace aval::bench {
namespace {

using Nanoseconds = std::chrono::nanoseconds;

constexpr std::size_t kBlockActs = 64;
constexpr std::uint32_t kTurn = 250;  // Purchases on one book before it is the other's turn.
constexpr std::uint32_t kEmptyDistricts = 60;  // Whose people buy on the empty book.

/// One of the two books, and what it has come to.
struct Side {
  std::string name;
  std::unique_ptr<BookLedger> ledger;
  PurchaseMix mix;
  ledger::Day today;
  std::uint64_t acts = 0;
  Nanoseconds wall{0};
  Nanoseconds processor{0};
  CountingEnv::Counts before{};
  std::uint64_t memory = 0;

  double Rate() const { return static_cast<double>(acts) / Seconds(wall); }
  static double Seconds(Nanoseconds time) { return std::chrono::duration<double>(time).count(); }
};

Result<void> TakeTurn(Side& side) {
  BookLedger::Acts acts;
  for (std::uint32_t i = 0; i < kTurn; ++i) {
    auto purchase = side.mix.Next(side.today);
    acts.insert(acts.end(), purchase.begin(), purchase.end());
  }
  const auto start = std::chrono::steady_clock::now();
  const Nanoseconds processor = ThreadTime();
  for (std::size_t at = 0; at < acts.size(); at += kBlockActs) {
    const auto begin = acts.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end =
        acts.begin() + static_cast<std::ptrdiff_t>(std::min(acts.size(), at + kBlockActs));
    AVAL_CHECK(side.ledger->Apply({begin, end}));
  }
  AVAL_CHECK(side.ledger->Flush());
  side.processor += ThreadTime() - processor;
  side.wall += std::chrono::steady_clock::now() - start;
  side.acts += acts.size();
  side.memory = std::max(side.memory, AnonymousMemory());
  return {};
}

// The caches have what the first turn has read; it does not count.
Result<void> WarmUp(Side& side) {
  AVAL_CHECK(TakeTurn(side));
  side.acts = 0;
  side.wall = side.processor = Nanoseconds(0);
  side.before = side.ledger->env().counts();
  return {};
}

Result<std::unique_ptr<BookLedger>> OpenEmpty(const ApplyRate& rate) {
  std::filesystem::remove_all(rate.empty);
  if (rate.kind == PurchaseMix::Kind::kNextPurchase) {
    AVAL_TRY(auto generator, BookGenerator::Make({.seed = rate.people.seed, .districts = 1}));
    AVAL_CHECK(InstallBook(rate.empty, generator, nullptr));
    return BookLedger::Open(rate.empty);
  }
  AVAL_TRY(auto ledger, BookLedger::Open(rate.empty));
  for (std::uint32_t district = 0; district < kEmptyDistricts; ++district) {
    AVAL_CHECK(ledger->Apply(PeopleWithoutCredit({.seed = rate.people.seed}, district)));
  }
  AVAL_CHECK(ledger->Flush());
  return ledger;
}

std::string Lines(const Side& side) {
  const CountingEnv::Counts now = side.ledger->env().counts();
  const auto per_act = [&side](std::uint64_t count) {
    return static_cast<double>(count) / static_cast<double>(side.acts);
  };
  return "  " + side.name + ": " + std::to_string(side.acts) + " acts, " + Fixed(side.Rate(), 0) +
         " acts/s; processor " + Fixed(per_act(side.processor.count()) / 1e3, 1) + " of " +
         Fixed(per_act(side.wall.count()) / 1e3, 1) + " us an act; " +
         Fixed(per_act(now.block_reads - side.before.block_reads), 2) + " blocks read and " +
         Fixed(per_act(now.table_opens - side.before.table_opens), 2) +
         " files opened an act; RssAnon at most " + MegaBytes(side.memory) + " MB\n";
}

}  // namespace

Result<std::string> MeasureApplyRate(const ApplyRate& rate) {
  const bool new_credit = rate.kind == PurchaseMix::Kind::kNewCredit;
  // The full book first, alone, for its memory.
  AVAL_TRY(auto full_ledger, BookLedger::Open(rate.full));
  Side full{.name = "full book",
            .ledger = std::move(full_ledger),
            .mix = PurchaseMix(rate.kind, rate.people, new_credit ? 0 : 500'000),
            .today = kBookDay};
  AVAL_CHECK(WarmUp(full));
  AVAL_TRY(auto empty_ledger, OpenEmpty(rate));
  Side empty{
      .name = new_credit ? "empty book" : "one district",
      .ledger = std::move(empty_ledger),
      .mix = PurchaseMix(
          rate.kind, {.seed = rate.people.seed, .districts = new_credit ? kEmptyDistricts : 1}, 0),
      .today = new_credit ? ledger::kFirstDay : kBookDay};
  AVAL_CHECK(WarmUp(empty));
  for (std::uint32_t done = 0; done < rate.purchases; done += kTurn) {
    AVAL_CHECK(TakeTurn(full));
    AVAL_CHECK(TakeTurn(empty));
  }
  return (new_credit ? std::string("apply, purchases by new credit\n")
                     : std::string("apply, next purchases and repayments of old loans\n")) +
         Lines(empty) + Lines(full) + "  ratio " + Fixed(full.Rate() / empty.Rate(), 2) + "\n";
}

}  // namespace aval::bench
