#include "net/handshake_turns.h"

#include <algorithm>
#include <utility>

namespace aval::net {

std::unique_ptr<HandshakeTurns::Turn> HandshakeTurns::Ask(const boost::asio::ip::address& host,
                                                          Begin begin) {
  auto turn = std::make_unique<Turn>(*this, host, std::move(begin));
  const std::scoped_lock lock(mutex_);
  queues_[host].push_back(turn.get());
  ++waiting_;
  Give();
  return turn;
}

std::size_t HandshakeTurns::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_;
}

void HandshakeTurns::End(Turn& turn) {
  const std::scoped_lock lock(mutex_);
  if (turn.waits_) {
    const auto queue = queues_.find(turn.host_);
    queue->second.remove(&turn);
    if (queue->second.empty()) queues_.erase(queue);
    --waiting_;
  } else {
    --taken_;
    // One that has not begun leaves its time to the next: else who calls and hangs up would put
    // the others off without end.
    if (clock_->Now() < turn.begins_) last_begin_ = *last_begin_ + -apart_;
    Give();
  }
}

void HandshakeTurns::Give() {
  if (taken_ == most_ || queues_.empty()) return;
  auto queue = queues_.upper_bound(last_);
  if (queue == queues_.end()) queue = queues_.begin();
  Turn& turn = *queue->second.front();
  queue->second.pop_front();
  last_ = queue->first;
  if (queue->second.empty()) queues_.erase(queue);
  turn.waits_ = false;
  --waiting_;
  ++taken_;
  const Instant now = clock_->Now();
  last_begin_ = last_begin_ ? std::max(now, *last_begin_ + apart_) : now;
  turn.begins_ = *last_begin_;
  turn.begin_(*last_begin_ - now);
}

}  // namespace aval::net
