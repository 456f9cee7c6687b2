#include "config/endpoint.h"

#include <algorithm>

#include "base/text.h"

namespace aval::config {
namespace {

constexpr std::size_t kMaxHost = 253;  // RFC 1035, as text.

Error Bad(std::string_view text, std::string_view why) {
  return {.code = Code::kInvalidArgument,
          .message = "\"" + std::string(text.substr(0, 300)) + "\": " + std::string(why)};
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

bool IsAddress6Character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' ||
         c == '.';
}

}  // namespace

std::string Endpoint::Text() const { return PlaceText(host, port); }

Result<Endpoint> ParseEndpoint(std::string_view text, bool any_port) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Bad(text, "must be host:port");
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.size() > kMaxHost ||
      !std::ranges::all_of(host, bracketed ? IsAddress6Character : IsNameCharacter)) {
    return Bad(text, "not a host name or address (IPv6 goes in brackets)");
  }
  const auto port = ParseDecimal<std::uint16_t>(text.substr(colon + 1));
  if (!port || (*port == 0 && !any_port)) return Bad(text, "port must be from 1 to 65535");
  return Endpoint{std::string(host), *port};
}

}  // namespace aval::config
