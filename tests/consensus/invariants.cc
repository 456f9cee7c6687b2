#include "tests/consensus/invariants.h"

#include <algorithm>
#include <variant>

namespace aval::consensus {

void Invariants::Expect(bool holds, NodeId node, const std::string& rule) {
  if (!holds) Report("node " + std::to_string(node.value) + ": " + rule);
}

void Invariants::Report(const std::string& violation) {
  ++violations_;
  violated_(violation);
}

void Invariants::OnPersist(NodeId node, const Persist& write, const DurableView& durable) {
  EntryId& end = ends_.try_emplace(node, durable.last()).first->second;
  if (write.truncate_after) end = *write.truncate_after;
  for (const Entry& entry : write.entries) {
    if (entry.index.value == 1) end = {};  // Also when somebody has written it before the start.
    const auto before = in_force_.find({end.term, end.index});
    const Position position(entry.term, entry.index);
    const auto [at, fresh] = entries_.emplace(position, entry.chain);
    Expect(at->second == entry.chain, node, "two entries of one term and index");
    if (entry.kind == EntryKind::kConfiguration) {
      auto configuration = DecodeConfiguration(*entry.payload);
      Expect(configuration.has_value(), node, "takes a configuration that is none");
      if (configuration) configurations_.emplace(position, *std::move(configuration));
      in_force_.emplace(position, position);
    } else if (before != in_force_.end() && entry.index.value == end.index.value + 1) {
      in_force_.emplace(position, before->second);
    }
    end = IdOf(entry);
  }
  // What a vote is in the same write with was decided before it.
  if (write.hard_state && write.hard_state->vote != NodeId{} && write.hard_state->vote != node) {
    const HardState& vote = *write.hard_state;
    Expect(claims_[{node, vote.vote, vote.term}] >= Position(end.term, end.index), node,
           "votes for who has an older log");
  }
  if (!write.truncate_after) return;
  const Index dropped{write.truncate_after->index.value + 1};
  if (dropped > durable.last().index || dropped.value > committed_.size()) return;
  const auto id = durable.IdAt(dropped);
  Expect(id && *id != committed_[dropped.value - 1], node,
         "drops committed entry " + std::to_string(dropped.value));
}

void Invariants::OnSend(NodeId from, NodeId to, const Message& message, const Core& core,
                        const DurableView& storage) {
  const HardState durable = storage.hard_state();
  if (const auto* request = std::get_if<VoteRequest>(&message)) {
    CheckClaim(from, *request, core);
    if (request->pre) return;
    Expect(durable == HardState{.term = request->term, .vote = from}, from,
           "asks for votes before its own is durable");
    CheckVote(from, request->term, from);
  } else if (const auto* vote = std::get_if<VoteResponse>(&message)) {
    if (vote->pre || !vote->granted) return;
    Expect(durable == HardState{.term = vote->term, .vote = to}, from,
           "gives a vote that is not durable");
    CheckVote(from, vote->term, to);
  } else if (const auto* response = std::get_if<AppendResponse>(&message)) {
    if (response->success) CheckAcknowledgement(from, *response, storage);
  } else if (const auto* append = std::get_if<Append>(&message)) {
    const auto leader = leaders_.find(append->term);
    Expect(leader == leaders_.end() || leader->second == from, from,
           "sends entries in a term that another leads");
    for (const Entry& entry : append->entries) {
      Expect(entry.term <= append->term, from, "sends an entry of a later term");
    }
  } else if (const auto* heartbeat = std::get_if<Heartbeat>(&message)) {
    const Leadership now = core.leadership();
    if (now.role != Role::kLeader || now.term != heartbeat->term)
      return;  // It led when it said so.
    const auto progress = core.progress().find(to);
    if (progress == core.progress().end()) return;  // Removed since, in the same event.
    Expect(heartbeat->commit <= progress->second.match(), from,
           "tells a commit beyond what the peer holds");
  }
}

void Invariants::CheckAcknowledgement(NodeId from, const AppendResponse& response,
                                      const DurableView& storage) {
  Expect(storage.hard_state().term >= response.term, from, "acknowledges in a forgettable term");
  const bool holds = response.match <= storage.last().index;
  Expect(holds, from, "acknowledges what is not durable");
  if (!holds || response.match < storage.Anchor().index) return;
  const auto id = storage.IdAt(response.match);
  Expect(id.has_value(), from, "acknowledges what cannot be read");
  if (response.match.value == 0) return;
  const bool committed = response.match.value <= committed_.size();
  if (committed && committed_[response.match.value - 1] == *id) return;
  const auto& shown = shown_[response.term];
  const auto known = shown.find(response.match);
  Expect(known != shown.end() && known->second.contains(id->chain), from,
         "acknowledges an entry that is not the leader's");
}

void Invariants::CheckVote(NodeId voter, Term term, NodeId candidate) {
  const auto [at, fresh] = votes_.emplace(std::pair(voter, term), candidate);
  Expect(at->second == candidate, voter, "votes twice in a term");
}

void Invariants::CheckClaim(NodeId candidate, const VoteRequest& request, const Core& core) {
  const Leadership now = core.leadership();
  const bool campaigns = request.pre ? now.role == Role::kPreCandidate
                                     : now.role == Role::kCandidate && now.term == request.term;
  if (!campaigns) return;  // No longer, and its log may be another.
  const EntryId last = core.last();
  Expect(request.last_index == last.index && request.last_term == last.term, candidate,
         "campaigns by another end than its log's");
}

void Invariants::CheckElected(NodeId leader, const Core& core) {
  const Term term = core.leadership().term;
  std::set<NodeId> voters = received_[{leader, term}];
  voters.insert(leader);
  Expect(core.membership().quorum().Reached(voters), leader,
         "leads term " + std::to_string(term.value) + " by " + std::to_string(voters.size()) +
             " votes");
}

void Invariants::OnReceive(NodeId to, NodeId from, const Message& message) {
  if (const auto* vote = std::get_if<VoteResponse>(&message)) {
    if (vote->granted && !vote->pre) received_[{to, vote->term}].insert(from);
  } else if (const auto* request = std::get_if<VoteRequest>(&message)) {
    if (request->pre) return;
    Position& claimed = claims_[{to, from, request->term}];
    claimed = std::max(claimed, Position(request->last_term, request->last_index));
  } else if (const auto* append = std::get_if<Append>(&message)) {
    auto& shown = shown_[append->term];
    shown[append->prev_index].insert(append->prev_chain);
    for (const Entry& entry : append->entries) shown[entry.index].insert(entry.chain);
  }
}

void Invariants::OnApply(NodeId node, const EntryId& entry, const DurableView& storage) {
  const auto durable = storage.IdAt(entry.index);
  Expect(entry.index <= storage.Anchor().index || (durable && *durable == entry), node,
         "applies entry " + std::to_string(entry.index.value) + " before it is durable");
  const bool known = entry.index.value <= committed_.size();
  Expect(known && committed_[entry.index.value - 1] == entry, node,
         "applies what is not committed");
}

void Invariants::OnCrash(NodeId node) {
  running_.erase(node);
  ends_.erase(node);
}

void Invariants::OnRenewal(NodeId node) {
  OnCrash(node);
  lost_.erase(node);
  rotten_.erase(node);
  std::erase_if(votes_, [&](const auto& vote) { return vote.first.first == node; });
}

void Invariants::OnLostDisk(NodeId node, Index held) {
  OnCrash(node);
  Index& most = lost_[node];
  most = std::max(most, held);
}

void Invariants::SetRotten(NodeId node, bool rotten) {
  if (rotten) {
    rotten_.insert(node);
  } else {
    rotten_.erase(node);
  }
}

bool Invariants::MayNotRead(NodeId node, const Core& core) const {
  return core.damaged() || rotten_.contains(node);
}

void Invariants::OnStep(NodeId node, const Core& core) {
  Running& running = running_[node];
  Expect(core.leadership().term >= running.term, node, "term falls");
  running.term = core.leadership().term;
  Expect(core.stable() <= core.last().index, node, "stable beyond the end");
  CheckMembers(node, core, running);
  CheckCommit(node, core, running);
  CheckLeader(node, core, running);
}

void Invariants::CheckMembers(NodeId node, const Core& core, Running& running) {
  const EntryId last = core.last();
  const Membership& members = core.membership();
  if (last == running.last && members.index() == running.members) return;
  running.last = last;
  running.members = members.index();
  const auto newest = in_force_.find({last.term, last.index});
  if (newest == in_force_.end()) return;  // Nobody has written this log here.
  const Position& position = newest->second;
  const bool same = position.second == Index{} || configurations_.at(position) == members.current();
  Expect(position.second == members.index() && same, node,
         "has the members of entry " + std::to_string(members.index().value) +
             ", and its log has " + "those of entry " + std::to_string(position.second.value));
}

void Invariants::CheckCommit(NodeId node, const Core& core, Running& running) {
  Expect(core.commit() >= running.commit, node, "commit falls");
  Expect(core.commit() <= core.last().index, node, "commit beyond the end");
  if (core.commit() <= running.commit) return;
  if (core.leadership().role == Role::kLeader) {
    const auto id = core.log().IdAt(core.commit());
    Expect((!id && MayNotRead(node, core)) || (id && id->term == core.leadership().term), node,
           "commits an older term by count");
  }
  const Index first = std::max(running.commit, core.log().anchor().index);
  for (Index at{first.value + 1}; at <= core.commit(); ++at.value) {
    const auto id = core.log().IdAt(at);
    const bool known = at.value <= committed_.size();
    if (!id && known && MayNotRead(node, core)) continue;
    Expect(id.has_value(), node, "committed entry cannot be read");
    if (!id) return;
    if (known) {
      Expect(committed_[at.value - 1] == *id, node,
             "commits another entry at " + std::to_string(at.value));
    } else if (at.value == committed_.size() + 1) {
      const Configuration& members = core.membership().current();
      if (quorums_.empty() || quorums_.back().first != members) {
        quorums_.emplace_back(members, Quorum(members));
      }
      committed_.push_back(*id);
      committed_terms_.push_back(running.term);
      committed_by_.push_back(quorums_.size() - 1);
    } else {
      Expect(false, node, "commits after a gap");
    }
  }
  running.commit = core.commit();
}

void Invariants::CheckLeader(NodeId node, const Core& core, Running& running) {
  if (core.leadership().role != Role::kLeader) {
    running.match.clear();
    return;
  }
  const Term term = core.leadership().term;
  if (running.led != term) {
    running.led = term;
    const auto [at, fresh] = leaders_.emplace(term, node);
    Expect(fresh, node, "second leader of term " + std::to_string(term.value));
    CheckElected(node, core);
    for (std::size_t i = committed_.size(); i > 0; --i) {
      if (committed_terms_[i - 1] >= term) continue;
      if (Index{i} < core.log().anchor().index) break;
      const auto id = core.log().IdAt(Index{i});
      Expect((!id && MayNotRead(node, core)) || (id && *id == committed_[i - 1]), node,
             "leads without what was committed");
      break;  // The chain vouches for everything before.
    }
  }
  std::erase_if(running.match,
                [&](const auto& known) { return !core.progress().contains(known.first); });
  for (const auto& [peer, progress] : core.progress()) {
    Index& match = running.match[peer];
    Expect(progress.match() >= match, node, "match falls");
    Expect(progress.match() < progress.next(), node, "next not above match");
    match = progress.match();
  }
}

void Invariants::CheckDurable(const std::map<NodeId, const DurableView*>& disks) {
  for (std::size_t i = committed_.size(); i > durable_.value; --i) {
    std::set<NodeId> holders;
    for (const auto& [node, held] : lost_) {
      if (Index{i} <= held) holders.insert(node);
    }
    for (const auto& [node, disk] : disks) {
      const auto id = disk->IdAt(Index{i});
      if (Index{i} < disk->Anchor().index || (id && *id == committed_[i - 1])) holders.insert(node);
    }
    Expect(quorums_[committed_by_[i - 1]].second.Reached(holders), NodeId{},
           "committed entry " + std::to_string(i) + " is not durable on a quorum");
  }
  durable_ = {committed_.empty() ? 0 : committed_.size() - 1};  // The last is looked at each time.
}

}  // namespace aval::consensus
