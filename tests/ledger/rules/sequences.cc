// Draws sequences of acts, valid and not, by any parties, until there are so many, and judges each
// as debts_property_test.cc does: every invariant after every act and every day's work, and the
// same state when all is done again and swept in other chunks. That test draws a few hundred and
// shrinks what fails; this one draws millions, and a failure names the seed that repeats it.

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ledger/verdict.h"
#include "tests/ledger/rules/author.h"
#include "tests/ledger/rules/replays.h"

namespace aval::ledger::rules {
namespace {

constexpr int kStepsMost = 120;

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  template <class T>
  T Below(T bound) {
    return static_cast<T>(random_() % static_cast<std::uint64_t>(bound));
  }
  template <class T, std::size_t N>
  T From(const std::array<T, N>& choices) {
    return choices.at(Below(N));
  }

  Terms AnyTerms() {
    using arithmetic::EarlyCharges;
    Terms terms;
    terms.lead = From(std::array{0U, 3U, 10U, 40U});
    terms.grace = From(std::array{0U, 2U});
    terms.switch_dpd = From(std::array{3U, 90U});
    terms.all_unpaid = Below(2) == 1;
    terms.penalty_min = From(std::array<std::int64_t, 2>{0, 60});
    terms.agreements = From(std::array{1U, 2U, 16U});
    terms.guarantee_months = From(std::array{0U, 1U, 2U});
    terms.recourse_days = From(std::array{0U, 5U, 40U});
    terms.early.charges = From(std::array{EarlyCharges::kWaiveFuture, EarlyCharges::kCurrentOnly,
                                          EarlyCharges::kChargeRemaining});
    terms.early.prepay_ppm = From(std::array{0U, 1'000U, 5'000U});
    return terms;
  }

  // What makes debts and debits more often than the rest, that there is something to quarrel about.
  Step AnyStep() {
    constexpr std::array kOften{Wish::kBuy,   Wish::kRepay,  Wish::kPassDays,
                                Wish::kAgree, Wish::kDebit,  Wish::kAnswer,
                                Wish::kJoin,  Wish::kReview, Wish::kPassDays};
    Step step;
    step.wish = Below(2) == 0
                    ? From(kOften)
                    : static_cast<Wish>(Below(int{static_cast<std::uint8_t>(Wish::kPassDays)}));
    step.which = static_cast<std::uint8_t>(Below(256));
    step.how = static_cast<std::uint8_t>(Below(256));
    step.amount = static_cast<std::uint16_t>(Below(65'536));
    step.impostor = static_cast<std::uint8_t>(Below(8) == 0 ? Below(int{kImpostors}) : kImpostors);
    return step;
  }

 private:
  std::mt19937_64 random_;
};

struct Tally {
  std::uint64_t sequences = 0;
  std::uint64_t acts = 0;  // The second time they are done not counted.
  std::map<Verdict, std::uint64_t> verdicts;
};

void PlayOne(std::uint64_t seed, Tally& tally) {
  Draw draw(seed);
  const Terms terms = draw.AnyTerms();
  Author author(terms);
  const int steps = draw.Below(kStepsMost) + 1;
  for (int i = 0; i < steps; ++i) author.Write(draw.AnyStep());
  std::vector<std::uint8_t> chunks;
  for (int i = draw.Below(8); i > 0; --i)
    chunks.push_back(static_cast<std::uint8_t>(draw.Below(4)));

  Market again(kBorrowers);
  Agree(again, terms);
  EXPECT_EQ(Repeat(again, author.deeds(), chunks), author.verdicts());
  EXPECT_EQ(PictureOf(again), PictureOf(author.market()));
  ++tally.sequences;
  for (std::size_t i = 0; i < author.deeds().size(); ++i) {
    if (!author.deeds()[i].act) continue;
    ++tally.acts;
    ++tally.verdicts[author.verdicts()[i]];
  }
}

bool Failed() { return testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed(); }

void Print(const Tally& tally, std::chrono::steady_clock::duration time) {
  std::cout << tally.acts << " acts in " << tally.sequences << " sequences, "
            << std::chrono::duration_cast<std::chrono::seconds>(time).count() << " s\n";
  for (const auto& [verdict, count] : tally.verdicts) {
    std::cout << "  " << (verdict == Verdict::kAccepted ? "accepted" : VerdictCode(verdict)) << ' '
              << count << '\n';
  }
}

int Run(std::uint64_t seed, std::uint64_t acts) {
  const auto begin = std::chrono::steady_clock::now();
  Tally tally;
  while (tally.acts < acts) {
    PlayOne(seed + tally.sequences, tally);
    if (Failed()) {
      std::cout << "seed " << seed + tally.sequences - 1 << " FAILED\n";
      return 1;
    }
  }
  Print(tally, std::chrono::steady_clock::now() - begin);
  return 0;
}

}  // namespace
}  // namespace aval::ledger::rules

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  CLI::App app{"Draws sequences of acts and judges the credit book after each act."};
  std::uint64_t seed = 1;
  std::uint64_t acts = 20'000;
  app.add_option("--seed", seed, "The first sequence's; the next has the next.")
      ->capture_default_str();
  app.add_option("--acts", acts, "Ends with the sequence that reaches so many.")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return aval::ledger::rules::Run(seed, acts);
}
