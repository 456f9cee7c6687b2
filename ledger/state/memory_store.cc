#include "ledger/state/store.h"

namespace aval::ledger {
namespace {

using Pairs = std::map<Bytes, Bytes>;

std::optional<Bytes> Lookup(const Pairs& pairs, ByteView key) {
  const auto found = pairs.find(CopyBytes(key));
  if (found == pairs.end()) return std::nullopt;
  return found->second;
}

void Walk(const Pairs& pairs, ByteView from, ByteView to, const Reader::Visitor& visit) {
  if (!to.empty() && CompareBytes(from, to) >= 0) return;
  const auto end = to.empty() ? pairs.end() : pairs.lower_bound(CopyBytes(to));
  for (auto at = pairs.lower_bound(CopyBytes(from)); at != end; ++at) {
    if (!visit(at->first, at->second)) return;
  }
}

}  // namespace

/// A share of the map, given back under the store's lock, so that Apply can trust the count.
class MemoryStore::Share final : public Reader {
 public:
  explicit Share(const MemoryStore& store) : mutex_(store.mutex_) {
    const std::scoped_lock lock(mutex_);
    pairs_ = store.pairs_;
  }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() override {
    const std::scoped_lock lock(mutex_);
    pairs_.reset();
  }

  Result<std::optional<Bytes>> Get(ByteView key) const override { return Lookup(*pairs_, key); }
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override {
    Walk(*pairs_, from, to, visit);
    return {};
  }

 private:
  std::mutex& mutex_;
  std::shared_ptr<const Pairs> pairs_;
};

Result<std::optional<Bytes>> MemoryStore::Get(ByteView key) const {
  const std::scoped_lock lock(mutex_);
  return Lookup(*pairs_, key);
}

Result<void> MemoryStore::Scan(ByteView from, ByteView to, const Visitor& visit) const {
  return Share(*this).Scan(from, to, visit);
}

Result<void> MemoryStore::Apply(const Writes& writes) {
  const std::scoped_lock lock(mutex_);
  if (pairs_.use_count() > 1) pairs_ = std::make_shared<Pairs>(*pairs_);
  for (const auto& [key, value] : writes) {
    if (value) {
      pairs_->insert_or_assign(key, *value);
    } else {
      pairs_->erase(key);
    }
  }
  return {};
}

std::unique_ptr<Reader> MemoryStore::Snapshot() const { return std::make_unique<Share>(*this); }

}  // namespace aval::ledger
