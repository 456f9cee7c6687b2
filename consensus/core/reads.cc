#include "consensus/core/reads.h"

#include <algorithm>
#include <utility>

#include "consensus/core/planted.h"

namespace aval::consensus {

void ReadRounds::Ask(NodeId reader, std::uint64_t ticket) {
  std::uint64_t& highest = waiting_[reader];
  highest = std::max(highest, ticket);
}

bool ReadRounds::Begin(Index commit) {
  if (waiting_.empty() || under_way_) return false;
  under_way_ = Round{.index = commit, .tickets = std::exchange(waiting_, {})};
  ++number_;
  confirmed_.clear();
  return true;
}

void ReadRounds::Confirm(NodeId voter, std::uint64_t number) {
  if (number == number_ || Planted(Bug::kCountsLateReadConfirmations)) confirmed_.insert(voter);
}

std::optional<ReadRounds::Round> ReadRounds::Finish(NodeId self, const Quorum& quorum) {
  if (!under_way_) return std::nullopt;
  confirmed_.insert(self);
  if (!quorum.Reached(confirmed_)) return std::nullopt;
  return std::exchange(under_way_, std::nullopt);
}

std::optional<std::uint64_t> ReadTickets::waiting() const {
  if (answered_ == last_) return std::nullopt;
  return last_;
}

bool ReadTickets::IsDue(Instant now, Duration patience) const {
  return answered_ != last_ && (!asked_ || now - *asked_ >= patience);
}

bool ReadTickets::Answer(std::uint64_t ticket) {
  if (ticket <= answered_ || ticket > last_) return false;
  answered_ = ticket;
  asked_.reset();
  return true;
}

}  // namespace aval::consensus
