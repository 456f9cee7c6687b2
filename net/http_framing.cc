#include "net/http_framing.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>

namespace aval::net {

namespace http = boost::beast::http;

std::optional<std::string> FramingFault(const http::fields& header, unsigned version) {
  const std::size_t lengths = header.count(http::field::content_length);
  const std::size_t encodings = header.count(http::field::transfer_encoding);
  if (lengths > 1) return "more than one Content-Length";
  if (encodings > 1) return "more than one Transfer-Encoding";
  if (lengths + encodings > 1) return "Content-Length beside Transfer-Encoding";
  if (lengths == 1) {
    const auto value = header[http::field::content_length];
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (value.empty() || !std::ranges::all_of(value, is_digit)) {
      return "Content-Length is not a plain number";
    }
  }
  if (encodings == 1) {
    if (!boost::beast::iequals(header[http::field::transfer_encoding], "chunked")) {
      return "Transfer-Encoding is not chunked";
    }
    if (version < 11) return "Transfer-Encoding needs HTTP/1.1";
  }
  return std::nullopt;
}

}  // namespace aval::net
