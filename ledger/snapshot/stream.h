#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/result.h"

namespace aval::ledger {

/// What a pair of a snapshot's stream may take at most, with its lengths; far above any record.
inline constexpr std::size_t kPairBytesMax = std::size_t{64} << 20U;

/// One pair of a snapshot's stream: u32 length, key, u32 length, value.
void WritePair(ByteWriter& out, ByteView key, ByteView value);

/// Takes a snapshot's stream in pieces of any size and gives its pairs.
///
/// Invariant: keys ascend, and are those of replicated records. Memory: a piece and a pair.
class StreamReader {
 public:
  using Visitor = std::function<Result<void>(ByteView key, ByteView value)>;

  /// Calls `visit` for each pair that is complete now. kCorruption names the offset in the stream
  /// of the pair that cannot be one.
  Result<void> Take(ByteView piece, const Visitor& visit);
  /// kCorruption when a pair is incomplete.
  Result<void> Finish() const;
  std::uint64_t pairs() const { return pairs_; }

 private:
  Bytes rest_;                // Of a pair that is not complete.
  std::uint64_t offset_ = 0;  // Of `rest_` in the stream.
  Bytes last_key_;
  std::uint64_t pairs_ = 0;
};

}  // namespace aval::ledger
