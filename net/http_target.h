#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aval::net {

/// What a request names.
struct HttpTarget {
  std::string path;
  std::map<std::string, std::string, std::less<>> query;
};

/// Reads the origin form of RFC 9112 section 3.2.1, strictly: one target has one reading, and no
/// path leaves the place where it begins. Percent-encoding is undone; '+' stays '+'. Refused: bad
/// escapes, encoded slashes in the path, control bytes, "." and ".." as segments, fragments, empty
/// or repeated names of parameters. kInvalidArgument says what is wrong and where.
Result<HttpTarget> ParseHttpTarget(std::string_view target);

/// Keeps letters, digits and "-._~"; everything else becomes %XX (RFC 3986 section 2.1).
std::string PercentEncode(std::string_view text);

/// Names of headers compare without regard to case.
std::string LowercaseAscii(std::string_view text);

}  // namespace aval::net
