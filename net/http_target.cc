#include "net/http_target.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace aval::net {

namespace {

Error Bad(const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = "request target: " + what};
}

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

enum class Part : std::uint8_t { kPath, kQuery };

// `text` begins at byte `offset` of the target.
Result<std::string> Decode(Part part, std::string_view text, std::size_t offset) {
  std::string decoded;
  decoded.reserve(text.size());
  const auto bad = [offset](const char* what, std::size_t at) {
    return Bad(std::string(what) + " at byte " + std::to_string(offset + at));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t begin = i;
    char c = text[i];
    if (c == '%') {
      const auto high = i + 2 < text.size() ? HexDigit(text[i + 1]) : std::nullopt;
      const auto low = high ? HexDigit(text[i + 2]) : std::nullopt;
      if (!low) return bad("bad percent-encoding", begin);
      c = static_cast<char>(*high * 16 + *low);
      if (c == '/' && part == Part::kPath) return bad("encoded slash", begin);
      i += 2;
    } else if (c == '#') {
      return bad("fragment", begin);
    }
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return bad("control byte", begin);
    decoded.push_back(c);
  }
  return decoded;
}

Result<void> CheckSegments(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);  // The slash.
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return Bad("a segment of dots");
    path.remove_prefix(segment.size());
  }
  return {};
}

}  // namespace

Result<HttpTarget> ParseHttpTarget(std::string_view target) {
  if (target.empty() || target[0] != '/') return Bad("does not begin with a slash");
  HttpTarget parsed;
  const std::size_t mark = target.find('?');
  AVAL_TRY(parsed.path, Decode(Part::kPath, target.substr(0, mark), 0));
  AVAL_CHECK(CheckSegments(parsed.path));
  if (mark == std::string_view::npos) return parsed;
  std::size_t begin = mark + 1;
  while (begin <= target.size()) {
    const std::string_view pair = target.substr(begin, target.find('&', begin) - begin);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    AVAL_TRY(std::string name, Decode(Part::kQuery, pair.substr(0, equals), begin));
    if (name.empty()) return Bad("parameter without a name at byte " + std::to_string(begin));
    std::string value;
    if (equals < pair.size()) {
      AVAL_TRY(value, Decode(Part::kQuery, pair.substr(equals + 1), begin + equals + 1));
    }
    if (!parsed.query.emplace(std::move(name), std::move(value)).second) {
      return Bad("parameter given twice at byte " + std::to_string(begin));
    }
    begin += pair.size() + 1;
  }
  return parsed;
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kKept =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (kKept.find(c) != std::string_view::npos) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.append({'%', kDigits[byte / 16], kDigits[byte % 16]});
  }
  return encoded;
}

std::string LowercaseAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace aval::net
