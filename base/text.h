#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aval {

/// The code point at the front of `text`, which is taken away; nothing, and `text` as it was, at
/// the end or where it is not well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates,
/// nothing above U+10FFFF).
std::optional<std::uint32_t> TakeCodePoint(std::string_view& text);

/// Whether all of it is well-formed UTF-8.
bool IsUtf8(std::string_view text);

/// "host:port", an IPv6 address in brackets.
std::string PlaceText(std::string_view host, std::uint16_t port);

/// The name of a thread without the number that a pool adds: "verify" of "verify-1".
std::string_view WithoutNumber(std::string_view thread_name);

/// The number that the whole text writes in decimal digits, without leading zeros and, for a signed
/// type, with an optional '-': one text for one value. Nothing for other text and what T cannot
/// hold.
template <std::integral T>
std::optional<T> ParseDecimal(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  const bool zero_first = digits.starts_with('0');
  if (zero_first && text.size() > 1) return std::nullopt;
  T value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace aval
