// Entries that a node's disk has lost, and others have: see repairs.h.

#include <algorithm>
#include <chrono>
#include <string>

#include "consensus/core/core.h"

namespace aval::consensus {

namespace {

// What reading for one peer's repairs may take of this node's time: so many bytes in a microsecond,
// a look-up as so many bytes, and so much at once.
constexpr std::size_t kBytesPerMicrosecond = 32;
constexpr std::size_t kLookUpBytes = std::size_t{32} << 10U;
constexpr Duration kAtOnce = std::chrono::milliseconds(100);

}  // namespace

void Core::On(NodeId from, const EntriesRequest& request, Instant now, Actions& out) {
  if (!membership_.current().members.contains(from)) return;
  Instant& lent = lent_[from];
  // It asks again.
  if (lent > now + kAtOnce) return;
  std::size_t bytes = kLookUpBytes;
  EntriesResponse response{.term = term_, .after = request.after, .entries = {}};
  const bool in_reach = request.after >= log_.anchor().index && request.after < request.last;
  if (in_reach && request.after < log_.stable()) {
    auto entries =
        log_.Read(request.after, std::min(request.last, log_.stable()), options_.append_bytes);
    if (entries) {
      response.entries = *std::move(entries);
      for (const Entry& entry : response.entries) bytes += CostOf(entry);
    }
  }
  lent = std::max(lent, now) + Duration(static_cast<Duration::rep>(bytes / kBytesPerMicrosecond));
  Send(from, std::move(response), out);
}

void Core::On(NodeId from, const EntriesResponse& response, Instant now, Actions& out) {
  const Repairs::Source source{.node = from, .term = response.term};
  if (repairs_.Take(source, response.after, response.entries) == Repairs::Taken::kOther) {
    const bool leads = from == term_leader_ && response.term == term_;
    if (!leads || !TakeOthersForLost(from, out)) repairs_.StartAgain();
  }
  while (auto filled = repairs_.TakeFilled(sequence_ + 1)) {
    Reached(RarePath::kDamageRepaired);
    NewWrite(out).repaired = *std::move(filled);
  }
  AskForLostEntries(now, out);
}

void Core::Damaged(const DamagedRange& told, Instant now, Actions& out) {
  now_ = now;
  const auto range = StillLost(told);
  if (!range) return;
  const Leadership before = leadership();
  repairs_.Add(*range);
  if (role_ == Role::kLeader && repairs_.lacking()) GiveUpLeading(now, out);
  AskForLostEntries(now, out);
  CheckLeadershipChange(before, out);
}

// The disk was looked at a while ago, and perhaps before writes of this core that are under way.
std::optional<DamagedRange> Core::StillLost(DamagedRange told) const {
  const EntryId anchor = log_.anchor();
  if (told.before.index < anchor.index) told.before = anchor;
  const Index last = std::min(told.last.index, log_.last().index);
  if (last <= told.before.index) return std::nullopt;
  // What cannot be known lies in what is lost, and was not replaced.
  const auto before = log_.IdAt(told.before.index);
  if (before && *before != told.before) return std::nullopt;
  if (const auto own = log_.IdAt(last)) told.last = *own;
  return told;
}

EntryId Core::begin() const {
  const EntryId hole = repairs_.hole();
  const EntryId anchor = log_.anchor();
  return hole.index > anchor.index ? hole : anchor;
}

// Also of the entry before those that can be read.
Result<EntryId> Core::IdAt(Index index) const {
  const EntryId first = begin();
  return index == first.index ? first : log_.IdAt(index);
}

// Where exactly the leader's log left the one that was lost is unknown. So the cut is where it is
// proven to have done so, and what stays before is filled with the leader's.
bool Core::TakeOthersForLost(NodeId leader, Actions& out) {
  const std::vector<Entry>& copy = repairs_.copy();
  const Entry other = copy.back();
  if (other.index <= std::max(commit_, matched_)) {
    AtOdds(leader,
           "has others than the entries lost here up to index " + std::to_string(other.index.value),
           out);
    return false;
  }
  if (!room_) return false;
  Reached(RarePath::kDamageDropped);
  TruncateAfter(copy.size() > 1 ? IdOf(copy[copy.size() - 2]) : repairs_.begin(), out);
  return AppendEntry(leader, other, out);
}

void Core::AskForLostEntries(Instant now, Actions& out) {
  std::vector<NodeId> peers;
  for (const auto& [node, member] : membership_.current().members) {
    if (node != options_.self) peers.push_back(node);
  }
  const auto question = repairs_.Ask(peers, now, options_.heartbeat_interval);
  if (!question) return;
  Send(question->to,
       EntriesRequest{.term = term_, .after = question->after, .last = question->last}, out);
}

}  // namespace aval::consensus
