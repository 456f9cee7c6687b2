#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// One real marketplace purchase paid in instalments (data/README.md).
struct PurchaseRow {
  std::string order;     // 32 hex digits.
  std::string seller;    // 32 hex digits.
  std::string customer;  // 32 hex digits; empty where not known.
  std::string status;    // As the marketplace had it; empty where not known.
  std::optional<ledger::Day> purchased;
  std::optional<ledger::Day> approved;
  ledger::Day shipping_limit;     // As every day here: of the years 2000 to 2099.
  ledger::Amount value;           // BRL, centavos; 100 to arithmetic::kMaxAmount.
  std::uint32_t instalments = 0;  // 2 to 24.
};

/// The rows of a purchases file, plain or packed with zstd (by its name's ending ".zst"), at most
/// `limit` of them in file order. Errors name file, line and column.
Result<std::vector<PurchaseRow>> ReadPurchases(const std::filesystem::path& path,
                                               std::size_t limit);
/// The same from text; `name` is what errors call it.
Result<std::vector<PurchaseRow>> ParsePurchases(std::string_view text, const std::string& name,
                                                std::size_t limit);

}  // namespace aval::cli::demo
