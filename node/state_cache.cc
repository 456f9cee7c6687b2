#include "node/state_cache.h"

#include <utility>

#include "ledger/record/table.h"

namespace aval::node {
namespace {

bool IsCatalogue(ByteView key) {
  if (key.empty()) return false;
  const auto table = static_cast<ledger::Table>(key.front());
  return table == ledger::Table::kPolicy || table == ledger::Table::kProduct;
}

// What is written once and read no more, but by a retry.
bool IsWrittenOnly(ByteView key) {
  const auto table = static_cast<ledger::Table>(key.front());
  return table == ledger::Table::kOutcome || table == ledger::Table::kObligation ||
         table == ledger::Table::kCalendar;
}

}  // namespace

Result<std::optional<Bytes>> StateCache::Get(ByteView key) const {
  if (const Bytes* value = Find(key)) return std::optional<Bytes>(*value);
  AVAL_TRY(std::optional<Bytes> value, below_.Get(key));
  if (value) Remember(CopyBytes(key), *value);
  return value;
}

Result<void> StateCache::Scan(ByteView from, ByteView to, const Visitor& visit) const {
  if (!IsCatalogue(from) || to.empty()) return below_.Scan(from, to, visit);
  const std::pair<Bytes, Bytes> ends{CopyBytes(from), CopyBytes(to)};
  auto at = walks_.find(ends);
  if (at == walks_.end()) {
    Walk walk;
    AVAL_CHECK(below_.Scan(from, to, [&walk](ByteView key, ByteView value) {
      walk.emplace_back(CopyBytes(key), CopyBytes(value));
      return true;
    }));
    if (walks_.size() == kWalks) walks_.clear();
    at = walks_.emplace(ends, std::move(walk)).first;
  }
  for (const auto& [key, value] : at->second) {
    if (!visit(key, value)) break;
  }
  return {};
}

void StateCache::Take(ledger::Writes writes) {
  while (!writes.empty()) {
    auto write = writes.extract(writes.begin());
    if (IsCatalogue(write.key())) walks_.clear();
    if (!write.mapped()) {
      Forget(write.key());
    } else if (!IsWrittenOnly(write.key()) || Find(write.key()) != nullptr) {
      Remember(std::move(write.key()), *std::move(write.mapped()));
    }
  }
}

const Bytes* StateCache::Find(ByteView key) const {
  if (const auto at = young_.find(key); at != young_.end()) return &at->second;
  const auto at = old_.find(key);
  if (at == old_.end()) return nullptr;
  auto record = old_.extract(at);
  Remember(std::move(record.key()), std::move(record.mapped()));
  return &young_.find(key)->second;
}

void StateCache::Remember(Bytes key, Bytes value) const {
  if (young_.size() >= kRecords / 2) {
    old_ = std::move(young_);
    young_.clear();
  }
  old_.erase(key);
  young_.insert_or_assign(std::move(key), std::move(value));
}

void StateCache::Forget(ByteView key) {
  if (const auto at = young_.find(key); at != young_.end()) young_.erase(at);
  if (const auto at = old_.find(key); at != old_.end()) old_.erase(at);
}

}  // namespace aval::node
