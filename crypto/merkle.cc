#include "crypto/merkle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "base/assert.h"

namespace aval::crypto {

namespace {

// Largest power of two below n; n > 1.
std::uint64_t SplitPoint(std::uint64_t n) { return std::bit_floor(n - 1); }

// MTH of the leaves [begin, end); begin is a multiple of the range's rounded-up size, as in every
// range that the RFC's recursion meets.
Result<Digest> RangeRoot(const HashReader& tree, std::uint64_t begin, std::uint64_t end) {
  const std::uint64_t size = end - begin;
  if (std::has_single_bit(size)) {
    const auto level = static_cast<unsigned>(std::countr_zero(size));
    return tree.Read(level, begin >> level);
  }
  const std::uint64_t middle = begin + SplitPoint(size);
  AVAL_TRY(const Digest left, RangeRoot(tree, begin, middle));
  AVAL_TRY(const Digest right, RangeRoot(tree, middle, end));
  return NodeHash(left, right);
}

}  // namespace

Digest EmptyRoot() { return Sha256({}); }

Digest LeafHash(ByteView entry) {
  constexpr std::array<std::uint8_t, 1> kPrefix{0x00};
  return Sha256(kPrefix, entry);
}

Digest NodeHash(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 65> input{0x01};
  std::copy(left.bytes.begin(), left.bytes.end(), input.begin() + 1);
  std::copy(right.bytes.begin(), right.bytes.end(), input.begin() + 33);
  return Sha256(input);
}

void Frontier::Append(const Digest& leaf_hash) {
  Digest hash = leaf_hash;
  // Each trailing 1-bit of the size is a complete subtree that the new leaf completes further.
  for (std::uint64_t bits = size_; (bits & 1U) != 0; bits >>= 1U) {
    hash = NodeHash(hashes_.back(), hash);
    hashes_.pop_back();
  }
  hashes_.push_back(hash);
  ++size_;
  AVAL_ASSERT(hashes_.size() == static_cast<std::size_t>(std::popcount(size_)));
}

Digest Frontier::Root() const {
  if (hashes_.empty()) return EmptyRoot();
  Digest root = hashes_.back();
  for (std::size_t i = hashes_.size() - 1; i > 0; --i) root = NodeHash(hashes_[i - 1], root);
  return root;
}

Bytes Frontier::Encode() const {
  ByteWriter out;
  out.U64(size_);
  for (const Digest& hash : hashes_) out.Raw(hash);
  return out.Take();
}

Result<Frontier> Frontier::Decode(ByteView bytes) {
  ByteReader in(bytes);
  Frontier frontier;
  frontier.size_ = in.U64();
  for (int left = std::popcount(frontier.size_); left > 0; --left) {
    frontier.hashes_.push_back(Digest{in.Array<32>()});
  }
  if (!in.AtEnd()) {
    return Error{.code = Code::kCorruption, .message = "frontier: length does not fit its size"};
  }
  return frontier;
}

Result<Digest> RootAt(const HashReader& tree, std::uint64_t size) {
  if (size == 0) return EmptyRoot();
  return RangeRoot(tree, 0, size);
}

Result<std::vector<Digest>> InclusionProof(const HashReader& tree, std::uint64_t index,
                                           std::uint64_t size) {
  AVAL_ASSERT(index < size);
  std::vector<Digest> proof;
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  // Downwards from the root; at most 64 steps, as each halves the range.
  while (end - begin > 1) {
    const std::uint64_t middle = begin + SplitPoint(end - begin);
    const bool left = index < middle;
    AVAL_TRY(const Digest sibling,
             left ? RangeRoot(tree, middle, end) : RangeRoot(tree, begin, middle));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<std::vector<Digest>> ConsistencyProof(const HashReader& tree, std::uint64_t old_size,
                                             std::uint64_t size) {
  AVAL_ASSERT(old_size <= size);
  std::vector<Digest> proof;
  if (old_size == 0 || old_size == size) return proof;
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  while (old_size != end) {
    const std::uint64_t middle = begin + SplitPoint(end - begin);
    const bool left = old_size <= middle;
    AVAL_TRY(const Digest sibling,
             left ? RangeRoot(tree, middle, end) : RangeRoot(tree, begin, middle));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  // The verifier has the old root itself; a smaller subtree that ends there it needs.
  if (begin != 0) {
    AVAL_TRY(const Digest subtree, RangeRoot(tree, begin, end));
    proof.push_back(subtree);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

bool VerifyInclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                     std::span<const Digest> proof, const Digest& root) {
  if (index >= size) return false;
  std::uint64_t fn = index;
  std::uint64_t sn = size - 1;
  Digest hash = leaf_hash;
  for (const Digest& step : proof) {
    if (sn == 0) return false;
    if ((fn & 1U) != 0 || fn == sn) {
      hash = NodeHash(step, hash);
      while ((fn & 1U) == 0 && fn != 0) {
        fn >>= 1U;
        sn >>= 1U;
      }
    } else {
      hash = NodeHash(hash, step);
    }
    fn >>= 1U;
    sn >>= 1U;
  }
  return sn == 0 && hash == root;
}

bool VerifyConsistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                       const Digest& root, std::span<const Digest> proof) {
  if (old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (old_size == 0) return proof.empty() && old_root == EmptyRoot();
  if (proof.empty()) return false;

  const bool whole = std::has_single_bit(old_size);  // Then the proof leaves the old root out.
  std::uint64_t fn = old_size - 1;
  std::uint64_t sn = size - 1;
  while ((fn & 1U) != 0) {
    fn >>= 1U;
    sn >>= 1U;
  }
  Digest old_hash = whole ? old_root : proof[0];
  Digest hash = old_hash;
  for (const Digest& step : proof.subspan(whole ? 0 : 1)) {
    if (sn == 0) return false;
    if ((fn & 1U) != 0 || fn == sn) {
      old_hash = NodeHash(step, old_hash);
      hash = NodeHash(step, hash);
      while ((fn & 1U) == 0 && fn != 0) {
        fn >>= 1U;
        sn >>= 1U;
      }
    } else {
      hash = NodeHash(hash, step);
    }
    fn >>= 1U;
    sn >>= 1U;
  }
  return sn == 0 && old_hash == old_root && hash == root;
}

}  // namespace aval::crypto
