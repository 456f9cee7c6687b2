#include "cli/demo/lateness.h"

#include <algorithm>
#include <string>

#include "cli/acts/derived.h"
#include "cli/demo/derived.h"

namespace aval::cli::demo {
namespace {

constexpr std::int32_t kNeverFrom = 8;  // Months late.
constexpr std::int64_t kMillion = 1'000'000;

// Of a purchase that somebody stops paying: from which instalment on; else none.
std::optional<std::uint32_t> StopsAt(const PurchaseRow& row) {
  if (acts::Draw("stops", row.order, 25) != 0) return std::nullopt;
  return 1 + acts::Draw("stops at", row.order, row.instalments);
}

Lateness OwnRule(const PurchaseRow& row, std::uint32_t number) {
  const auto stop = StopsAt(row);
  if (stop && number >= *stop) return {.never = true};
  const std::uint32_t draw = acts::Draw("lateness", row.order + "/" + std::to_string(number), 100);
  if (draw < 85) return {};
  return {.days = draw < 95 ? 5U : 40U};
}

}  // namespace

Lateness LatenessOf(const ClientMonths& client, std::uint32_t number) {
  const auto count = static_cast<std::uint32_t>(client.months.size());
  const ClientMonths::Month& month = client.months[std::min(number, count) - 1];
  const bool never = month.status >= kNeverFrom || (number > count && client.defaults);
  if (!never && month.status <= 0) return {};
  Lateness late{.never = never};
  if (!never) late.months = static_cast<std::uint32_t>(month.status);
  if (month.billed > 0) {
    late.part_ppm =
        static_cast<std::uint32_t>(std::min(month.paid * kMillion / month.billed, kMillion - 1));
  }
  return late;
}

std::size_t ClientOf(const ledger::PartyId& borrower, std::size_t clients) {
  return acts::Draw("delays", borrower.Hex(), static_cast<std::uint32_t>(clients));
}

Lateness PayingHabits::Of(const PurchaseRow& row, std::uint32_t number) const {
  if (!AreReal()) return OwnRule(row, number);
  return LatenessOf(clients_[ClientOf(BorrowerOf(row), clients_.size())], number);
}

}  // namespace aval::cli::demo
