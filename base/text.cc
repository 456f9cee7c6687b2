#include "base/text.h"

namespace aval {

std::optional<std::uint32_t> TakeCodePoint(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto lead = static_cast<std::uint8_t>(text[0]);
  if (lead < 0x80) {
    text.remove_prefix(1);
    return lead;
  }
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return std::nullopt;
  std::uint32_t point = lead & (0x7fU >> length);
  for (std::size_t k = 1; k < length; ++k) {
    const auto byte = static_cast<std::uint8_t>(text[k]);
    if ((byte & 0xc0U) != 0x80U) return std::nullopt;
    point = point << 6U | (byte & 0x3fU);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  if (overlong || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff) return std::nullopt;
  text.remove_prefix(length);
  return point;
}

bool IsUtf8(std::string_view text) {
  while (TakeCodePoint(text)) {
  }
  return text.empty();
}

std::string PlaceText(std::string_view host, std::uint16_t port) {
  const bool bracketed = host.find(':') != std::string_view::npos;
  return (bracketed ? "[" + std::string(host) + "]" : std::string(host)) + ":" +
         std::to_string(port);
}

std::string_view WithoutNumber(std::string_view thread_name) {
  const std::size_t last = thread_name.find_last_not_of("-0123456789");
  return last == std::string_view::npos ? thread_name : thread_name.substr(0, last + 1);
}

}  // namespace aval
