#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "ledger/types.h"

namespace aval::cli::acts {

/// What demos, loads and stories derive from names, so that every run has the same parties and
/// objects: `kind` says what, `id` whose. Keys are nobody's secrets.

crypto::Digest Derive(std::string_view kind, std::string_view id);
ledger::Id DerivedId(std::string_view kind, std::string_view id);
crypto::SecretKey DerivedKey(std::string_view kind, std::string_view id);
/// A number below `bound`, which is not 0.
std::uint32_t Draw(std::string_view kind, std::string_view id, std::uint32_t bound);

}  // namespace aval::cli::acts
