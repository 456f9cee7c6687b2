#include "node/act_preparation.h"

#include <algorithm>
#include <utility>

namespace aval::node {

ActPreparation::ActPreparation(std::vector<std::shared_ptr<const Bytes>> envelopes,
                               ActVerifier& verifier)
    : envelopes_(std::move(envelopes)),
      acts_(envelopes_.size()),
      verifier_(&verifier),
      slices_((acts_.size() + kSlice - 1) / kSlice) {}

ActPreparation::ActPreparation(std::vector<ledger::Preparation> acts) : acts_(std::move(acts)) {}

void ActPreparation::Share(const std::shared_ptr<ActPreparation>& preparation, WorkerPool& pool) {
  const std::size_t helpers = std::min(preparation->slices_, pool.threads());
  for (std::size_t i = 0; i < helpers; ++i) {
    if (!pool.TryPost([preparation] { preparation->Work(); })) return;
  }
}

bool ActPreparation::WorkSlice() {
  const std::size_t slice = claimed_.fetch_add(1);
  if (slice >= slices_) return false;
  const std::size_t end = std::min(acts_.size(), (slice + 1) * kSlice);
  for (std::size_t i = slice * kSlice; i < end; ++i) {
    acts_[i] = verifier_->Prepare(std::move(envelopes_[i]));
  }
  const std::scoped_lock lock(mutex_);
  if (++done_ == slices_) finished_.notify_all();
  return true;
}

void ActPreparation::Work() {
  while (WorkSlice()) {
  }
}

const std::vector<ledger::Preparation>& ActPreparation::Result() {
  Work();
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] { return done_ == slices_; });
  return acts_;
}

}  // namespace aval::node
