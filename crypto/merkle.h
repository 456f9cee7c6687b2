#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"

namespace aval::crypto {

/// The SHA-256 Merkle tree of RFC 6962 section 2.1 (the same as RFC 9162 section 2.1). Indices
/// count from 0; a tree of size n has leaves 0 to n - 1.

/// MTH({}) = SHA-256("").
Digest EmptyRoot();
/// SHA-256(0x00 || entry).
Digest LeafHash(ByteView entry);
/// SHA-256(0x01 || left || right).
Digest NodeHash(const Digest& left, const Digest& right);

/// The right edge of a growing tree: enough to append and to know the root, at most 64 hashes.
/// Invariant: hashes() has one entry for each 1-bit of size(), the largest subtree first.
class Frontier {
 public:
  Frontier() = default;

  void Append(const Digest& leaf_hash);
  std::uint64_t size() const { return size_; }
  Digest Root() const;
  const std::vector<Digest>& hashes() const { return hashes_; }

  /// u64 size, then the hashes.
  Bytes Encode() const;
  static Result<Frontier> Decode(ByteView bytes);

  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> hashes_;
};

/// Hashes of complete subtrees: level 0 are leaf hashes, (level, index) covers the leaves from
/// index * 2^level on.
class HashReader {
 public:
  virtual ~HashReader() = default;
  virtual Result<Digest> Read(unsigned level, std::uint64_t index) const = 0;
};

/// Root of the first `size` leaves.
Result<Digest> RootAt(const HashReader& tree, std::uint64_t size);
/// RFC 6962 section 2.1.1; index < size. From leaf to root.
Result<std::vector<Digest>> InclusionProof(const HashReader& tree, std::uint64_t index,
                                           std::uint64_t size);
/// RFC 6962 section 2.1.2; old_size <= size. Empty when old_size is 0 or equals size.
Result<std::vector<Digest>> ConsistencyProof(const HashReader& tree, std::uint64_t old_size,
                                             std::uint64_t size);

/// RFC 9162 section 2.1.3.2. The size counts only as signed: a proof may hold for several sizes.
bool VerifyInclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                     std::span<const Digest> proof, const Digest& root);
/// RFC 9162 section 2.1.4.2. From old_size 0 everything follows, by an empty proof.
bool VerifyConsistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                       const Digest& root, std::span<const Digest> proof);

}  // namespace aval::crypto
