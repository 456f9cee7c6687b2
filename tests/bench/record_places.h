#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "ledger/types.h"

namespace aval::bench {

/// A field of an encoded record that may name something: an id (a party's, too), a digest, text or
/// bytes, or a 64-bit number.
struct Place {
  std::size_t offset = 0;  // Of the value itself, in the encoded key or value.
  std::string_view name;   // The field's.
  std::variant<ledger::Id, crypto::Digest, Bytes, std::uint64_t> content;
};

struct RecordPlaces {
  std::vector<Place> in_key;
  std::vector<Place> in_value;
};

/// Finds them by the record's own list of fields (ledger/record/codec.h). kNotFound for a table
/// that is not listed in the source; kCorruption for bytes that are not exactly one record.
Result<RecordPlaces> PlacesOf(ByteView key, ByteView value);

}  // namespace aval::bench
