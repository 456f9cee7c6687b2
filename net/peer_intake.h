#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "net/peer_message.h"

namespace aval::net {

class PeerConnection;

/// Bounds what one peer has sent, over whichever links, and nobody has consumed yet. The bound may
/// be exceeded by one frame.
/// Threads: safe from all.
class PeerIntake final : public std::enable_shared_from_this<PeerIntake> {
 public:
  PeerIntake(std::size_t max_messages, std::size_t max_bytes)
      : max_messages_(max_messages), max_bytes_(max_bytes) {}

  /// Counts a message of `bytes` until the last copy of the receipt is gone.
  Receipt Take(std::size_t bytes);

  bool Full();

  /// False when full: `link` is then told to Resume once half of the bound is free again.
  bool HasRoom(const std::shared_ptr<PeerConnection>& link);

 private:
  void Return(std::size_t bytes);

  const std::size_t max_messages_;
  const std::size_t max_bytes_;
  std::mutex mutex_;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
  std::vector<std::weak_ptr<PeerConnection>> waiting_;  // No more than there are live links.
};

}  // namespace aval::net
