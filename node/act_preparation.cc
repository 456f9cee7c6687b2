#include "node/act_preparation.h"

#include <algorithm>
#include <utility>

namespace aval::node {

ActPreparation::ActPreparation(std::vector<std::shared_ptr<const Bytes>> envelopes,
                               const std::string& origin, KeyCache& keys)
    : envelopes_(std::move(envelopes)),
      acts_(envelopes_.size()),
      origin_(&origin),
      keys_(&keys),
      slices_((acts_.size() + kSlice - 1) / kSlice) {}

ActPreparation::ActPreparation(std::vector<ledger::Preparation> acts) : acts_(std::move(acts)) {}

void ActPreparation::Share(const std::shared_ptr<ActPreparation>& preparation, WorkerPool& pool) {
  for (std::size_t i = 0; i < preparation->slices_; ++i) {
    if (!pool.TryPost([preparation] { preparation->Work(); })) return;
  }
}

void ActPreparation::Prepare(std::size_t i) {
  acts_[i] = ledger::Prepare(std::move(envelopes_[i]), *origin_);
  if (!acts_[i].act) return;
  ledger::PreparedAct& act = *acts_[i].act;
  const bool valid =
      ledger::CheckSignatures(act, [this](const crypto::KeyId& id) { return keys_->Find(id); });
  // What nobody known has signed brings no keys: anybody could have made it.
  const auto brought = ledger::KeysBroughtBy(act.act);
  if (!valid || act.checks.size() != act.signers.size() || act.checks.size() <= brought.size()) {
    return;
  }
  for (const auto& [signer, key] : brought) keys_->Learn(key);
}

void ActPreparation::Work() {
  for (;;) {
    const std::size_t slice = claimed_.fetch_add(1);
    if (slice >= slices_) return;
    const std::size_t end = std::min(acts_.size(), (slice + 1) * kSlice);
    for (std::size_t i = slice * kSlice; i < end; ++i) Prepare(i);
    const std::scoped_lock lock(mutex_);
    if (++done_ == slices_) finished_.notify_all();
  }
}

const std::vector<ledger::Preparation>& ActPreparation::Result() {
  Work();
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] { return done_ == slices_; });
  return acts_;
}

}  // namespace aval::node
