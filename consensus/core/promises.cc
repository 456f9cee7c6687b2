#include "consensus/core/promises.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "consensus/core/quorum.h"

namespace aval::consensus {

namespace {

constexpr std::size_t kTellers = 2;  // That one peer lies must do no harm.

auto Rank(const Promise& promise) {
  return std::tie(promise.incarnation, promise.term, promise.index);
}

// A disk without any term or entry has kept nothing, however often the node has started on it.
bool IsEmpty(Promises::Memory memory, const HardState& disk, const EntryId& last) {
  return memory == Promises::Memory::kUncertain && disk == HardState{} && last == EntryId{};
}

bool VotesIn(const Configuration& configuration, NodeId node, std::uint32_t incarnation) {
  const bool votes = configuration.voters.contains(node) || configuration.outgoing.contains(node);
  return votes && configuration.members.at(node).incarnation == incarnation;
}

}  // namespace

Promises::Promises(const Self& self, Memory memory, const HardState& disk, const EntryId& last,
                   std::map<NodeId, Promise> known)
    : self_(self),
      disk_(disk),
      last_(last.index),
      memory_(IsEmpty(memory, disk, last) ? Memory::kEmpty : memory),
      standing_(memory == Memory::kWhole ? Standing::kKept : Standing::kAsking),
      known_(std::move(known)) {}

crypto::Digest Promises::SealOf(const Promise& promise) const {
  ByteWriter text;
  text.Raw(self_.key);
  text.U32(self_.node.value);
  text.U32(promise.incarnation);
  text.U64(promise.run);
  text.U64(promise.term.value);
  text.U32(promise.vote.value);
  text.U64(promise.index.value);
  return crypto::Sha256(text.bytes());
}

Promise Promises::Make(const HardState& durable, Index index) {
  promised_ = true;
  Promise promise{.incarnation = self_.incarnation,
                  .run = self_.run,
                  .term = durable.term,
                  .vote = durable.vote,
                  .index = index,
                  .seal = {}};
  promise.seal = SealOf(promise);
  return promise;
}

void Promises::Note(NodeId maker, std::uint32_t incarnation,
                    const std::optional<Promise>& promise) {
  // Whether it is the maker's is for the maker to say; that it is none of another incarnation's
  // keeps it from hiding what counts.
  if (!promise || promise->incarnation != incarnation) return;
  const auto [at, fresh] = known_.emplace(maker, *promise);
  if (!fresh && Rank(at->second) < Rank(*promise)) at->second = *promise;
}

std::optional<Promise> Promises::Of(NodeId maker) const {
  const auto at = known_.find(maker);
  if (at == known_.end()) return std::nullopt;
  return at->second;
}

// A promise of an earlier process must be found on the disk: the term and vote that it names, or a
// later term, which the disk can have only from after it; and in its own term its entries, which
// only a later term's leader may have replaced.
bool Promises::IsForgotten(const Promise& promise) const {
  if (promise.seal != SealOf(promise) || promise.run == self_.run) return false;
  if (promise.incarnation != self_.incarnation) return promise.incarnation > self_.incarnation;
  if (promise.term != disk_.term) return promise.term > disk_.term;
  const bool other_vote = promise.vote != NodeId{} && promise.vote != disk_.vote;
  return other_vote || promise.index > last_;
}

void Promises::Hear(Sender from, const GreetingResponse& answer) {
  // The seal proves it, whenever it comes, and whichever process had asked.
  if (answer.promise && IsForgotten(*answer.promise)) standing_ = Standing::kForgotten;
  if (answer.run != self_.run) return;
  Answer heard{.incarnation = from.incarnation, .blank = answer.blank, .told = {}};
  if (auto configuration = DecodeConfiguration(answer.configuration)) {
    heard.told = {.index = answer.configuration_index, .configuration = *std::move(configuration)};
  }
  answers_.insert_or_assign(from.node, std::move(heard));
}

bool Promises::IsUnheard(NodeId node) const {
  return memory_ != Memory::kWhole && node != self_.node && !answers_.contains(node);
}

bool Promises::IsBelieved(const ConfigurationAt& told, const Membership& membership) const {
  std::set<NodeId> tellers;
  for (const auto& [node, answer] : answers_) {
    const bool tells = answer.told && answer.told->index == told.index &&
                       answer.told->configuration == told.configuration &&
                       VotesIn(told.configuration, node, answer.incarnation);
    if (tells) tellers.insert(node);
  }
  if (tellers.size() >= kTellers) return true;
  if (VotesIn(told.configuration, self_.node, self_.incarnation)) tellers.insert(self_.node);
  return std::ranges::includes(told.configuration.voters, membership.quorum().voters()) &&
         Quorum(told.configuration).Reached(tellers);
}

const Configuration& Promises::Newest(const Membership& membership) const {
  const Configuration* newest = &membership.current();
  Index index = membership.index();
  for (const auto& [node, answer] : answers_) {
    if (!answer.told || answer.told->index <= index || !IsBelieved(*answer.told, membership)) {
      continue;
    }
    newest = &answer.told->configuration;
    index = answer.told->index;
  }
  return *newest;
}

std::set<NodeId> Promises::AskedOf(const Membership& membership) const {
  std::set<NodeId> asked = membership.quorum().voters();
  for (const auto& [node, answer] : answers_) {
    if (!answer.told || answer.told->index <= membership.index()) continue;
    const Quorum told(answer.told->configuration);
    asked.insert(told.voters().begin(), told.voters().end());
  }
  return asked;
}

void Promises::Judge(const Membership& membership, bool waited) {
  if (standing_ != Standing::kAsking) return;
  const Configuration& newest = Newest(membership);
  const Quorum quorum(newest);
  const auto is_heard = [&](NodeId node) { return node == self_.node || answers_.contains(node); };
  const bool all = std::ranges::all_of(membership.quorum().voters(), is_heard) &&
                   std::ranges::all_of(quorum.voters(), is_heard);
  const std::set<NodeId> heard = HeardOf(newest);
  std::set<NodeId> blanks = heard;
  std::erase_if(blanks,
                [&](NodeId node) { return node != self_.node && !answers_.at(node).blank; });
  const bool first_start = memory_ == Memory::kEmpty && quorum.Reached(blanks);
  const bool votes = membership.Votes(self_.node, self_.incarnation) || IsToldToVote(heard);
  const bool ordinary = (memory_ == Memory::kUncertain || !votes) && quorum.Reached(heard);
  if (all || (waited && (first_start || ordinary))) standing_ = Standing::kKept;
}

std::set<NodeId> Promises::HeardOf(const Configuration& configuration) const {
  std::set<NodeId> heard;
  if (VotesIn(configuration, self_.node, self_.incarnation)) heard.insert(self_.node);
  for (const auto& [node, answer] : answers_) {
    if (VotesIn(configuration, node, answer.incarnation)) heard.insert(node);
  }
  return heard;
}

bool Promises::IsToldToVote(const std::set<NodeId>& heard) const {
  return std::ranges::any_of(answers_, [&](const auto& entry) {
    const auto& [node, answer] = entry;
    return heard.contains(node) && answer.told &&
           VotesIn(answer.told->configuration, self_.node, self_.incarnation);
  });
}

}  // namespace aval::consensus
