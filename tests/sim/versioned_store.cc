#include "tests/sim/versioned_store.h"

#include <algorithm>

namespace aval::sim {

namespace {

class Snapshot final : public ledger::Reader {
 public:
  explicit Snapshot(std::shared_ptr<VersionedState> state)
      : state_(std::move(state)), at_(state_->version()) {
    state_->Hold(at_);
  }
  ~Snapshot() override { state_->Release(at_); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  Result<std::optional<Bytes>> Get(ByteView key) const override { return state_->Get(key, at_); }
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override {
    return state_->Scan(from, to, at_, visit);
  }

 private:
  const std::shared_ptr<VersionedState> state_;
  const VersionedState::Version at_;
};

}  // namespace

const VersionedState::Value* VersionedState::At(const Values& values, Version at) {
  const auto after = std::ranges::upper_bound(values, at, {}, &Value::since);
  return after == values.begin() ? nullptr : &*std::prev(after);
}

Result<std::optional<Bytes>> VersionedState::Get(ByteView key, Version at) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::optional<Bytes>{};
  const Value* value = At(found->second, at);
  return value == nullptr ? std::nullopt : value->bytes;
}

Result<void> VersionedState::Scan(ByteView from, ByteView to, Version at,
                                  const ledger::Reader::Visitor& visit) const {
  for (auto next = values_.lower_bound(from); next != values_.end(); ++next) {
    if (!to.empty() && CompareBytes(next->first, to) >= 0) break;
    const Value* value = At(next->second, at);
    if (value == nullptr || !value->bytes) continue;
    if (!visit(next->first, *value->bytes)) break;
  }
  return {};
}

void VersionedState::Apply(const ledger::Writes& writes) {
  ++version_;
  for (const auto& [key, bytes] : writes) {
    Values& values = values_[key];
    values.push_back({.since = version_, .bytes = bytes});
    if (values.size() > 1 || !bytes) rewritten_.emplace_back(version_, key);
  }
  DropUnread();
}

// What was rewritten by a version that every reader has is read by nobody any more.
void VersionedState::DropUnread() {
  const Version oldest = held_.empty() ? version_ : *held_.begin();
  for (; !rewritten_.empty() && rewritten_.front().first <= oldest; rewritten_.pop_front()) {
    const auto found = values_.find(rewritten_.front().second);
    if (found == values_.end()) continue;
    Values& values = found->second;
    const Value* current = At(values, oldest);
    values.erase(values.begin(), values.begin() + (current - values.data()));
    if (values.size() == 1 && !values.front().bytes) values_.erase(found);
  }
}

std::unique_ptr<ledger::Reader> VersionedStore::Snapshot() const {
  return std::make_unique<sim::Snapshot>(state_);
}

}  // namespace aval::sim
