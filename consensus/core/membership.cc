#include "consensus/core/membership.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "consensus/core/planted.h"

namespace aval::consensus {

namespace {

const Configuration& Newest(const std::vector<ConfigurationAt>& configurations) {
  AVAL_ASSERT(!configurations.empty());
  return configurations.back().configuration;
}

}  // namespace

Membership::Membership(const std::vector<ConfigurationAt>& configurations)
    : configurations_(configurations.begin(), configurations.end()),
      quorum_(Newest(configurations)) {
  for (std::size_t i = 1; i < configurations_.size(); ++i) {
    AVAL_ASSERT(configurations_[i - 1].index < configurations_[i].index);
  }
}

void Membership::Append(Index index, Configuration configuration) {
  AVAL_ASSERT(index > this->index());
  configurations_.push_back({.index = index, .configuration = std::move(configuration)});
  quorum_ = Quorum(current());
}

void Membership::TruncateAfter(Index kept) {
  if (index() <= kept || Planted(Bug::kKeepsTruncatedConfiguration)) return;
  while (index() > kept) {
    configurations_.pop_back();
    AVAL_ASSERT(!configurations_.empty());
  }
  quorum_ = Quorum(current());
}

void Membership::Committed(Index commit) {
  while (configurations_.size() > 1 && configurations_[1].index <= commit) {
    configurations_.pop_front();
  }
}

bool Membership::Votes(NodeId node, std::uint32_t incarnation) const {
  return std::ranges::any_of(configurations_, [&](const ConfigurationAt& at) {
    const Configuration& in = at.configuration;
    const bool votes = in.voters.contains(node) || in.outgoing.contains(node);
    return votes && in.members.at(node).incarnation == incarnation;
  });
}

}  // namespace aval::consensus
