#include "net/peer_intake.h"

#include <utility>

#include "net/peer_connection.h"

namespace aval::net {

Receipt PeerIntake::Take(std::size_t bytes) {
  {
    const std::scoped_lock lock(mutex_);
    ++messages_;
    bytes_ += bytes;
  }
  return {static_cast<void*>(this),
          [self = shared_from_this(), bytes](void*) { self->Return(bytes); }};
}

bool PeerIntake::Full() {
  const std::scoped_lock lock(mutex_);
  return messages_ >= max_messages_ || bytes_ >= max_bytes_;
}

bool PeerIntake::HasRoom(const std::shared_ptr<PeerConnection>& link) {
  const std::scoped_lock lock(mutex_);
  if (messages_ < max_messages_ && bytes_ < max_bytes_) return true;
  std::erase_if(waiting_, [](const auto& other) { return other.expired(); });
  waiting_.push_back(link);
  return false;
}

void PeerIntake::Return(std::size_t bytes) {
  std::vector<std::weak_ptr<PeerConnection>> resumed;
  {
    const std::scoped_lock lock(mutex_);
    --messages_;
    bytes_ -= bytes;
    if (messages_ > max_messages_ / 2 || bytes_ > max_bytes_ / 2) return;
    resumed.swap(waiting_);
  }
  for (const auto& waiting : resumed) {
    if (const auto link = waiting.lock()) link->Resume();
  }
}

}  // namespace aval::net
