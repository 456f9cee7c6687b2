#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace aval::net {

/// Who may compute a handshake, and when. Each costs an io thread as much as many requests, and who
/// has called in the same instant as many others would have known clients wait for all of them: so
/// a few go on at a time, which begin a moment apart, and the others wait, of each host in turn.
/// Invariants: while somebody waits, as many as may have a turn; no turn is to begin later than
/// that many moments from now. Threads: safe from all. It outlives its turns.
class HandshakeTurns {
 public:
  /// A place among those who have a turn or wait for it, until it is destroyed.
  class Turn;

  /// Is to begin its handshake in so long.
  using Begin = std::function<void(Duration delay)>;

  HandshakeTurns(std::size_t most, Duration apart, std::shared_ptr<const Clock> clock)
      : most_(most), apart_(apart), clock_(std::move(clock)) {}

  /// `begin` is called once, when `host` (HostOf) has its turn: at once, or on the thread of
  /// whoever ends one. It must only post.
  std::unique_ptr<Turn> Ask(const boost::asio::ip::address& host, Begin begin);

  std::size_t waiting() const;

 private:
  using Queue = std::list<Turn*>;

  void End(Turn& turn);
  /// Gives a turn to the next host's first, where one is free and somebody waits.
  void Give();

  const std::size_t most_;
  const Duration apart_;
  const std::shared_ptr<const Clock> clock_;
  mutable std::mutex mutex_;
  std::size_t taken_ = 0;
  std::size_t waiting_ = 0;
  std::optional<Instant> last_begin_;
  std::map<boost::asio::ip::address, Queue> queues_;  // Of hosts with somebody who waits.
  boost::asio::ip::address last_;                     // The host whose turn it was.
};

class HandshakeTurns::Turn {
 public:
  Turn(HandshakeTurns& turns, const boost::asio::ip::address& host, Begin begin)
      : turns_(turns), host_(host), begin_(std::move(begin)) {}
  ~Turn() { turns_.End(*this); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  friend class HandshakeTurns;
  HandshakeTurns& turns_;
  const boost::asio::ip::address host_;
  const Begin begin_;
  bool waits_ = true;
  Instant begins_;  // Once it waits no more.
};

}  // namespace aval::net
