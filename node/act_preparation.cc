#include "node/block_preparation.h"

#include <algorithm>
#include <utility>

namespace aval::node {

ledger::Preparation PrepareAct(std::shared_ptr<const Bytes> envelope, const std::string& origin,
                               KeyCache& keys) {
  ledger::Preparation prepared = ledger::Prepare(std::move(envelope), origin);
  if (!prepared.act) return prepared;
  for (const auto& [signer, key] : ledger::KeysBroughtBy(prepared.act->act)) keys.Learn(key);
  ledger::CheckSignatures(*prepared.act,
                          [&keys](const crypto::KeyId& id) { return keys.Find(id); });
  return prepared;
}

BlockPreparation::BlockPreparation(ledger::Block block, const std::string& origin, KeyCache& keys)
    : block_(std::move(block)),
      acts_(block_.acts.size()),
      origin_(&origin),
      keys_(&keys),
      slices_((acts_.size() + kSlice - 1) / kSlice) {}

BlockPreparation::BlockPreparation(ledger::BlockHeader header,
                                   std::vector<ledger::Preparation> acts)
    : block_{.header = header, .acts = {}}, acts_(std::move(acts)) {}

void BlockPreparation::Work() {
  for (;;) {
    const std::size_t slice = claimed_.fetch_add(1);
    if (slice >= slices_) return;
    const std::size_t end = std::min(acts_.size(), (slice + 1) * kSlice);
    for (std::size_t i = slice * kSlice; i < end; ++i) {
      acts_[i] = PrepareAct(std::move(block_.acts[i]), *origin_, *keys_);
    }
    const std::scoped_lock lock(mutex_);
    if (++done_ == slices_) finished_.notify_all();
  }
}

const std::vector<ledger::Preparation>& BlockPreparation::Result() {
  Work();
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] { return done_ == slices_; });
  return acts_;
}

}  // namespace aval::node
