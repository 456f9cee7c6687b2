#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "ledger/state/store.h"

namespace aval::sim {

/// A state in memory that outlives those who open it, as one on a disk does. Snapshots cost
/// nothing: what is written again is kept for as long as somebody may read it. Threads: one.
class VersionedState {
 public:
  using Version = std::uint64_t;

  Version version() const { return version_; }
  Result<std::optional<Bytes>> Get(ByteView key, Version at) const;
  Result<void> Scan(ByteView from, ByteView to, Version at,
                    const ledger::Reader::Visitor& visit) const;
  void Apply(const ledger::Writes& writes);

  // A version that somebody reads is kept between these.
  void Hold(Version version) { held_.insert(version); }
  void Release(Version version) { held_.erase(held_.find(version)); }

 private:
  struct Value {
    Version since;
    std::optional<Bytes> bytes;  // None: deleted.
  };
  using Values = std::vector<Value>;  // Of one key, rising.

  static const Value* At(const Values& values, Version at);
  void DropUnread();

  std::map<Bytes, Values, ledger::KeyOrder> values_;
  Version version_ = 0;
  std::multiset<Version> held_;
  std::deque<std::pair<Version, Bytes>> rewritten_;  // Keys, by the version that did so.
};

class VersionedStore final : public ledger::Store {
 public:
  explicit VersionedStore(std::shared_ptr<VersionedState> state) : state_(std::move(state)) {}
  Result<std::optional<Bytes>> Get(ByteView key) const override {
    return state_->Get(key, state_->version());
  }
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override {
    return state_->Scan(from, to, state_->version(), visit);
  }
  Result<void> Apply(const ledger::Writes& writes) override {
    state_->Apply(writes);
    return {};
  }
  std::unique_ptr<ledger::Reader> Snapshot() const override;

 private:
  const std::shared_ptr<VersionedState> state_;
};

}  // namespace aval::sim
