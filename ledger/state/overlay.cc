#include "ledger/state/overlay.h"

namespace aval::ledger {

Result<std::optional<Bytes>> Overlay::Get(ByteView key) const {
  if (failure_) return *failure_;
  const auto written = writes_.find(key);
  if (written != writes_.end()) return written->second;
  return below_.Get(key);
}

Result<void> Overlay::Scan(ByteView from, ByteView to, const Visitor& visit) const {
  if (failure_) return *failure_;
  if (!to.empty() && CompareBytes(from, to) >= 0) return {};
  auto ours = writes_.lower_bound(from);
  const auto end = to.empty() ? writes_.end() : writes_.lower_bound(to);
  bool stopped = false;
  const auto give = [&](ByteView key, ByteView value) {
    stopped = !visit(key, value);
    return !stopped;
  };
  AVAL_CHECK(below_.Scan(from, to, [&](ByteView key, ByteView value) {
    for (; ours != end && CompareBytes(ours->first, key) < 0; ++ours) {
      if (ours->second && !give(ours->first, *ours->second)) return false;
    }
    if (ours == end || !EqualBytes(ours->first, key)) return give(key, value);
    const auto instead = ours++;
    return !instead->second || give(instead->first, *instead->second);
  }));
  for (; !stopped && ours != end; ++ours) {
    if (ours->second) give(ours->first, *ours->second);
  }
  return {};
}

void Overlay::PutBytes(Bytes key, Bytes value) {
  writes_.insert_or_assign(std::move(key), std::move(value));
}

void Overlay::DeleteBytes(Bytes key) {
  const Result<std::optional<Bytes>> below = below_.Get(key);
  if (!below) {
    Fail(below.error());
    return;
  }
  if (*below) {
    writes_.insert_or_assign(std::move(key), std::nullopt);
  } else {
    writes_.erase(key);
  }
}

void Overlay::Absorb(Overlay&& above) {
  AVAL_ASSERT(&above.below_ == this);
  if (above.failure_) Fail(*above.failure_);
  while (!above.writes_.empty()) {
    auto write = writes_.insert(above.writes_.extract(above.writes_.begin()));
    if (!write.inserted) write.position->second = std::move(write.node.mapped());
  }
}

std::optional<Bytes> Overlay::Find(ByteView key) const {
  Result<std::optional<Bytes>> value = Get(key);
  if (!value) {
    Fail(value.error());
    return std::nullopt;
  }
  return *std::move(value);
}

void Overlay::Fail(const Error& error) const {
  if (!failure_) failure_ = error;
}

Bytes PastPrefix(ByteView prefix) {
  Bytes past = CopyBytes(prefix);
  while (!past.empty() && past.back() == 0xff) past.pop_back();
  if (!past.empty()) ++past.back();
  return past;
}

}  // namespace aval::ledger
