#include "cli/acts/derived.h"

#include <algorithm>

#include "base/bytes.h"

namespace aval::cli::acts {

crypto::Digest Derive(std::string_view kind, std::string_view id) {
  crypto::Sha256Hasher hasher;
  hasher.Update(AsBytes("aval-demo/v1\n")).Update(AsBytes(kind)).Update(AsBytes("\n"));
  return hasher.Update(AsBytes(id)).Finish();
}

ledger::Id DerivedId(std::string_view kind, std::string_view id) {
  ledger::Id derived;
  const crypto::Digest digest = Derive(kind, id);
  std::copy_n(digest.bytes.begin(), derived.bytes.size(), derived.bytes.begin());
  return derived;
}

crypto::SecretKey DerivedKey(std::string_view kind, std::string_view id) {
  return crypto::SecretKey::FromSeed(Derive(kind, id).bytes);
}

std::uint32_t Draw(std::string_view kind, std::string_view id, std::uint32_t bound) {
  const crypto::Digest digest = Derive(kind, id);
  ByteReader reader(digest);
  return reader.U32() % bound;
}

}  // namespace aval::cli::acts
