#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "base/bytes.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Fields of acts as the book's types, and back. shape.cc has checked every length before a rule
/// runs, so that another length here is a broken invariant.

template <std::size_t N>
std::array<std::uint8_t, N> FixedBytes(const std::string& field) {
  AVAL_ASSERT(field.size() == N);
  std::array<std::uint8_t, N> bytes{};
  std::copy(field.begin(), field.end(), bytes.begin());
  return bytes;
}

inline Id ToId(const std::string& field) { return {.bytes = FixedBytes<16>(field)}; }
inline PartyId ToParty(const std::string& field) { return {.id = ToId(field)}; }
inline crypto::Digest ToDigest(const std::string& field) {
  return {.bytes = FixedBytes<32>(field)};
}
inline crypto::PublicKey ToPublicKey(const act::v1::PublicKey& field) {
  return {.bytes = FixedBytes<32>(field.ed25519())};
}
inline Day ToDay(std::uint32_t field) { return {.number = static_cast<std::int32_t>(field)}; }

inline std::string ToWire(const Id& id) { return std::string(AsText(id.bytes)); }
inline std::string ToWire(const PartyId& party) { return ToWire(party.id); }
inline std::string ToWire(const crypto::Digest& digest) { return std::string(AsText(digest)); }
inline std::uint32_t ToWire(Day day) { return static_cast<std::uint32_t>(day.number); }

}  // namespace aval::ledger
