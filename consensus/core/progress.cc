#include "consensus/core/progress.h"

#include <algorithm>

#include "base/assert.h"

namespace aval::consensus {

bool Progress::MaySend() const {
  if (!streaming_) return !probe_sent_;
  // The window in bytes lets one message of any size through, so that nothing is too big to send.
  return in_flight_.size() < window_.messages &&
         (in_flight_.empty() || in_flight_bytes_ < window_.bytes);
}

void Progress::Sent(Index last, std::size_t bytes) {
  AVAL_ASSERT(last.value + 1 >= next_.value);
  if (!streaming_) {
    probe_sent_ = true;
    return;
  }
  if (last < next_) return;
  next_ = {last.value + 1};
  in_flight_.push_back({.last = last, .bytes = bytes});
  in_flight_bytes_ += bytes;
}

bool Progress::Acknowledged(Index match) {
  while (!in_flight_.empty() && in_flight_.front().last <= match) {
    in_flight_bytes_ -= in_flight_.front().bytes;
    in_flight_.pop_front();
  }
  const bool news = match > match_;
  match_ = std::max(match_, match);
  next_ = std::max(next_, Index{match_.value + 1});
  if (!streaming_ && match >= std::max(match_, asked_)) {
    streaming_ = true;
    probe_sent_ = false;
    next_ = {match_.value + 1};
  }
  AVAL_ASSERT(match_ < next_);
  return news;
}

Progress::Refusal Progress::Refused(Index prev, Index hint) {
  if (streaming_) {
    if (prev <= match_) return Refusal::kStale;
    StartProbing({match_.value + 1});
    return Refusal::kAskLower;
  }
  if (prev.value + 1 != next_.value) return Refusal::kStale;
  if (prev == match_) return Refusal::kForgotten;
  const std::uint64_t guess = std::min(prev.value, hint.value + 1);
  StartProbing({std::max(guess, match_.value + 1)});
  return Refusal::kAskLower;
}

void Progress::SentAtAnchor(Index anchor) {
  LinkLost();
  asked_ = anchor;
  probe_sent_ = true;
}

void Progress::LinkLost() { StartProbing(streaming_ ? Index{match_.value + 1} : next_); }

void Progress::StartProbing(Index next) {
  streaming_ = false;
  probe_sent_ = false;
  in_flight_.clear();
  in_flight_bytes_ = 0;
  next_ = next;
  asked_ = {next.value - 1};
  AVAL_ASSERT(match_ < next_);
}

}  // namespace aval::consensus
