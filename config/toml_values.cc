#include "config/toml_values.h"

#include <utility>

namespace aval::config {

Endpoint EndpointAt(TomlTable& table, std::string_view key, bool any_port) {
  Result<Endpoint> endpoint = ParseEndpoint(table.Text(key), any_port);
  if (endpoint) return *std::move(endpoint);
  table.Fail(key, endpoint.error().message);
  return {};
}

crypto::KeyId KeyIdAt(TomlTable& table, std::string_view key) {
  return KeyIdFrom(table, key, table.Text(key));
}

crypto::KeyId KeyIdFrom(TomlTable& table, std::string_view key, std::string_view text) {
  const Result<crypto::KeyId> id = crypto::KeyIdFromHex(text);
  if (id) return *id;
  table.Fail(key, "must be a key id: 64 lowercase hex digits");
  return {};
}

}  // namespace aval::config
