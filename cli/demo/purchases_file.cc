#include "cli/demo/purchases_file.h"

#include <algorithm>
#include <array>

#include "cli/demo/csv.h"
#include "ledger/arithmetic/money.h"

namespace aval::cli::demo {
namespace {

constexpr std::array<std::string_view, 9> kColumns{
    "order_id",           "seller_id",   "customer_unique_id",  "order_status",
    "purchase_timestamp", "approved_at", "shipping_limit_date", "value_cents",
    "installments"};
constexpr std::uint32_t kInstalmentsMin = 2;
constexpr std::uint32_t kInstalmentsMax = 24;
constexpr std::int64_t kValueMin = 100;  // Some centavos less and no annuity ever pays them back.
constexpr std::int32_t kYearMin = 2000;
constexpr std::int32_t kYearMax = 2099;

std::string Hex(Cells& row, std::size_t column, bool optional) {
  const std::string_view cell = row[column];
  if (cell.empty() && optional) return {};
  const bool digits = std::ranges::all_of(
      cell, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (cell.size() != 32 || !digits) row.Fail(column, "must be 32 lowercase hex digits");
  return std::string(cell);
}

// "YYYY-MM-DD HH:MM:SS" of this century; the time of day is not used. The replay opens every day
// from the first to the last, and some years after each must be dates, too.
std::optional<ledger::Day> DayOf(Cells& row, std::size_t column, bool optional) {
  const std::string_view cell = row[column];
  if (cell.empty() && optional) return std::nullopt;
  const auto day = ledger::Day::Parse(cell.substr(0, 10));
  if (!day || cell.size() != 19 || cell[10] != ' ') {
    row.Fail(column, "must be YYYY-MM-DD HH:MM:SS");
    return std::nullopt;
  }
  if (const std::int32_t year = day->Date().year; year < kYearMin || year > kYearMax) {
    row.Fail(column, "must be of the years " + std::to_string(kYearMin) + " to " +
                         std::to_string(kYearMax));
    return std::nullopt;
  }
  return *day;
}

PurchaseRow ReadRow(Cells& cells) {
  PurchaseRow row;
  row.order = Hex(cells, 0, /*optional=*/false);
  row.seller = Hex(cells, 1, /*optional=*/false);
  row.customer = Hex(cells, 2, /*optional=*/true);
  row.status = cells[3];
  row.purchased = DayOf(cells, 4, /*optional=*/true);
  row.approved = DayOf(cells, 5, /*optional=*/true);
  row.shipping_limit = DayOf(cells, 6, /*optional=*/false).value_or(ledger::Day{});
  row.value.minor = cells.Integer(7, kValueMin, ledger::arithmetic::kMaxAmount.minor);
  row.instalments = static_cast<std::uint32_t>(cells.Integer(8, kInstalmentsMin, kInstalmentsMax));
  return row;
}

}  // namespace

Result<std::vector<PurchaseRow>> ParsePurchases(std::string_view text, const std::string& name,
                                                std::size_t limit) {
  std::vector<PurchaseRow> rows;
  AVAL_CHECK(ReadRows(text, name, kColumns, limit,
                      [&rows](Cells& cells) { rows.push_back(ReadRow(cells)); }));
  return rows;
}

Result<std::vector<PurchaseRow>> ReadPurchases(const std::filesystem::path& path,
                                               std::size_t limit) {
  AVAL_TRY(const std::string text, ReadText(path));
  return ParsePurchases(text, path.string(), limit);
}

}  // namespace aval::cli::demo
