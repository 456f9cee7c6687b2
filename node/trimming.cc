// What a replica does for snapshots and for the length of its log: marks, and trimming.

#include <algorithm>
#include <utility>

#include "node/replica.h"
#include "node/snapshot/opening.h"

namespace aval::node {

using consensus::Index;
using consensus::NodeId;

void Replica::OnOffered(Index mark) {
  parts_.core->Post([this, mark] {
    offered_ = mark;
    if (mark != Index{}) mark_pace_.Made(mark, parts_.clock->Now());
  });
}

// Who can trust none asks again and again, and has one once another is made: that it wants a newer
// one is not kept until then.
void Replica::OnSnapshotAsked(NodeId peer, bool none) {
  parts_.core->Post([this, peer, none] {
    if (!leading() || !IsBehindLog(peer)) return;
    Wanted wanted = Wanted::kAny;
    if (none) {
      const Instant now = parts_.clock->Now();
      mark_pace_.NoneTrusted(now);
      if (MayMark(now)) wanted = Wanted::kNewerForWhoTrustsNone;
    }
    wanted_ = std::max(wanted_, wanted);
    ReactSoon();
  });
}

void Replica::WantSnapshot() {
  parts_.core->Post([this] {
    if (!leading()) return;
    // The one on offer stays so, and the log leads on from it, until there is another: who fetches
    // it must not find that it was for nothing.
    wanted_ = std::max(wanted_, Wanted::kNewer);
    ReactSoon();
  });
}

CommittedEntry Replica::Committed(const consensus::Entry& entry) {
  CommittedEntry committed{.index = entry.index, .block = TakeBlock(entry)};
  if (entry.kind == consensus::EntryKind::kConfiguration) {
    auto members = consensus::DecodeConfiguration(*entry.payload);
    AVAL_ASSERT(members.has_value());  // The core has taken no other.
    members_applied_ = {.index = entry.index, .configuration = *std::move(members)};
  }
  if (entry.kind == consensus::EntryKind::kMark) {
    committed.mark = {.index = entry.index.value,
                      .term = entry.term.value,
                      .chain = entry.chain,
                      .configurations = {ToManifest(members_applied_)}};
  }
  return committed;
}

bool Replica::IsBehindLog(NodeId peer) const {
  const auto at = core_.progress().find(peer);
  return at != core_.progress().end() && at->second.match() < core_.begin().index;
}

bool Replica::MayMark(Instant now) {
  const consensus::EntryId& marked = mark_pace_.under_way();
  if (marked.index != Index{}) {
    const auto there = core_.log().IdAt(marked.index);
    if (!there || *there != marked) mark_pace_.Cut();
  }
  return mark_pace_.Allows(now);
}

// A snapshot will do from which this node's log leads on.
void Replica::MaybeMark(Instant now) {
  if (wanted_ == Wanted::kNone) return;
  const bool has_one = offered_ != Index{} && offered_ >= core_.begin().index;
  if (!leading() || (has_one && wanted_ == Wanted::kAny)) {
    wanted_ = Wanted::kNone;
    return;
  }
  if (!MayMark(now) || !core_.ProposeMark(now, actions_)) return;
  mark_pace_.Marked(core_.last(), now, wanted_ == Wanted::kNewerForWhoTrustsNone);
  wanted_ = Wanted::kNone;
}

void Replica::MaybeTrim(Instant now) {
  if (parts_.trim == nullptr || now - last_trim_ < limits_.trim_interval) return;
  last_trim_ = now;
  const Index through = TrimmableThrough();
  if (through <= core_.log().anchor().index) return;
  if (const auto trimmed = parts_.trim(through); !trimmed) parts_.failed(trimmed.error());
  core_.Trimmed();
}

// What lies below is needed neither by this node after a restart, nor by who takes its snapshot,
// nor by who is not far behind, or may be: who was not heard in this term has not said where it is.
// What was lost, and no peer could give back, leads nobody on from before it.
Index Replica::TrimmableThrough() const {
  return std::max(NeededByNobody(), core_.damaged() ? Index{} : core_.begin().index);
}

Index Replica::NeededByNobody() const {
  Index through = applied_.flushed;
  if (offered_ != Index{}) through = std::min(through, offered_);
  const auto keep = [&](Index last) {
    return Index{last.value - std::min(last.value, limits_.retention)};
  };
  if (!leading()) return std::min(through, keep(applied_.flushed));
  const Index reach = keep(core_.last().index);
  for (const auto& [peer, progress] : core_.progress()) {
    const Index needed = progress.match() == Index{} ? reach : progress.match();
    if (needed >= reach) through = std::min(through, needed);
  }
  return through;
}

}  // namespace aval::node
