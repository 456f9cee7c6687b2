#pragma once

#include <cstdint>
#include <optional>

namespace aval {

/// 128-bit products of 64-bit operands: |int64 x int64| <= 2^126 always fits.
__extension__ typedef __int128 Int128;            // NOLINT(modernize-use-using)
__extension__ typedef unsigned __int128 UInt128;  // NOLINT(modernize-use-using)

/// a + b, a - b, or nothing where int64 would overflow (A1 of the domain's arithmetic: a
/// deterministic refusal, never a wrap).
constexpr std::optional<std::int64_t> CheckedAdd(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

constexpr std::optional<std::int64_t> CheckedSub(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) return std::nullopt;
  return difference;
}

/// The value as int64, or nothing where it does not fit.
constexpr std::optional<std::int64_t> Narrow(Int128 value) {
  if (value > INT64_MAX || value < INT64_MIN) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

}  // namespace aval
