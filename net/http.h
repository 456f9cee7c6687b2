#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "crypto/ed25519.h"

namespace aval::net {

/// A request that is complete and well-formed: the server has answered all others itself.
struct HttpRequest {
  std::string method;  // "GET", "POST", ...; HEAD arrives as GET, its body is left out on the way.
  std::string path;    // Percent-decoded, begins with '/'; no "." or ".." segment, no control byte.
  std::map<std::string, std::string, std::less<>> query;    // Percent-decoded; no name twice.
  std::map<std::string, std::string, std::less<>> headers;  // Lowercase names; repeats joined.
  Bytes body;
  crypto::KeyId client;  // The pinned key that the client has proved to hold.

  /// The value of a header (lowercase name) or a query parameter; empty when there is none.
  std::string_view Header(std::string_view name) const;
  std::string_view Query(std::string_view name) const;
};

struct HttpResponse {
  /// A body of its own, or one shared with whoever keeps it, such as a cache.
  using Body = std::variant<std::string, std::shared_ptr<const Bytes>>;

  int status = 200;
  std::string content_type = "application/json";
  Body body{};
  std::map<std::string, std::string> headers{};  // Beside Content-Type, Content-Length, Connection.

  ByteView BodyView() const;
};

/// `{"code":...,"message":...}`, the form of every error of the API. `code` never changes meaning.
HttpResponse JsonError(int status, std::string_view code, std::string_view message);

}  // namespace aval::net
