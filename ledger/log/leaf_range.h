#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/log/log.h"

namespace aval::ledger {

/// Some leaves of one bundle with their effects, and what proves that a tree has them: what peers
/// send of a log.
struct LeafRange {
  std::uint64_t first = 0;     // Index of the first leaf.
  std::vector<Bytes> entries;  // At least one.
  std::vector<Bytes> effects;  // One for each.
  /// Leaf hashes of the whole bundle, or of what the tree has of it.
  std::vector<crypto::Digest> hashes;
  /// The siblings from the complete bundle's root up to the tree's own hash above it; none for a
  /// bundle that the tree has in part.
  std::vector<crypto::Digest> proof;

  std::uint64_t end() const { return first + entries.size(); }
  friend bool operator==(const LeafRange&, const LeafRange&) = default;
};

/// For a log that ends at `size`: leaves from `first` on, below `size`, within their bundle, while
/// entries and effects have at most `bytes_max`; at least one. kNotFound for what `log` does not
/// have.
Result<LeafRange> ReadLeafRange(const Log& log, std::uint64_t first, std::uint64_t size,
                                std::size_t bytes_max);

/// Whether these are leaves of that tree: every entry by its hash, its form and its index, every
/// effects by their entry. kInvalidArgument says what is not.
Result<void> CheckLeafRange(const LeafRange& range, const crypto::Frontier& tree);

}  // namespace aval::ledger
