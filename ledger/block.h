#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"

namespace aval::ledger {

/// What one Raft entry carries: everything that waited at the leader, in the order in which all
/// nodes apply it, under a header that the leader signs (DESIGN.md section 3;
/// docs/formats/block.md). Blocks are how acts travel; they are not part of the log that auditors
/// read.

inline constexpr std::size_t kBlockBytesMax = std::size_t{1} << 20U;  // Of envelopes.
inline constexpr std::size_t kBlockActsMax = 2048;
/// The last millisecond of the year 9999: a leader's time can never run into the end of numbers.
inline constexpr std::int64_t kBlockTimeMax = 253'402'300'799'999;

struct BlockHeader {
  std::uint32_t leader = 0;  // Node number.
  std::uint64_t term = 0;
  std::uint64_t raft_index = 0;
  crypto::Digest previous;   // Chain of the Raft entry before (consensus/types.h).
  std::int64_t time_ms = 0;  // Since 1970-01-01 UTC, not below the last applied block's.
  bool checkpoint = false;   // Nodes sign a checkpoint of the log as it is after this block.
  crypto::Digest acts;       // SHA-256 of the encoded acts.
};

struct Block {
  BlockHeader header;
  std::vector<std::shared_ptr<const Bytes>> acts;  // Envelopes, verbatim; may be none.
};

/// Encodes with the leader's signature (its log key) over
/// "aval-block/v1\n" || encoded header. `header.acts` is computed here.
Bytes EncodeBlock(BlockHeader header, const std::vector<std::shared_ptr<const Bytes>>& acts,
                  const crypto::SecretKey& leader_key);

/// Exactly what EncodeBlock writes, bounds and digest checked; kCorruption names the offset. The
/// signature is the caller's to check.
Result<Block> DecodeBlock(ByteView payload);

/// True when the header's signature verifies under the leader's log key.
bool VerifyBlockSignature(ByteView payload, const crypto::PublicKey& leader_key);

}  // namespace aval::ledger
