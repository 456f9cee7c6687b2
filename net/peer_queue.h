#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "base/bytes.h"
#include "net/peer_message.h"

namespace aval::net {

/// What waits to be sent to one peer; open while the link is up. Full or closed, it refuses the
/// newest, so that what it holds stays a run without gaps.
/// Threads: Push from all; the rest from the link's strand. counters() from all.
class PeerQueue {
 public:
  struct Counters {
    std::uint64_t refused = 0;
    std::uint64_t lost = 0;  // Taken, but still waiting when the link broke.
    std::size_t messages = 0;
    std::size_t bytes = 0;
  };

  PeerQueue(std::size_t max_messages, std::size_t max_bytes)
      : max_messages_(max_messages), max_bytes_(max_bytes) {}

  enum class Pushed : std::uint8_t {
    kRefused,
    kTaken,
    kTakenFirst,  // Nobody takes frames at the moment: the link is to be told.
  };
  /// All or nothing. No message's FrameBound is beyond kMaxFrameBytes.
  Pushed Push(std::vector<PeerMessage> messages);

  void Open();
  /// Drops what waits.
  void Close();

  struct Taken {
    Bytes frames;
    std::size_t count = 0;
  };
  /// Encodes the oldest messages: at least one, and no further one once `enough` bytes are reached.
  /// Empty when nothing waits; the next Push then says kTakenFirst.
  Taken Take(std::size_t enough);

  Counters counters() const;

 private:
  struct Waiting {
    PeerMessage message;
    std::size_t bound;
  };

  const std::size_t max_messages_;
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::deque<Waiting> waiting_;
  std::size_t bytes_ = 0;
  bool open_ = false;
  bool idle_ = true;  // Nobody takes frames.
  std::uint64_t refused_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace aval::net
