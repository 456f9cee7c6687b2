#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/state/store.h"
#include "node/recent_map.h"

namespace aval::node {

/// The store as the machine reads it: records and short walks over one prefix that were read or
/// written lately come from memory. Most of what an act reads has been read or written shortly
/// before: institutions, the book, policies, keys, the grant and what hangs on it.
///
/// Right as long as Take hears of every write to the store below.
/// Threads: one.
class StateCache final : public ledger::Reader {
 public:
  /// Keys and values held at most, of records and of walks, with what a map adds to them.
  static constexpr std::size_t kRecordBytes = std::size_t{12} << 20U;
  static constexpr std::size_t kWalkBytes = std::size_t{4} << 20U;
  /// A walk over more records is not held.
  static constexpr std::size_t kWalkRecords = 64;

  /// `below` outlives it.
  explicit StateCache(const ledger::Reader* below) : below_(*below) {}

  Result<std::optional<Bytes>> Get(ByteView key) const override;
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override;

  /// The writes that the store below has just taken.
  void Take(ledger::Writes writes);

 private:
  // All records under a prefix, ascending.
  using Walk = std::vector<std::pair<Bytes, Bytes>>;

  Result<void> ScanBelow(ByteView prefix, ByteView to, const Visitor& visit) const;
  void Remember(Bytes key, Bytes value) const;
  void RememberWalk(ByteView prefix, std::shared_ptr<Walk> walk) const;
  static void Update(Walk& walk, ByteView key, const std::optional<Bytes>& value);
  void UpdateWalks(ByteView key, const std::optional<Bytes>& value);

  const ledger::Reader& below_;
  mutable RecentMap<Bytes> records_{kRecordBytes};
  mutable RecentMap<std::shared_ptr<Walk>> walks_{kWalkBytes};  // By prefix.
  // Of the prefixes that walks were held for, by table: where a key's walks are looked for.
  mutable std::map<std::uint8_t, std::set<std::size_t>> prefix_sizes_;
};

}  // namespace aval::node
