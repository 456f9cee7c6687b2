#include "node/state_cache.h"

#include <algorithm>

#include "ledger/record/table.h"
#include "ledger/state/overlay.h"

namespace aval::node {
namespace {

// What a map needs for an entry beside the bytes of key and value.
constexpr std::size_t kEntryBytes = 96;

std::size_t SizeOf(const Bytes& key, const Bytes& value) {
  return kEntryBytes + key.size() + value.size();
}

// What is written once and read no more, but by a retry or the sweep.
bool IsWrittenOnly(ByteView key) {
  const auto table = static_cast<ledger::Table>(key.front());
  return table == ledger::Table::kOutcome || table == ledger::Table::kObligation ||
         table == ledger::Table::kCalendar;
}

bool IsPrefixWalk(ByteView from, ByteView to) {
  return !from.empty() && !to.empty() && EqualBytes(ledger::PastPrefix(from), to);
}

}  // namespace

Result<std::optional<Bytes>> StateCache::Get(ByteView key) const {
  if (const Bytes* value = records_.Find(key)) return std::optional<Bytes>(*value);
  AVAL_TRY(std::optional<Bytes> value, below_.Get(key));
  if (value) Remember(CopyBytes(key), *value);
  return value;
}

Result<void> StateCache::Scan(ByteView from, ByteView to, const Visitor& visit) const {
  if (!IsPrefixWalk(from, to) || IsWrittenOnly(from)) return below_.Scan(from, to, visit);
  const std::shared_ptr<Walk>* const held = walks_.Find(from);
  if (held == nullptr) return ScanBelow(from, to, visit);
  const std::shared_ptr<const Walk> walk = *held;  // The visitor may read on.
  for (const auto& [key, value] : *walk) {
    if (!visit(key, value)) break;
  }
  return {};
}

// Walks to the end of the prefix even when the visitor has seen enough, so that the walk can be
// held; unless that is far.
Result<void> StateCache::ScanBelow(ByteView prefix, ByteView to, const Visitor& visit) const {
  auto walk = std::make_shared<Walk>();
  bool wanted = true;
  bool whole = true;
  AVAL_CHECK(below_.Scan(prefix, to, [&](ByteView key, ByteView value) {
    wanted = wanted && visit(key, value);
    whole = whole && walk->size() < kWalkRecords;
    if (whole) walk->emplace_back(CopyBytes(key), CopyBytes(value));
    return wanted || whole;
  }));
  if (whole) RememberWalk(prefix, std::move(walk));
  return {};
}

void StateCache::Take(ledger::Writes writes) {
  while (!writes.empty()) {
    auto write = writes.extract(writes.begin());
    UpdateWalks(write.key(), write.mapped());
    if (!write.mapped()) {
      records_.Erase(write.key());
    } else if (!IsWrittenOnly(write.key()) || records_.Find(write.key()) != nullptr) {
      Remember(std::move(write.key()), *std::move(write.mapped()));
    }
  }
}

void StateCache::Remember(Bytes key, Bytes value) const {
  const std::size_t bytes = SizeOf(key, value);
  records_.Put(std::move(key), std::move(value), bytes);
}

void StateCache::RememberWalk(ByteView prefix, std::shared_ptr<Walk> walk) const {
  std::size_t bytes = kEntryBytes + prefix.size();
  for (const auto& [key, value] : *walk) bytes += SizeOf(key, value);
  prefix_sizes_[prefix.front()].insert(prefix.size());
  walks_.Put(CopyBytes(prefix), std::move(walk), bytes);
}

void StateCache::UpdateWalks(ByteView key, const std::optional<Bytes>& value) {
  const auto sizes = prefix_sizes_.find(key.front());
  if (sizes == prefix_sizes_.end()) return;
  for (const std::size_t size : sizes->second) {
    if (size > key.size()) return;
    const ByteView prefix = key.first(size);
    const std::shared_ptr<Walk>* const held = walks_.Find(prefix);
    if (held == nullptr) continue;
    std::shared_ptr<Walk> walk = *held;
    Update(*walk, key, value);
    if (walk->size() > kWalkRecords) {
      walks_.Erase(prefix);
    } else {
      RememberWalk(prefix, std::move(walk));
    }
  }
}

void StateCache::Update(Walk& walk, ByteView key, const std::optional<Bytes>& value) {
  const auto at = std::ranges::lower_bound(walk, key, ledger::KeyOrder(), &Walk::value_type::first);
  const bool found = at != walk.end() && EqualBytes(at->first, key);
  if (found && value) {
    at->second = *value;
  } else if (found) {
    walk.erase(at);
  } else if (value) {
    walk.emplace(at, CopyBytes(key), *value);
  }
}

}  // namespace aval::node
