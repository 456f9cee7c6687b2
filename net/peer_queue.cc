#include "net/peer_queue.h"

#include <utility>

#include "base/assert.h"
#include "net/frame.h"
#include "net/peer_codec.h"

namespace aval::net {

PeerQueue::Pushed PeerQueue::Push(std::vector<PeerMessage> messages) {
  std::vector<Waiting> added;
  added.reserve(messages.size());
  std::size_t bytes = 0;
  for (PeerMessage& message : messages) {
    const std::size_t bound = FrameBound(message);
    AVAL_ASSERT(bound <= kMaxFrameBytes);
    bytes += bound;
    added.push_back({.message = std::move(message), .bound = bound});
  }
  const std::scoped_lock lock(mutex_);
  if (!open_ || waiting_.size() + added.size() > max_messages_ || bytes_ + bytes > max_bytes_) {
    refused_ += added.size();
    return Pushed::kRefused;
  }
  for (Waiting& waiting : added) waiting_.push_back(std::move(waiting));
  bytes_ += bytes;
  return std::exchange(idle_, false) ? Pushed::kTakenFirst : Pushed::kTaken;
}

void PeerQueue::Open() {
  const std::scoped_lock lock(mutex_);
  open_ = true;
  idle_ = true;
}

void PeerQueue::Close() {
  std::deque<Waiting> dropped;  // Freed without the lock.
  const std::scoped_lock lock(mutex_);
  open_ = false;
  lost_ += waiting_.size();
  dropped.swap(waiting_);
  bytes_ = 0;
}

PeerQueue::Taken PeerQueue::Take(std::size_t enough) {
  std::vector<PeerMessage> messages;
  {
    const std::scoped_lock lock(mutex_);
    std::size_t bytes = 0;
    while (!waiting_.empty() && bytes < enough) {
      bytes += waiting_.front().bound;
      bytes_ -= waiting_.front().bound;
      messages.push_back(std::move(waiting_.front().message));
      waiting_.pop_front();
    }
    if (messages.empty()) idle_ = true;
  }
  Taken taken{.frames = {}, .count = messages.size()};
  for (const PeerMessage& message : messages) AppendFrame(message, taken.frames);
  return taken;
}

PeerQueue::Counters PeerQueue::counters() const {
  const std::scoped_lock lock(mutex_);
  return {.refused = refused_, .lost = lost_, .messages = waiting_.size(), .bytes = bytes_};
}

}  // namespace aval::net
