#pragma once

#include <cstdint>

#include "base/checked.h"
#include "ledger/arithmetic/computed.h"
#include "ledger/types.h"

namespace aval::ledger::arithmetic {

/// The largest single amount (domain.md A1): 10^13 minor units. Sums over kMaxInstalments stay far
/// inside int64, products with rates far inside 128 bits.
inline constexpr Amount kMaxAmount{10'000'000'000'000};
inline constexpr std::uint32_t kMaxInstalments = 60;
/// 100 % in ppm.
inline constexpr std::int64_t kMillion = 1'000'000;

/// A2: on non-negative magnitudes only, once at the end of a formula.
enum class Rounding : std::uint8_t {
  kHalfUp,
  kHalfEven,
  kDown,
};

/// num / den, both non-negative, den not zero.
struct Ratio {
  std::int64_t num = 0;
  std::int64_t den = 1;

  static constexpr Ratio Ppm(std::uint32_t ppm) { return {.num = ppm, .den = kMillion}; }
};

/// value * ratio with a product of 128 bits, rounded once. kOperand for a negative value or a bad
/// ratio, kOverflow when the result leaves int64.
Computed<std::int64_t> MulDiv(std::int64_t value, Ratio ratio,
                              Rounding rounding = Rounding::kHalfUp);
Computed<Amount> MulDiv(Amount value, Ratio ratio, Rounding rounding = Rounding::kHalfUp);

/// numerator / divisor; the divisor is not zero.
UInt128 DivideRounded(UInt128 numerator, UInt128 divisor, Rounding rounding);

/// kOverflow when the result leaves int64.
Computed<Amount> Add(Amount a, Amount b);
Computed<Amount> Subtract(Amount a, Amount b);

}  // namespace aval::ledger::arithmetic
