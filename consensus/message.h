#pragma once

#include <variant>
#include <vector>

#include "consensus/types.h"
#include "crypto/digest.h"

namespace aval::consensus {

/// What nodes say to each other. The sender is known by its link, never by the message; every
/// message carries the sender's term.

/// Asks for a vote in `term`, or, with `pre`, whether one would be given (Raft thesis,
/// section 9.6); then `term` is one more than the sender's own.
struct VoteRequest {
  Term term{};
  bool pre = false;
  Index last_index{};
  Term last_term{};
};

/// Answers in the asked term when granted, else in the voter's own.
struct VoteResponse {
  Term term{};
  bool pre = false;
  bool granted = false;
};

/// Entries after `prev`, by the leader of `term`. The chain at `prev` binds everything before.
struct Append {
  Term term{};
  Index prev_index{};
  Term prev_term{};
  crypto::Digest prev_chain{};
  Index commit{};
  std::vector<Entry> entries{};
};

/// Success: the sender holds the leader's log durably up to and including `match` = prev + count,
/// never "my last index". Refusal: `match` repeats the refused prev_index, and the conflict
/// may begin right after (hint_index, hint_term): the highest entry that can still agree.
struct AppendResponse {
  Term term{};
  bool success = false;
  Index match{};
  Index hint_index{};
  Term hint_term{};
  Index applied{};
};

/// "I still lead." `commit` is at most what the receiver is known to hold.
struct Heartbeat {
  Term term{};
  Index commit{};
};

struct HeartbeatResponse {
  Term term{};
  Index applied{};
};

using Message =
    std::variant<VoteRequest, VoteResponse, Append, AppendResponse, Heartbeat, HeartbeatResponse>;

}  // namespace aval::consensus
