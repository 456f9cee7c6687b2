#include "node/waiters.h"

namespace aval::node {
namespace {

void Answer(std::vector<std::pair<Waiters::Done, ActAnswer>>&& taken) {
  for (auto& [done, answer] : taken) done(answer);
}

}  // namespace

void Waiters::Add(const crypto::Digest& envelope, Instant deadline, Done done) {
  {
    const std::scoped_lock lock(mutex_);
    if (!stopped_) {
      waiting_.emplace(envelope, Waiting{.deadline = deadline, .done = std::move(done)});
      return;
    }
  }
  done({.kind = ActAnswer::Kind::kStopping, .outcome = {}, .hindrance = Hindrance::kStopping});
}

void Waiters::Resolve(std::span<const AppliedAct> acts) {
  Taken taken;
  {
    const std::scoped_lock lock(mutex_);
    for (const AppliedAct& act : acts) {
      Take(act.envelope,
           {.kind = ActAnswer::Kind::kDecided, .outcome = act.outcome, .hindrance = {}}, taken);
    }
  }
  Answer(std::move(taken));
}

void Waiters::Refuse(std::span<const crypto::Digest> envelopes, ActAnswer::Kind kind,
                     Hindrance hindrance) {
  Taken taken;
  {
    const std::scoped_lock lock(mutex_);
    for (const crypto::Digest& envelope : envelopes) {
      Take(envelope, {.kind = kind, .outcome = {}, .hindrance = hindrance}, taken);
    }
  }
  Answer(std::move(taken));
}

void Waiters::Expire(Instant now, Hindrance hindrance) {
  Taken taken;
  {
    const std::scoped_lock lock(mutex_);
    for (auto at = waiting_.begin(); at != waiting_.end();) {
      if (at->second.deadline > now) {
        ++at;
        continue;
      }
      taken.emplace_back(
          std::move(at->second.done),
          ActAnswer{.kind = ActAnswer::Kind::kTimedOut, .outcome = {}, .hindrance = hindrance});
      at = waiting_.erase(at);
    }
  }
  Answer(std::move(taken));
}

void Waiters::Stop() {
  Taken taken;
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    for (auto& [envelope, waiting] : waiting_) {
      taken.emplace_back(std::move(waiting.done), ActAnswer{.kind = ActAnswer::Kind::kStopping,
                                                            .outcome = {},
                                                            .hindrance = Hindrance::kStopping});
    }
    waiting_.clear();
  }
  Answer(std::move(taken));
}

std::size_t Waiters::size() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size();
}

void Waiters::Take(const crypto::Digest& envelope, const ActAnswer& answer, Taken& taken) {
  const auto [begin, end] = waiting_.equal_range(envelope);
  for (auto at = begin; at != end; ++at) taken.emplace_back(std::move(at->second.done), answer);
  waiting_.erase(begin, end);
}

}  // namespace aval::node
