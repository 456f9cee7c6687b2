#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/random.h"
#include "ledger/act.h"
#include "tests/bench/district_acts.h"

namespace aval::bench {

/// Purchases of people of a generated book, without end, each a few acts that are accepted in this
/// order on kBookDay or the day after; their signatures checked beforehand. Who buys is drawn from
/// all; no two purchases have a name in common.
/// Threads: one.
class PurchaseMix {
 public:
  enum class Kind : std::uint8_t {
    /// As `aval bench` has it: capacity attested, a grant proposed, decided by two lenders and
    /// activated, a purchase authorised, captured and delivered. Eight acts.
    kNewCredit,
    /// On the grant that there is, and something paid on an old loan. Four acts.
    kNextPurchase,
  };

  struct People {
    std::uint64_t seed = 1;  // The book's.
    std::uint32_t districts = 1;
  };
  /// `first` is the number of the first purchase: those of one book have one each.
  PurchaseMix(Kind kind, const People& people, std::uint32_t first);

  using Acts = std::vector<std::shared_ptr<ledger::PreparedAct>>;
  /// The next purchase's.
  Acts Next(ledger::Day today);
  /// How many have been made.
  std::uint32_t made() const { return number_ - first_; }

 private:
  void AddNewCredit(DistrictActs& acts, std::uint32_t person, std::vector<Envelope>& to);

  const Kind kind_;
  const People people_;
  const std::uint32_t first_;
  std::uint32_t number_;
  SeededRandom random_;
};

/// What PurchaseMix::Kind::kNewCredit needs, and nothing else: people and suppliers registered,
/// identities and scores attested; on the book's first day.
std::vector<std::shared_ptr<ledger::PreparedAct>> PeopleWithoutCredit(
    const PurchaseMix::People& people, std::uint32_t district);

}  // namespace aval::bench
