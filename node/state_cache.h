#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/state/store.h"

namespace aval::node {

/// The store as the machine reads it: records that were read or written lately come from memory,
/// and so do walks over the tables of policies and products, which every act reads and next to none
/// writes. Most of what an act reads has been read or written shortly before: institutions, the
/// book, keys, the grant.
///
/// Right as long as Take hears of every write to the store below.
/// Threads: one.
class StateCache final : public ledger::Reader {
 public:
  /// Records held at most. They are few hundred bytes each.
  static constexpr std::size_t kRecords = 32'768;
  /// Walks held at most.
  static constexpr std::size_t kWalks = 64;

  /// `below` outlives it.
  explicit StateCache(const ledger::Reader* below) : below_(*below) {}

  Result<std::optional<Bytes>> Get(ByteView key) const override;
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override;

  /// The writes that the store below has just taken.
  void Take(ledger::Writes writes);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(ByteView key) const {
      return std::hash<std::string_view>()(AsText(key));
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(ByteView a, ByteView b) const { return EqualBytes(a, b); }
  };
  using Records = std::unordered_map<Bytes, Bytes, Hash, Equal>;
  using Walk = std::vector<std::pair<Bytes, Bytes>>;

  const Bytes* Find(ByteView key) const;
  void Remember(Bytes key, Bytes value) const;
  void Forget(ByteView key);

  const ledger::Reader& below_;
  // Two generations: when the young one is half of all, it becomes the old one, whose records are
  // gone unless they were asked for again.
  mutable Records young_;
  mutable Records old_;
  mutable std::map<std::pair<Bytes, Bytes>, Walk> walks_;  // By their ends.
};

}  // namespace aval::node
