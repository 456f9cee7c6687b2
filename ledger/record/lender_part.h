#pragma once

#include <cstdint>

#include "ledger/types.h"

namespace aval::ledger {

/// A lender's part of something, by component.
struct LenderAmounts {
  Amount cost;
  Amount penalty;
  Amount fee;
  Amount interest;
  Amount principal;
  Amount InAll() const {
    return {cost.minor + penalty.minor + fee.minor + interest.minor + principal.minor};
  }
  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("cost", r.cost);
    visit("penalty", r.penalty);
    visit("fee", r.fee);
    visit("interest", r.interest);
    visit("principal", r.principal);
  }
};

/// A lender's part of a loan. One that has written its part off has no receivable any more: what it
/// has lost, and its part of what is charged later, stands in `written_off` and in memo account
/// 9400 of the loan, and what is paid of it is a recovery.
struct LenderPart {
  PartyId lender;
  std::uint32_t share_ppm = 0;  // Frozen at drawdown (I12).
  Amount outstanding;           // Principal; equals bal(lender/1100/loan).
  Day gave_up{};                // The day of its write-off; 0: it has not.
  LenderAmounts written_off{};  // What it has given up and not got back.

  bool GaveUp() const { return gave_up != Day{}; }
  /// What the borrower owes it of the principal, in its books or not.
  Amount Owed() const { return {outstanding.minor + written_off.principal.minor}; }

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("lender", r.lender);
    visit("share_ppm", r.share_ppm);
    visit("outstanding", r.outstanding);
    visit("gave_up", r.gave_up);
    visit("written_off", r.written_off);
  }
};

}  // namespace aval::ledger
