#include "node/forward_lane.h"

#include <algorithm>
#include <utility>

namespace aval::node {

namespace {

std::size_t CountInvalid(const std::vector<ledger::Preparation>& acts) {
  return static_cast<std::size_t>(std::ranges::count_if(acts, [](const auto& prepared) {
    return !prepared.act || ledger::HasBadSignature(*prepared.act);
  }));
}

}  // namespace

void ForwardLane::Add(Envelopes envelopes, net::Receipt receipt) {
  bool rests = false;
  {
    const std::scoped_lock lock(mutex_);
    rests = invalid_.Rest(parts_.clock->Now()) > Duration(0);
    if (!rests) {
      waiting_.push_back({.envelopes = std::move(envelopes), .receipt = std::move(receipt)});
      if (std::exchange(working_, true)) return;
    }
  }
  if (rests) return parts_.refuse(envelopes);
  Post();
}

void ForwardLane::Post() {
  if (parts_.pool->TryPost([self = shared_from_this()] { self->Work(); })) return;
  std::deque<Waiting> refused;
  {
    const std::scoped_lock lock(mutex_);
    refused.swap(waiting_);
    front_.reset();
    working_ = false;
  }
  for (const Waiting& waiting : refused) parts_.refuse(waiting.envelopes);
}

void ForwardLane::Work() {
  if (!front_) {
    Envelopes envelopes;
    {
      const std::scoped_lock lock(mutex_);
      envelopes = waiting_.front().envelopes;
    }
    front_ = parts_.prepare(std::move(envelopes));
  }
  if (front_->WorkSlice()) return Post();
  const std::size_t invalid = CountInvalid(front_->Result());
  const std::shared_ptr<ActPreparation> prepared = std::exchange(front_, nullptr);
  net::Receipt receipt;
  {
    const std::scoped_lock lock(mutex_);
    receipt = std::move(waiting_.front().receipt);
    waiting_.pop_front();
    invalid_.Count(invalid, 0, parts_.clock->Now());
  }
  parts_.done(prepared->Result(), std::move(receipt));
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.empty()) {
      working_ = false;
      return;
    }
  }
  Post();
}

}  // namespace aval::node
