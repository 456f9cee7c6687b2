#pragma once

#include <boost/beast/http/fields.hpp>
#include <optional>
#include <string>

namespace aval::net {

/// What a reader in front of us could take for another length of the body than we do (RFC 9112
/// section 6.3); it names the header. Nothing when there is one reading only: at most one
/// Content-Length, of plain digits, or exactly "Transfer-Encoding: chunked" in HTTP/1.1 without any
/// Content-Length. `version` is 10 or 11.
std::optional<std::string> FramingFault(const boost::beast::http::fields& header, unsigned version);

}  // namespace aval::net
