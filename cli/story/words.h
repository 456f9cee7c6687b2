#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/types.h"

namespace aval::cli::story {

/// How a story writes amounts, days, shares and numbers, and how they are read and written back.
/// A reader takes the longest text at the front that says such a value, and gives nothing where
/// there is none; `length` is what it took, in bytes.
/// Threads: all are safe from every thread.

template <class T>
struct Read {
  T value{};
  std::size_t length = 0;
};

/// "1,000.00": thousands apart, always two decimals; minor units of a currency that has two.
std::optional<Read<ledger::Amount>> ReadAmount(std::string_view text);
/// "1,000.00", with a minus sign when negative.
std::string AmountText(std::int64_t minor);

/// "3 March 2026", a real date from 1970 on.
std::optional<Read<ledger::Day>> ReadDate(std::string_view text);
std::string DateText(ledger::Day day);

/// "50 %", "0.5 %": up to four decimals; ppm.
std::optional<Read<std::uint32_t>> ReadPercent(std::string_view text);
std::string PercentText(std::uint32_t ppm);

/// "3"; without leading zeros, below a million.
std::optional<Read<std::uint32_t>> ReadCount(std::string_view text);

/// "2", "1 and 3", "1, 2 and 4", "2 to 5": from 1 up, ascending.
std::optional<Read<std::vector<std::uint32_t>>> ReadNumbers(std::string_view text);

/// "3 March 2026, 3 April 2026 and 3 May 2026": ascending.
std::optional<Read<std::vector<ledger::Day>>> ReadDates(std::string_view text);

}  // namespace aval::cli::story
