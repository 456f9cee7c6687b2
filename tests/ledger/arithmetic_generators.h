#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "ledger/arithmetic/money.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// A number from `least` to `most`; small at first, over the whole range later on.
inline std::int64_t From(std::int64_t least, std::int64_t most) {
  // RapidCheck's range ends before its end.
  return most == std::numeric_limits<std::int64_t>::max()
             ? *rc::gen::inRange<std::int64_t>(least - 1, most) + 1
             : *rc::gen::inRange<std::int64_t>(least, most + 1);
}

inline std::uint32_t Uint(std::uint32_t least, std::uint32_t most) {
  return static_cast<std::uint32_t>(From(least, most));
}

inline Amount Principal() { return {From(1, kMaxAmount.minor)}; }
inline std::uint32_t Instalments() { return Uint(1, kMaxInstalments); }

inline std::vector<Amount> Amounts(std::size_t least, std::size_t most, std::int64_t largest) {
  const auto count = static_cast<std::size_t>(
      From(static_cast<std::int64_t>(least), static_cast<std::int64_t>(most)));
  std::vector<Amount> amounts;
  for (std::size_t i = 0; i < count; ++i) amounts.push_back({From(0, largest)});
  return amounts;
}

inline Int128 Sum(const std::vector<Amount>& amounts) {
  return std::accumulate(amounts.begin(), amounts.end(), Int128{0},
                         [](Int128 sum, Amount amount) { return sum + amount.minor; });
}

}  // namespace aval::ledger::arithmetic
