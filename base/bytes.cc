#include "base/bytes.h"

#include <algorithm>

namespace aval {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Error BadText(const char* what, std::size_t offset) {
  return {.code = Code::kInvalidArgument,
          .message = std::string(what) + " at offset " + std::to_string(offset)};
}

}  // namespace

std::string ToHex(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kHexDigits[byte >> 4U]);
    text.push_back(kHexDigits[byte & 15U]);
  }
  return text;
}

Result<Bytes> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return BadText("odd number of hex digits", text.size());
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = kHexDigits.find(text[i]);
    const std::size_t low = kHexDigits.find(text[i + 1]);
    if (high == std::string_view::npos) return BadText("not a lowercase hex digit", i);
    if (low == std::string_view::npos) return BadText("not a lowercase hex digit", i + 1);
    bytes.push_back(static_cast<std::uint8_t>((high << 4U) | low));
  }
  return bytes;
}

std::string ToBase64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = (group << 8U) | (k < count ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      text.push_back(k <= count ? kBase64Digits[(group >> (18U - 6U * k)) & 63U] : '=');
    }
  }
  return text;
}

Result<Bytes> FromBase64(std::string_view text) {
  if (text.size() % 4 != 0) return BadText("base64 length is no multiple of four", text.size());
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    std::size_t digits = 4;
    if (last && text[i + 3] == '=') digits = text[i + 2] == '=' ? 2 : 3;
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t value = k < digits ? kBase64Digits.find(text[i + k]) : 0;
      if (value == std::string_view::npos) return BadText("not a base64 digit", i + k);
      group = (group << 6U) | static_cast<std::uint32_t>(value);
    }
    const std::uint32_t stray = digits == 2 ? group & 0xffffU : digits == 3 ? group & 0xffU : 0;
    if (stray != 0) return BadText("stray bits in the last base64 digit", i + digits - 1);
    for (std::size_t k = 0; k + 1 < digits; ++k) {
      bytes.push_back(static_cast<std::uint8_t>(group >> (16U - 8U * k)));
    }
  }
  return bytes;
}

void ByteWriter::Sized(ByteView bytes) {
  AVAL_ASSERT(bytes.size() <= UINT32_MAX);
  U32(static_cast<std::uint32_t>(bytes.size()));
  Raw(bytes);
}

ByteView ByteReader::Raw(std::size_t length) {
  if (!ok_ || rest_.size() < length) {
    ok_ = false;
    return {};
  }
  const ByteView taken = rest_.first(length);
  rest_ = rest_.subspan(length);
  return taken;
}

}  // namespace aval
