#include "node/forward_lane.h"

#include <algorithm>
#include <utility>

#include "crypto/digest.h"

namespace aval::node {

namespace {

std::size_t CountInvalid(const std::vector<ledger::Preparation>& acts) {
  return static_cast<std::size_t>(std::ranges::count_if(acts, [](const auto& prepared) {
    return !prepared.act || ledger::HasBadSignature(*prepared.act);
  }));
}

std::size_t BytesOf(const ForwardLane::Envelopes& envelopes) {
  std::size_t bytes = 0;
  for (const auto& envelope : envelopes) bytes += envelope->size();
  return bytes;
}

}  // namespace

void ForwardLane::Add(Envelopes envelopes, net::Receipt receipt) {
  {
    const std::scoped_lock lock(mutex_);
    if (receipt != nullptr && invalid_.Rest(parts_.clock->Now()) == Duration(0)) {
      waiting_.push_back({.envelopes = std::move(envelopes), .receipt = std::move(receipt)});
    } else {
      const std::size_t bytes = BytesOf(envelopes);
      if (refused_bytes_ + bytes > kRefusedBytes) return;
      refused_bytes_ += bytes;
      refused_.push_back(std::move(envelopes));
    }
    if (std::exchange(working_, true)) return;
  }
  if (!Post()) TakeAll();  // Nobody has time even to hash them.
}

bool ForwardLane::Post() {
  return parts_.pool->TryPost([self = shared_from_this()] { self->Work(); });
}

void ForwardLane::Work() {
  if (const std::optional<Refused> refused = TakeRefused()) {
    Refuse(refused->frame.envelopes, refused->reason);
  } else {
    WorkOnFront();
  }
  GoOn();
}

void ForwardLane::GoOn() {
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.empty() && refused_.empty()) {
      working_ = false;
      return;
    }
  }
  if (Post()) return;
  for (const Waiting& frame : TakeAll()) Refuse(frame.envelopes, Reason::kOverloaded);
}

std::optional<ForwardLane::Refused> ForwardLane::TakeRefused() {
  const std::scoped_lock lock(mutex_);
  if (!refused_.empty()) {
    Refused refused{.frame = {.envelopes = std::move(refused_.front()), .receipt = nullptr},
                    .reason = Reason::kOverloaded};
    refused_.pop_front();
    refused_bytes_ -= BytesOf(refused.frame.envelopes);
    return refused;
  }
  if (parts_.leads()) return std::nullopt;
  front_.reset();
  Refused refused{.frame = std::move(waiting_.front()), .reason = Reason::kNotLeader};
  waiting_.pop_front();
  return refused;
}

void ForwardLane::WorkOnFront() {
  if (!front_) {
    Envelopes envelopes;
    {
      const std::scoped_lock lock(mutex_);
      envelopes = waiting_.front().envelopes;
    }
    front_ = parts_.prepare(std::move(envelopes));
  }
  if (front_->WorkSlice()) return;
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
}

std::deque<ForwardLane::Waiting> ForwardLane::TakeAll() {
  const std::scoped_lock lock(mutex_);
  std::deque<Waiting> all = std::exchange(waiting_, {});
  for (Envelopes& envelopes : refused_) {
    all.push_back({.envelopes = std::move(envelopes), .receipt = nullptr});
  }
  refused_.clear();
  refused_bytes_ = 0;
  front_.reset();
  working_ = false;
  return all;
}

void ForwardLane::Refuse(const Envelopes& envelopes, Reason reason) {
  net::ForwardRefused refused{.envelopes = {}, .reason = reason};
  for (const auto& envelope : envelopes) refused.envelopes.push_back(crypto::Sha256(*envelope));
  parts_.refuse(std::move(refused));
}

}  // namespace aval::node
