#include "net/body_budget.h"

#include "base/assert.h"

namespace aval::net {

std::shared_ptr<void> BodyBudget::Take(const crypto::KeyId& client, std::size_t bytes) {
  if (bytes == 0) return std::make_shared<char>();
  const std::scoped_lock lock(mutex_);
  const auto known = by_client_.find(client);
  const std::size_t of_client = known == by_client_.end() ? 0 : known->second;
  if (bytes > total_max_ - taken_) return nullptr;
  if (bytes > client_max_ - of_client) return nullptr;
  taken_ += bytes;
  by_client_[client] = of_client + bytes;
  return {this, [this, client, bytes](void*) { GiveBack(client, bytes); }};
}

std::size_t BodyBudget::taken() const {
  const std::scoped_lock lock(mutex_);
  return taken_;
}

void BodyBudget::GiveBack(const crypto::KeyId& client, std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  const auto known = by_client_.find(client);
  AVAL_ASSERT(known != by_client_.end() && known->second >= bytes && taken_ >= bytes);
  taken_ -= bytes;
  known->second -= bytes;
  if (known->second == 0) by_client_.erase(known);
}

}  // namespace aval::net
