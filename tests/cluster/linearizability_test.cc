#include "tests/cluster/linearizability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "tests/cluster/history.h"

namespace aval::cluster {
namespace {

using std::chrono::nanoseconds;
using ::testing::HasSubstr;

// All calls are of the key "g" unless a test says otherwise; its initial value is 0.
const InitialValues kInitially = {{"g", 0}};

using Span = std::pair<std::int64_t, std::int64_t>;  // From, to.

Call Write(std::uint32_t client, std::int64_t value, Span span, Outcome outcome = Outcome::kDone) {
  return {.client = client,
          .called = nanoseconds(span.first),
          .returned = nanoseconds(span.second),
          .operation = Operation::kWrite,
          .key = "g",
          .value = value,
          .outcome = outcome};
}

Call Read(std::uint32_t client, std::int64_t value, Span span, Outcome outcome = Outcome::kDone) {
  Call call = Write(client, value, span, outcome);
  call.operation = Operation::kRead;
  return call;
}

// The definition, by trying every order: an unknown write may be left out, bounds nothing by its
// return, and takes effect where it is put. For few calls of one key.
class EveryOrder {
 public:
  static bool Explains(const std::vector<Call>& calls, std::int64_t initial) {
    std::vector<Call> telling;
    for (const Call& call : calls) {
      const bool read = call.operation == Operation::kRead;
      if (read ? call.outcome == Outcome::kDone : call.outcome != Outcome::kRefused) {
        telling.push_back(call);
      }
    }
    return EveryOrder(std::move(telling)).Completes(initial);
  }

 private:
  explicit EveryOrder(std::vector<Call> calls)
      : calls_(std::move(calls)), placed_(calls_.size(), false) {}

  // Whether one of the calls not yet placed must be, and returned before `time`.
  bool MissedBefore(nanoseconds time) const {
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (placed_[i] || calls_[i].outcome == Outcome::kUnknown) continue;
      if (calls_[i].returned < time) return true;
    }
    return false;
  }

  bool Completes(std::int64_t value) {
    if (!MissedBefore(nanoseconds::max())) return true;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      const Call& next = calls_[i];
      if (placed_[i] || MissedBefore(next.called)) continue;
      if (next.operation == Operation::kRead && next.value != value) continue;
      placed_[i] = true;
      const bool completes = Completes(next.value);
      placed_[i] = false;
      if (completes) return true;
    }
    return false;
  }

  const std::vector<Call> calls_;
  std::vector<bool> placed_;
};

void ExpectLinearisable(const std::vector<Call>& calls) {
  const auto violations = CheckLinearizability(calls, kInitially);
  ASSERT_TRUE(violations) << violations.error().message;
  EXPECT_TRUE(violations->empty()) << violations->front().text;
  EXPECT_TRUE(EveryOrder::Explains(calls, 0));
}

void ExpectViolation(const std::vector<Call>& calls, const std::string& text) {
  const auto violations = CheckLinearizability(calls, kInitially);
  ASSERT_TRUE(violations) << violations.error().message;
  EXPECT_EQ(*violations, (std::vector<Violation>{{.key = "g", .text = text}}));
  EXPECT_FALSE(EveryOrder::Explains(calls, 0));
}

TEST(LinearizabilityTest, FindsTheInitialValueAfterAnAcknowledgedWrite) {
  ExpectViolation({Write(1, 5, {0, 10}), Read(2, 0, {11, 20})},
                  "key g: 0 and 5 must each stand before the other: 0 is the initial value, but "
                  "client 1 wrote 5 [0, 10] before client 2 read 0 [11, 20]");
}

TEST(LinearizabilityTest, FindsAStaleReadAfterAnAcknowledgedWrite) {
  ExpectViolation(
      {Write(1, 5, {0, 10}), Write(1, 7, {20, 30}), Read(2, 5, {31, 40})},
      "key g: 5 and 7 must each stand before the other: client 1 wrote 5 [0, 10] before "
      "client 1 wrote 7 [20, 30], but client 1 wrote 7 [20, 30] before client 2 read 5 [31, 40]");
}

// Nobody saw 7 while it was concurrent with 5; that it was acknowledged is enough.
TEST(LinearizabilityTest, FindsALostAcknowledgedWrite) {
  ExpectViolation(
      {Write(1, 5, {0, 50}), Read(2, 5, {5, 10}), Write(3, 7, {20, 30}), Read(2, 5, {40, 60})},
      "key g: 5 and 7 must each stand before the other: client 2 read 5 [5, 10] before "
      "client 3 wrote 7 [20, 30], but client 3 wrote 7 [20, 30] before client 2 read 5 [40, 60]");
}

TEST(LinearizabilityTest, FindsAValueThatNobodyWrote) {
  ExpectViolation({Write(1, 5, {0, 10}), Read(2, 6, {0, 10})},
                  "key g: client 2 read 6 [0, 10], which nobody wrote");
}

TEST(LinearizabilityTest, FindsARefusedWriteThatIsRead) {
  ExpectViolation(
      {Write(1, 5, {0, 10}, Outcome::kRefused), Read(2, 5, {20, 30})},
      "key g: client 2 read 5 [20, 30], which was refused when client 1 wrote 5 [0, 10]");
}

TEST(LinearizabilityTest, FindsAReadFromTheFuture) {
  ExpectViolation({Read(2, 5, {0, 10}), Write(1, 5, {11, 20})},
                  "key g: client 2 read 5 [0, 10] before client 1 wrote 5 [11, 20]");
}

TEST(LinearizabilityTest, FindsAReadFromTheFutureOfAnUnknownWrite) {
  ExpectViolation({Read(2, 5, {0, 10}), Write(1, 5, {11, 20}, Outcome::kUnknown)},
                  "key g: client 2 read 5 [0, 10] before client 1 wrote 5 [11, ?]");
}

TEST(LinearizabilityTest, FindsTwoReadsInTheWrongOrder) {
  ExpectViolation({Write(1, 5, {0, 100}), Read(2, 5, {10, 20}), Read(2, 0, {30, 40})},
                  "key g: 0 and 5 must each stand before the other: 0 is the initial value, but "
                  "client 2 read 5 [10, 20] before client 2 read 0 [30, 40]");
}

TEST(LinearizabilityTest, FindsAValueThatComesBack) {
  ExpectViolation(
      {Write(1, 5, {0, 100}), Write(2, 7, {0, 100}), Read(3, 5, {10, 20}), Read(3, 7, {30, 40}),
       Read(3, 5, {50, 60})},
      "key g: 5 and 7 must each stand before the other: client 3 read 5 [10, 20] before "
      "client 3 read 7 [30, 40], but client 3 read 7 [30, 40] before client 3 read 5 [50, 60]");
}

TEST(LinearizabilityTest, FindsTwoObserversWhoDisagreeOnTheOrder) {
  ExpectViolation(
      {Write(1, 5, {0, 100}), Write(2, 7, {0, 100}), Read(3, 5, {10, 20}), Read(3, 7, {30, 40}),
       Read(4, 7, {11, 21}), Read(4, 5, {31, 41})},
      "key g: 5 and 7 must each stand before the other: client 3 read 5 [10, 20] before "
      "client 3 read 7 [30, 40], but client 4 read 7 [11, 21] before client 4 read 5 [31, 41]");
}

TEST(LinearizabilityTest, FindsAnUnknownWriteThatIsUndone) {
  ExpectViolation(
      {Write(1, 5, {0, 10}, Outcome::kUnknown), Read(2, 5, {20, 30}), Write(3, 7, {40, 50}),
       Read(2, 5, {60, 70})},
      "key g: 5 and 7 must each stand before the other: client 2 read 5 [20, 30] before "
      "client 3 wrote 7 [40, 50], but client 3 wrote 7 [40, 50] before client 2 read 5 [60, 70]");
}

TEST(LinearizabilityTest, ToleratesAnUnknownWriteThatIsSeenLate) {
  ExpectLinearisable({Write(1, 5, {0, 10}, Outcome::kUnknown), Read(2, 0, {20, 30}),
                      Write(3, 7, {40, 50}), Read(2, 7, {60, 70}), Read(2, 5, {80, 90})});
}

TEST(LinearizabilityTest, ToleratesAnUnknownWriteThatIsNeverSeen) {
  ExpectLinearisable(
      {Write(1, 5, {0, 10}, Outcome::kUnknown), Read(2, 0, {20, 30}), Read(2, 0, {40, 50})});
}

TEST(LinearizabilityTest, ToleratesConcurrentReadsThatDiffer) {
  ExpectLinearisable({Write(1, 5, {0, 100}), Read(2, 5, {10, 50}), Read(3, 0, {50, 90})});
}

TEST(LinearizabilityTest, ToleratesConcurrentWritesInEitherOrder) {
  for (const std::int64_t last : {5, 7}) {
    ExpectLinearisable({Write(1, 5, {0, 10}), Write(2, 7, {10, 20}), Read(3, last, {30, 40})});
  }
}

TEST(LinearizabilityTest, ToleratesAReadOfAWriteThatIsUnderWay) {
  ExpectLinearisable({Read(2, 5, {0, 10}), Write(1, 5, {10, 20})});
}

// 5 is needed until the very instant from which 7 is proven.
TEST(LinearizabilityTest, ToleratesForwardZonesThatTouch) {
  ExpectLinearisable(
      {Write(1, 5, {0, 10}), Write(2, 7, {15, 20}), Read(3, 5, {20, 30}), Read(4, 7, {25, 30})});
}

TEST(LinearizabilityTest, ToleratesABackwardZoneOfOneInstantWhereAForwardOneBegins) {
  ExpectLinearisable({Write(1, 5, {0, 10}), Write(2, 7, {10, 10}), Read(3, 5, {20, 30})});
}

TEST(LinearizabilityTest, HoldsAcknowledgedWritesThatNobodyReadInTheirPlace) {
  ExpectLinearisable({Write(1, 5, {0, 10}), Write(1, 7, {20, 30}), Write(1, 9, {40, 50}),
                      Read(2, 5, {0, 25}), Read(2, 9, {60, 70})});
}

TEST(LinearizabilityTest, LetsReadsThatFailedOrWereGivenUpSayNothing) {
  ExpectLinearisable({Write(1, 5, {0, 10}), Read(2, 0, {20, 30}, Outcome::kRefused),
                      Read(3, 99, {20, 30}, Outcome::kUnknown)});
}

TEST(LinearizabilityTest, LetsAValueBeWrittenAgainAfterItWasRefused) {
  ExpectLinearisable({Write(1, 5, {0, 10}, Outcome::kRefused), Read(2, 0, {11, 15}),
                      Write(1, 5, {20, 30}), Read(2, 5, {40, 50})});
}

TEST(LinearizabilityTest, JudgesEachKeyApart) {
  Call of_h = Write(1, 5, {20, 30});
  of_h.key = "h";
  Call stale = Read(1, 9, {40, 50});
  stale.key = "h";
  Call of_i = Read(1, 1, {0, 10});
  of_i.key = "i";
  const std::vector<Call> calls = {of_i, stale, Write(1, 5, {0, 10}), of_h, Read(1, 5, {60, 70})};
  const auto violations = CheckLinearizability(calls, {{"g", 0}, {"h", 9}, {"i", 0}, {"j", 0}});
  ASSERT_TRUE(violations) << violations.error().message;
  ASSERT_EQ(violations->size(), 2U);
  EXPECT_EQ(violations->at(0).key, "h");
  EXPECT_THAT(violations->at(0).text, HasSubstr("key h: 9 and 5 must each stand before"));
  EXPECT_EQ(violations->at(1).key, "i");
  EXPECT_THAT(violations->at(1).text, HasSubstr("client 1 read 1 [0, 10], which nobody wrote"));
}

TEST(LinearizabilityTest, RefusesHistoriesThatItCannotJudge) {
  const Call write = Write(1, 5, {0, 10});
  const Call backwards = Write(1, 5, {10, 9});
  const std::vector<std::tuple<std::vector<Call>, InitialValues, std::string>> cases = {
      {{write}, {{"h", 0}}, "key g: no initial value"},
      {{write}, {{"g", 5}}, "key g: client 1 wrote 5 [0, 10], and the same value is the initial"},
      {{Write(2, 5, {20, 30}, Outcome::kUnknown), write},
       kInitially,
       "key g: client 1 wrote 5 [0, 10], and the same value is there: client 2 wrote 5 [20, ?]"},
      {{backwards}, kInitially, "key g: client 1 wrote 5 [10, 9], times out of order"},
  };
  for (const auto& [calls, initial_values, why] : cases) {
    const auto violations = CheckLinearizability(calls, initial_values);
    ASSERT_FALSE(violations) << why;
    EXPECT_EQ(violations.error().code, Code::kInvalidArgument);
    EXPECT_THAT(violations.error().message, HasSubstr(why));
  }
}

struct Shape {
  std::size_t calls = 0;
  std::uint32_t clients = 0;
  std::uint64_t longest = 0;  // A call, and a client's wait between two.
};

// What clients of a register see: every client has one call under way, which takes effect at some
// instant of it; that of an unknown one, also later or never. Values are 1, 2, ... in an order that
// is not that of time.
class RandomRegister {
 public:
  RandomRegister(SeededRandom& random, Shape shape) : random_(random) {
    std::vector<std::int64_t> free_at(shape.clients, 0);
    for (std::size_t i = 0; i < shape.calls; ++i) Draw(shape, free_at);
    std::vector<std::int64_t> values(calls_.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int64_t>(i + 1);
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[Below(i)]);
    for (std::size_t i = 0; i < values.size(); ++i) calls_[i].value = values[i];
    Apply();
  }

  std::vector<Call>& calls() { return calls_; }

 private:
  std::uint64_t Below(std::uint64_t bound) { return random_.Below(bound); }
  std::int64_t UpTo(std::uint64_t most) { return static_cast<std::int64_t>(Below(most + 1)); }

  Outcome DrawTrouble() { return Below(3) == 0 ? Outcome::kRefused : Outcome::kUnknown; }

  void Draw(Shape shape, std::vector<std::int64_t>& free_at) {
    const auto client = static_cast<std::uint32_t>(Below(shape.clients));
    const std::int64_t called = free_at[client] + UpTo(shape.longest / 2);
    const std::int64_t returned = called + UpTo(shape.longest);
    free_at[client] = returned;
    const bool write = Below(5) < 2;
    const bool trouble = Below(write ? 2 : 8) == 0;
    const Outcome outcome = trouble ? DrawTrouble() : Outcome::kDone;
    calls_.push_back(write ? Write(client, 0, {called, returned}, outcome)
                           : Read(client, 0, {called, returned}, outcome));
    if (outcome == Outcome::kRefused) return;
    auto latest = static_cast<std::uint64_t>(returned - called);
    if (outcome == Outcome::kUnknown) {
      if (Below(2) == 0) return;
      latest = 4 * shape.longest;
    }
    const std::int64_t effect = called + UpTo(latest);
    effects_.emplace_back(effect, Below(1'000'000), calls_.size() - 1);
  }

  void Apply() {
    std::ranges::sort(effects_);
    std::int64_t value = 0;
    for (const auto& [time, tie, index] : effects_) {
      Call& call = calls_[index];
      if (call.operation == Operation::kWrite) {
        value = call.value;
      } else {
        call.value = value;
      }
    }
  }

  SeededRandom& random_;
  std::vector<Call> calls_;
  std::vector<std::tuple<std::int64_t, std::uint64_t, std::size_t>> effects_;
};

RC_GTEST_PROP(LinearizabilityTest, AgreesWithEveryOrderOfSmallHistories, ()) {
  constexpr std::uint64_t kHistories = 400;
  SeededRandom random(*rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>()));
  std::array<std::uint64_t, 2> verdicts{};
  for (std::uint64_t i = 0; i < kHistories; ++i) {
    RandomRegister source(random, {.calls = 2 + random.Below(5), .clients = 3, .longest = 8});
    std::vector<Call>& calls = source.calls();
    for (Call& call : calls) {
      if (call.operation != Operation::kRead || random.Below(3) != 0) continue;
      // Also of calls that are no write: a value that nobody wrote.
      call.value = static_cast<std::int64_t>(random.Below(calls.size() + 1));
    }
    const auto violations = CheckLinearizability(calls, kInitially);
    RC_ASSERT(violations.has_value());
    const bool expected = EveryOrder::Explains(calls, 0);
    if (violations->empty() != expected) RC_LOG() << FormatHistory(calls);
    RC_ASSERT(violations->empty() == expected);
    ++verdicts.at(expected ? 1 : 0);
  }
  // Both verdicts, or agreement would show little.
  RC_ASSERT(std::min(verdicts[0], verdicts[1]) > kHistories / 8);
}

TEST(LinearizabilityTest, JudgesALongHistoryOfManyClients) {
  SeededRandom random(1);
  RandomRegister source(random, {.calls = 60'000, .clients = 64, .longest = 1'000});
  std::vector<Call>& calls = source.calls();
  const auto sound = CheckLinearizability(calls, kInitially);
  ASSERT_TRUE(sound) << sound.error().message;
  EXPECT_TRUE(sound->empty()) << sound->front().text;

  // One read in the middle sees what was overwritten long before.
  const auto read = std::find_if(calls.begin() + 30'000, calls.end(), [](const Call& call) {
    return call.operation == Operation::kRead && call.outcome == Outcome::kDone;
  });
  ASSERT_NE(read, calls.end());
  read->value = 0;
  const auto stale = CheckLinearizability(calls, kInitially);
  ASSERT_TRUE(stale) << stale.error().message;
  ASSERT_EQ(stale->size(), 1U);
  EXPECT_THAT(stale->front().text, HasSubstr(Describe(*read)));
}

}  // namespace
}  // namespace aval::cluster
