#include "node/api/places.h"

namespace aval::node::api {

std::shared_ptr<void> Places::Take(std::size_t acts, std::size_t bytes) {
  const std::scoped_lock lock(mutex_);
  if (acts > acts_max_ - acts_ || bytes > bytes_max_ - bytes_) return nullptr;
  acts_ += acts;
  bytes_ += bytes;
  return {this, [this, acts, bytes](void*) {
            const std::scoped_lock giving(mutex_);
            acts_ -= acts;
            bytes_ -= bytes;
          }};
}

std::size_t Places::acts() const {
  const std::scoped_lock lock(mutex_);
  return acts_;
}

}  // namespace aval::node::api
