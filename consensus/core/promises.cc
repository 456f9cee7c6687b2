#include "consensus/core/promises.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "consensus/core/quorum.h"

namespace aval::consensus {

namespace {

auto Rank(const Promise& promise) {
  return std::tie(promise.incarnation, promise.term, promise.index);
}

// A disk without any term or entry has kept nothing, however often the node has started on it.
bool IsEmpty(Promises::Memory memory, const HardState& disk, const EntryId& last) {
  return memory == Promises::Memory::kUncertain && disk == HardState{} && last == EntryId{};
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
  if (answer.run != self_.run) return;
  if (answer.promise && IsForgotten(*answer.promise)) standing_ = Standing::kForgotten;
  if (standing_ != Standing::kAsking) return;
  heard_.insert_or_assign(from.node, from.incarnation);
  if (answer.blank) blanks_.insert(from.node);
  if (told_ && answer.configuration_index <= told_->index) return;
  auto configuration = DecodeConfiguration(answer.configuration);
  if (configuration) {
    told_ = {.index = answer.configuration_index, .configuration = *std::move(configuration)};
  }
}

// Who was away for long may know only voters that are gone.
const Configuration& Promises::Newest(const Membership& membership) const {
  const bool later = told_ && told_->index > membership.index();
  return later ? told_->configuration : membership.current();
}

std::set<NodeId> Promises::AskedOf(const Membership& membership) const {
  std::set<NodeId> asked = membership.quorum().voters();
  const Quorum newest(Newest(membership));
  asked.insert(newest.voters().begin(), newest.voters().end());
  return asked;
}

void Promises::Judge(const Membership& membership) {
  if (standing_ != Standing::kAsking) return;
  const bool votes_by_log = membership.Votes(self_.node, self_.incarnation);
  if (!votes_by_log && memory_ == Memory::kUncertain) {
    standing_ = Standing::kKept;
    return;
  }
  const Configuration& newest = Newest(membership);
  const Quorum quorum(newest);
  const auto member = newest.members.find(self_.node);
  const bool votes = votes_by_log || (quorum.Contains(self_.node) &&
                                      member->second.incarnation == self_.incarnation);
  const std::set<NodeId> asked = AskedOf(membership);
  const bool all = std::ranges::all_of(
      asked, [&](NodeId node) { return node == self_.node || heard_.contains(node); });
  std::set<NodeId> blanks = blanks_;
  blanks.insert(self_.node);
  const bool first_start = memory_ == Memory::kEmpty && quorum.Reached(blanks);
  const bool ordinary =
      (memory_ == Memory::kUncertain || !votes) && quorum.Reached(HeardOf(newest));
  if (all || first_start || ordinary) standing_ = Standing::kKept;
}

std::set<NodeId> Promises::HeardOf(const Configuration& configuration) const {
  std::set<NodeId> heard{self_.node};
  for (const auto& [node, incarnation] : heard_) {
    const auto member = configuration.members.find(node);
    const bool is_member = member != configuration.members.end();
    if (is_member && member->second.incarnation == incarnation) heard.insert(node);
  }
  return heard;
}

}  // namespace aval::consensus
