#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ledger/arithmetic/computed.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// The components of an instalment, in the order in which money pays them.
struct Components {
  Amount cost{};
  Amount penalty{};
  Amount fee{};
  Amount interest{};
  Amount principal{};
  friend bool operator==(const Components&, const Components&) = default;
};

/// What is paid before what (A11).
struct WaterfallOrder {
  enum class Scan : std::uint8_t {
    kByInstalment,  // All of one instalment, then the next.
    kByComponent,   // One component of all instalments, then the next component.
  };
  Scan scan = Scan::kByInstalment;
  bool principal_first = false;
};

/// True when the loan's DPD is above the policy's: principal before charges from then on.
constexpr bool PrincipalFirst(std::int64_t days_past_due, std::uint32_t switch_dpd) {
  return days_past_due > switch_dpd;
}

struct Allocation {
  std::vector<Components> paid{};  // One for each instalment; never above what is unpaid.
  Amount unapplied{};              // paid + unapplied = payment.
};

/// Divides a payment over what is unpaid, oldest instalment first. kOperand for a negative number.
Computed<Allocation> Waterfall(Amount payment, std::span<const Components> unpaid,
                               WaterfallOrder order);

}  // namespace aval::ledger::arithmetic
