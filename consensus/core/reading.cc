// Linearisable reads (thesis, section 6.4): see reads.h.

#include "consensus/core/core.h"
#include "consensus/core/planted.h"

namespace aval::consensus {

std::uint64_t Core::RequestRead(Instant now, Actions& out) {
  now_ = now;
  const std::uint64_t ticket = tickets_.Take();
  AskForReads(now, out);
  return ticket;
}

// One question is under way at a time, and asks for all that wait.
void Core::AskForReads(Instant now, Actions& out) {
  const auto ticket = tickets_.waiting();
  if (!ticket) return;
  if (role_ == Role::kLeader) {
    rounds_.Ask(options_.self, *ticket);
    ContinueReads(out);
  } else if (leader_ != NodeId{} && tickets_.IsDue(now, options_.election_timeout)) {
    tickets_.Asked(now);
    Reached(RarePath::kReadForwarded);
    Send(leader_, ReadRequest{.term = term_, .ticket = *ticket}, out);
  }
}

void Core::On(NodeId from, const ReadRequest& request, Instant, Actions& out) {
  if (role_ != Role::kLeader || !progress_.contains(from)) return;
  rounds_.Ask(from, request.ticket);
  ContinueReads(out);
}

// Ends the round that a quorum has confirmed, and begins the next. Until an entry of its own term
// is committed a leader does not know what is.
void Core::ContinueReads(Actions& out) {
  if (role_ != Role::kLeader) return;
  if (commit_ < first_of_term_) {
    if (rounds_.waiting()) Reached(RarePath::kReadWaitedForOwnCommit);
    if (!Planted(Bug::kCountsLateReadConfirmations)) return;
  }
  // At most twice: alone, it confirms its own round at once.
  while (rounds_.Begin(commit_)) {
    SendHeartbeats(now_, out);
    if (!FinishReads(out)) return;
  }
}

bool Core::FinishReads(Actions& out) {
  const auto round = rounds_.Finish(options_.self, membership_.quorum());
  if (!round) return false;
  if (round->tickets.size() > 1) Reached(RarePath::kReadsSharedARound);
  for (const auto& [reader, ticket] : round->tickets) {
    if (reader == options_.self) {
      AnswerRead(ticket, round->index, out);
    } else {
      Send(reader, ReadResponse{.term = term_, .ticket = ticket, .index = round->index}, out);
    }
  }
  return true;
}

void Core::On(NodeId from, const ReadResponse& response, Instant now, Actions& out) {
  if (from != leader_) return;
  AnswerRead(response.ticket, response.index, out);
  AskForReads(now, out);
}

void Core::AnswerRead(std::uint64_t ticket, Index index, Actions& out) {
  if (!tickets_.Answer(ticket)) return;
  // Of two in one step the later covers the earlier.
  out.readable = Actions::Readable{.ticket = ticket, .index = index};
}

}  // namespace aval::consensus
