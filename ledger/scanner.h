#pragma once

#include <cstddef>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/result.h"

namespace google::protobuf {
class Descriptor;
}

namespace aval::ledger {

/// Messages within messages; the outermost is the first.
inline constexpr int kScanDepthMax = 8;

/// Accepts exactly the bytes that protobuf 3 writes for a message of this type, and no others:
/// known fields and enum values, ascending, singular ones once, one member of a oneof, repeated
/// scalars packed, minimal varints that fit their type, no explicit defaults, valid UTF-8, at most
/// kScanDepthMax deep and `bytes_max` long. So what is accepted re-encodes to itself, and one
/// meaning has one text (formats.md 1.3; part of the log's format).
///
/// kInvalidArgument names the field and the offset. Types with groups, maps, fixed-width or
/// floating numbers are a broken invariant: acts have none.
Result<void> ScanStrict(const google::protobuf::Descriptor& type, ByteView bytes,
                        std::size_t bytes_max);

/// What the bytes say, if ScanStrict accepts them.
template <class Message>
Result<Message> ParseStrict(ByteView bytes, std::size_t bytes_max) {
  AVAL_CHECK(ScanStrict(*Message::descriptor(), bytes, bytes_max));
  Message message;
  AVAL_ASSERT(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return message;
}

}  // namespace aval::ledger
