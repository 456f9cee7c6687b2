#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aval::config {

/// Where a listener is or shall be.
struct Endpoint {
  std::string host;  // A name or an address; an IPv6 address without brackets.
  std::uint16_t port = 0;

  std::string Text() const;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// "host:port", IPv6 as "[::1]:port". Port 0 is accepted only with `any_port` (a listener that
/// takes a free one). kInvalidArgument says what is wrong.
Result<Endpoint> ParseEndpoint(std::string_view text, bool any_port = false);

}  // namespace aval::config
