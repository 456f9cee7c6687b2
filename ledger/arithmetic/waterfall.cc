#include "ledger/arithmetic/waterfall.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace aval::ledger::arithmetic {

namespace {

using Component = Amount Components::*;

constexpr std::array<Component, 5> kChargesFirst{&Components::cost, &Components::penalty,
                                                 &Components::fee, &Components::interest,
                                                 &Components::principal};
constexpr std::array<Component, 5> kPrincipalFirst{&Components::principal, &Components::cost,
                                                   &Components::penalty, &Components::fee,
                                                   &Components::interest};

void Pay(const Components& unpaid, Component component, Components& paid, Amount& left) {
  const Amount part = std::min(unpaid.*component, left);
  paid.*component = part;
  left.minor -= part.minor;
}

}  // namespace

Computed<Allocation> Waterfall(Amount payment, std::span<const Components> unpaid,
                               WaterfallOrder order) {
  const auto negative = [](const Components& one) {
    return std::ranges::any_of(kChargesFirst,
                               [&one](Component component) { return (one.*component).minor < 0; });
  };
  if (payment.minor < 0 || std::ranges::any_of(unpaid, negative)) {
    return Refusal::kOperand;
  }
  const auto& components = order.principal_first ? kPrincipalFirst : kChargesFirst;
  Allocation result{.paid = std::vector<Components>(unpaid.size()), .unapplied = payment};
  switch (order.scan) {
    case WaterfallOrder::Scan::kByInstalment:
      for (std::size_t i = 0; i < unpaid.size(); ++i) {
        for (const Component component : components) {
          Pay(unpaid[i], component, result.paid[i], result.unapplied);
        }
      }
      return result;
    case WaterfallOrder::Scan::kByComponent:
      for (const Component component : components) {
        for (std::size_t i = 0; i < unpaid.size(); ++i) {
          Pay(unpaid[i], component, result.paid[i], result.unapplied);
        }
      }
      return result;
  }
  AVAL_ASSERT(false);
}

}  // namespace aval::ledger::arithmetic
