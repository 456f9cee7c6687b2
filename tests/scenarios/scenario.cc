#include "tests/scenarios/scenario.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace aval::consensus {

namespace {

Cluster::Filter VotesOf(bool pre) {
  return [pre](const Cluster::Letter& letter) {
    const auto* const request = std::get_if<VoteRequest>(&letter.message);
    const auto* const response = std::get_if<VoteResponse>(&letter.message);
    return (request != nullptr && request->pre == pre) ||
           (response != nullptr && response->pre == pre);
  };
}

MemberChange Wish(MemberChange::Kind kind, NodeId node) {
  return {.kind = kind, .node = node, .member = {}};
}

}  // namespace

Cluster::MakeStorage Logs(std::map<NodeId, Terms> logs, std::uint64_t term) {
  return [logs = std::move(logs), term](NodeId id) -> std::unique_ptr<Storage> {
    const auto at = logs.find(id);
    const Terms terms = at == logs.end() ? Terms{} : at->second;
    const std::uint64_t last = terms.empty() ? 0 : terms.back();
    return std::make_unique<MemoryStorage>(HardState{.term = {std::max(last, term)}, .vote = {}},
                                           EntriesOfTerms(terms));
  };
}

Append AppendOf(const std::vector<Entry>& log, std::size_t prev, std::size_t count,
                std::uint64_t term, std::uint64_t commit) {
  const EntryId before = prev == 0 ? EntryId{} : IdOf(log.at(prev - 1));
  const auto first = log.begin() + static_cast<std::ptrdiff_t>(prev);
  return {.term = {term},
          .prev_index = before.index,
          .prev_term = before.term,
          .prev_chain = before.chain,
          .commit = {commit},
          .entries = {first, first + static_cast<std::ptrdiff_t>(count)}};
}

VoteRequest AskVote(std::uint64_t term, bool pre, std::uint64_t last_index,
                    std::uint64_t last_term) {
  return {.term = {term}, .pre = pre, .last_index = {last_index}, .last_term = {last_term}};
}

Cluster::Filter PreVotes() { return VotesOf(true); }
Cluster::Filter Votes() { return VotesOf(false); }

void Win(Cluster& cluster, NodeId node) {
  for (int rounds = 0; rounds < 10 && cluster.role(node) != Role::kLeader; ++rounds) {
    cluster.Pass(3 * kTimeout);
    cluster.Tick(node);
    cluster.Settle(PreVotes() || Votes());
  }
  AVAL_ASSERT(cluster.role(node) == Role::kLeader);
}

MemberChange Add(NodeId node, std::uint32_t incarnation) {
  return {.kind = MemberChange::Kind::kAdd,
          .node = node,
          .member = {.incarnation = incarnation, .group = node.value}};
}

MemberChange Promote(NodeId node) { return Wish(MemberChange::Kind::kPromote, node); }
MemberChange Demote(NodeId node) { return Wish(MemberChange::Kind::kDemote, node); }
MemberChange Remove(NodeId node) { return Wish(MemberChange::Kind::kRemove, node); }

const Configuration& Current(const Cluster& cluster, NodeId node) {
  return cluster.core(node).membership().current();
}

Cluster::Filter Configurations() {
  return [](const Cluster::Letter& letter) {
    const auto* const append = std::get_if<Append>(&letter.message);
    return append != nullptr && std::ranges::any_of(append->entries, [](const Entry& entry) {
             return entry.kind == EntryKind::kConfiguration;
           });
  };
}

void ExpectReached(const Cluster& cluster, std::initializer_list<RarePath> rare_paths) {
  const RarePaths reached = cluster.rare_paths();
  for (const RarePath path : rare_paths)
    EXPECT_GT(reached.of(path), 0U) << "never: " << RarePathName(path);
}

}  // namespace aval::consensus
