#include "node/read_waits.h"

#include <algorithm>
#include <utility>

namespace aval::node {

void ReadWaits::Add(std::uint64_t ticket, Instant deadline, Done done) {
  asked_.emplace(ticket, Wait{.deadline = deadline, .done = std::move(done)});
}

void ReadWaits::Confirm(std::uint64_t ticket, consensus::Index index) {
  const auto end = asked_.upper_bound(ticket);
  for (auto at = asked_.begin(); at != end; ++at) {
    confirmed_.emplace(index, std::move(at->second));
  }
  asked_.erase(asked_.begin(), end);
  Applied(applied_);
}

void ReadWaits::Applied(consensus::Index index) {
  applied_ = std::max(applied_, index);
  const auto end = confirmed_.upper_bound(applied_);
  for (auto at = confirmed_.begin(); at != end; ++at) at->second.done(ReadEnd::kReadable);
  confirmed_.erase(confirmed_.begin(), end);
}

template <class Waits>
void ReadWaits::ExpireOf(Waits& waits, Instant now, ReadEnd end) {
  for (auto at = waits.begin(); at != waits.end();) {
    if (at->second.deadline > now) {
      ++at;
      continue;
    }
    at->second.done(end);
    at = waits.erase(at);
  }
}

void ReadWaits::Expire(Instant now, ReadEnd end) {
  ExpireOf(asked_, now, end);
  ExpireOf(confirmed_, now, ReadEnd::kTimedOut);
}

void ReadWaits::End(ReadEnd end) {
  for (const auto& [ticket, wait] : std::exchange(asked_, {})) wait.done(end);
  for (const auto& [index, wait] : std::exchange(confirmed_, {})) wait.done(end);
}

}  // namespace aval::node
