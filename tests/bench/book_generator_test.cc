#include "tests/bench/book_generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/act.h"
#include "ledger/machine.h"
#include "ledger/record/calendar.h"
#include "ledger/record/codec.h"
#include "ledger/record/loans.h"
#include "ledger/state/overlay.h"
#include "ledger/state/store.h"
#include "tests/bench/book_audit.h"
#include "tests/bench/district.h"
#include "tests/bench/record_places.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/rules/invariants.h"

namespace aval::bench {
namespace {

using ledger::Table;
using Pairs = std::vector<std::pair<Bytes, Bytes>>;

Pairs All(const ledger::Reader& state) {
  Pairs pairs;
  EXPECT_TRUE(state.Scan({}, {}, [&pairs](ByteView key, ByteView value) {
    pairs.emplace_back(CopyBytes(key), CopyBytes(value));
    return true;
  }));
  return pairs;
}

std::unique_ptr<ledger::MemoryStore> Generate(const BookGenerator::Options& options) {
  auto store = std::make_unique<ledger::MemoryStore>();
  auto generator = BookGenerator::Make(options);
  EXPECT_TRUE(generator) << generator.error().message;
  const auto written = generator->Write(*store);
  EXPECT_TRUE(written) << written.error().message;
  return store;
}

// What the districts' acts write when a machine applies them all.
std::unique_ptr<ledger::MemoryStore> Apply(std::uint64_t seed, std::uint32_t count) {
  auto store = std::make_unique<ledger::MemoryStore>();
  ledger::Machine machine(store.get(), {});
  EXPECT_TRUE(machine.Begin(BookGenesis()));
  std::vector<District> districts;
  for (std::uint32_t n = 0; n < count; ++n) districts.emplace_back(BookNames(seed, n));
  RunDistricts(districts, machine, *store, [](std::uint64_t) {});
  return store;
}

bool IsIdentity(std::string_view field) {
  return field == "identity" || field == "proposal" || field == "acceptance";
}

void Blank(const std::vector<Place>& places, Bytes& bytes) {
  for (const Place& place : places) {
    const bool number = place.name == "sequence" || place.name.ends_with("leaf");
    if (!number && !IsIdentity(place.name)) continue;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(place.offset);
    std::fill_n(begin, number ? 8 : 32, std::uint8_t{0});
  }
}

// Without what hangs on the order in which districts act, and on the bytes of their acts.
Pairs WithoutOrder(Pairs pairs) {
  for (auto& [key, value] : pairs) {
    const auto places = PlacesOf(key, value);
    EXPECT_TRUE(places) << places.error().message << " at " << ToHex(key);
    Blank(places->in_key, key);
    Blank(places->in_value, value);
  }
  std::ranges::sort(pairs);
  return pairs;
}

std::map<Table, std::size_t> Counts(const Pairs& pairs) {
  std::map<Table, std::size_t> counts;
  for (const auto& [key, value] : pairs) ++counts[static_cast<Table>(key.front())];
  return counts;
}

// The first few records that one has and the other has not.
std::vector<std::string> Differences(const Pairs& a, const Pairs& b) {
  Pairs differing;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(differing));
  std::vector<std::string> texts;
  for (const auto& [key, value] : differing) {
    texts.push_back(ToHex(key) + " " + ToHex(value));
    if (texts.size() == 6) break;
  }
  return texts;
}

TEST(BookGeneratorTest, TheBookOfOneDistrictIsWhatTheMachineLeft) {
  EXPECT_THAT(Differences(All(*Generate({.seed = 7, .districts = 1})), All(*Apply(7, 1))),
              testing::IsEmpty());
}

TEST(BookGeneratorTest, TheBookOfThreeIsWhatTheirActsWriteButForTheirOrder) {
  EXPECT_THAT(Differences(WithoutOrder(All(*Generate({.seed = 7, .districts = 3}))),
                          WithoutOrder(All(*Apply(7, 3)))),
              testing::IsEmpty());
}

TEST(BookGeneratorTest, TheSameSeedGivesTheSameBookInBatchesOfAnySize) {
  const Pairs pairs = All(*Generate({.seed = 1, .districts = 2}));
  EXPECT_TRUE(All(*Generate({.seed = 1, .districts = 2, .batch_bytes = 1'000})) == pairs);
  EXPECT_FALSE(All(*Generate({.seed = 2, .districts = 2})) == pairs);
}

TEST(BookGeneratorTest, EveryInvariantHolds) {
  const auto store = Generate({.districts = 3});
  EXPECT_THAT(ledger::rules::BrokenInvariants(ledger::Overlay(store.get())), testing::IsEmpty());
}

TEST(BookGeneratorTest, ADistrictHasWhatItsPlanSays) {
  const auto counts = Counts(All(*Generate({.districts = 2})));
  EXPECT_EQ(counts.at(Table::kParticipant), 2 * kPersons);
  EXPECT_EQ(counts.at(Table::kLoan), 2 * kLoans);
  EXPECT_EQ(counts.at(Table::kInstalment), 2 * kInstalments);
  for (const Table table : {Table::kAgreement, Table::kMandate, Table::kBill, Table::kRefund,
                            Table::kDispute, Table::kRecourseClaim, Table::kReservationOf}) {
    EXPECT_TRUE(counts.contains(table)) << static_cast<int>(table);
  }
}

TEST(BookGeneratorTest, TheAuditFindsNothingBrokenAndABrokenSum) {
  const auto store = Generate({.districts = 2});
  const auto sound = AuditBook(*store);
  ASSERT_TRUE(sound);
  EXPECT_THAT(sound->broken, testing::IsEmpty());
  EXPECT_EQ(sound->tables.at(Table::kLoan).records, 2 * kLoans);

  const ledger::Overlay state(store.get());
  auto loan = state.List<ledger::Loan>({}, 1).front();
  ++loan.second.lenders.front().outstanding.minor;
  ASSERT_TRUE(store->Apply(
      {{ledger::EncodeKey<ledger::Loan>(loan.first), ledger::EncodeValue(loan.second)}}));
  const auto wrong = AuditBook(*store);
  ASSERT_TRUE(wrong);
  EXPECT_THAT(wrong->broken, testing::Not(testing::IsEmpty()));
}

class GeneratedBook : public testing::Test {
 protected:
  GeneratedBook() : generator_(*BookGenerator::Make({.districts = kDistricts})) {
    EXPECT_TRUE(generator_.Write(store_));
    machine_.emplace(&store_, generator_.tail());
  }

  ledger::Verdict Apply(const Envelope& envelope) {
    const ledger::Preparation preparation = ledger::Prepare(envelope, ledger::kTestOrigin);
    const auto answer = machine_->Apply(*preparation.act, generator_.tail().time_ms, leaves_);
    EXPECT_TRUE(answer);
    return answer->verdict;
  }
  // Works off all that is due; the number of items.
  std::size_t Sweep() {
    std::size_t items = 0;
    while (*machine_->HasDueItems()) {
      const std::size_t before = Items();
      EXPECT_TRUE(machine_->Sweep(generator_.tail().time_ms, leaves_));
      items += before - Items();
    }
    return items;
  }
  std::vector<std::string> Broken() const {
    return ledger::rules::BrokenInvariants(machine_->state());
  }

  static constexpr std::uint32_t kDistricts = 2;
  BookGenerator generator_;
  ledger::MemoryStore store_;
  std::optional<ledger::Machine> machine_;
  std::vector<ledger::Leaf> leaves_;

 private:
  std::size_t Items() const {
    std::size_t due = 0;
    for (const auto& [key, item] : machine_->state().List<ledger::CalendarItem>({}, SIZE_MAX)) {
      due += key.queue == ledger::Queue::kInstalment && key.day <= *machine_->Today() ? 1 : 0;
    }
    return due;
  }
};

TEST_F(GeneratedBook, HasNothingDueUntilTheNextDay) {
  EXPECT_EQ(machine_->Today()->number, kBookDay.number);
  EXPECT_FALSE(*machine_->HasDueItems());
  ASSERT_EQ(Apply(ledger::DayRollAct(kBookDay.Plus(1))), ledger::Verdict::kAccepted);
  EXPECT_EQ(Sweep(), kDistricts * kDueNextDay);
  EXPECT_THAT(Broken(), testing::IsEmpty());
}

TEST_F(GeneratedBook, GoesOnWithActsOfItsPeople) {
  for (std::uint32_t district = 0; district < kDistricts; ++district) {
    DistrictActs acts(generator_.NamesOf(district), kLaterNonces);
    acts.set_today(kBookDay);
    const DistrictActs::Order order{.purchase = 3000,
                                    .grant = 50,
                                    .person = 50,
                                    .amount = {60'000},
                                    .first_due = kBookDay.Plus(30)};
    EXPECT_EQ(Apply(acts.Authorise(order)), ledger::Verdict::kAccepted);
    EXPECT_EQ(Apply(acts.Capture(order)), ledger::Verdict::kAccepted);
    EXPECT_EQ(Apply(acts.Deliver(order, 0)), ledger::Verdict::kAccepted);
    EXPECT_EQ(Apply(acts.Repay({.repayment = 3000, .loan = 3000, .amount = {10'000}})),
              ledger::Verdict::kAccepted);
  }
  EXPECT_THAT(Broken(), testing::IsEmpty());
}

}  // namespace
}  // namespace aval::bench
