#pragma once

#include <string_view>

#include "config/endpoint.h"
#include "config/toml_reader.h"
#include "crypto/ed25519.h"

namespace aval::config {

/// Values that more than one kind of file holds. What is missing or wrong is an error of the table,
/// and the value empty.

/// "host:port"; `any_port` also takes port 0.
Endpoint EndpointAt(TomlTable& table, std::string_view key, bool any_port = false);
/// 64 lowercase hex digits.
crypto::KeyId KeyIdAt(TomlTable& table, std::string_view key);
/// The same for `text`, one of several under `key`.
crypto::KeyId KeyIdFrom(TomlTable& table, std::string_view key, std::string_view text);

}  // namespace aval::config
