#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "consensus/types.h"
#include "crypto/digest.h"

namespace aval::consensus {

/// What nodes say to each other. The sender is known by its link, never by the message; every
/// message carries the sender's term.

/// What a node has promised: its vote in `term`, and to hold that term's log durably up to `index`.
/// Whoever gets it keeps it, and gives it back to a node that starts anew, which believes it by the
/// seal: nobody but itself can make one. See core/promises.h.
struct Promise {
  std::uint32_t incarnation = 0;
  std::uint64_t run = 0;  // Drawn anew by each process.
  Term term{};
  NodeId vote{};  // 0: none.
  Index index{};  // 0: only the vote.
  crypto::Digest seal{};
  friend bool operator==(const Promise&, const Promise&) = default;
};

/// Asks for a vote in `term`, or, with `pre`, whether one would be given (Raft thesis,
/// section 9.6); then `term` is one more than the sender's own. With `transfer` the leader itself
/// has asked for this election (section 3.10).
struct VoteRequest {
  Term term{};
  bool pre = false;
  bool transfer = false;
  Index last_index{};
  Term last_term{};
  std::optional<Promise> promise{};  // Unless `pre`: who asks has voted, for itself.
};

/// Answers in the asked term when granted, else in the voter's own.
struct VoteResponse {
  Term term{};
  bool pre = false;
  bool granted = false;
  std::optional<Promise> promise{};  // Of a vote.
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
  std::optional<Promise> promise{};  // Of a success.
};

/// "I still lead." `commit` is at most what the receiver is known to hold. `round` numbers the
/// rounds of reads of this leadership (core/reads.h).
struct Heartbeat {
  Term term{};
  Index commit{};
  std::uint64_t round = 0;
};

struct HeartbeatResponse {
  Term term{};
  Index applied{};
  std::uint64_t round = 0;    // Of the heartbeat.
  std::int64_t clock_ms = 0;  // The sender's, since 1970; its driver says so. 0: not said.
};

/// The leader hands over: the receiver is to campaign at once (thesis, section 3.10).
struct TimeoutNow {
  Term term{};
};

/// A follower has reads up to `ticket` to answer, and asks how far it must have applied for that
/// (thesis, section 6.4).
struct ReadRequest {
  Term term{};
  std::uint64_t ticket = 0;
};

/// Whoever has applied `index` may answer reads up to `ticket`.
struct ReadResponse {
  Term term{};
  std::uint64_t ticket = 0;
  Index index{};
};

/// The leader has no more what the receiver needs: its log begins after `anchor`.
struct SnapshotNeeded {
  Term term{};
  Index anchor{};
};

/// A node that has just started asks what others know of its promises; `run` is its process.
struct GreetingRequest {
  Term term{};
  std::uint64_t run = 0;
};

struct GreetingResponse {
  Term term{};
  std::uint64_t run = 0;  // Of the request.
  bool blank = false;     // The sender itself has begun with an empty disk, and promised nothing.
  std::optional<Promise> promise{};  // The highest that the sender knows of the receiver's.
  Index configuration_index{};
  Bytes configuration{};  // Newest of the sender: core/configuration.h.
};

/// Asks for the entries after `after` up to `last`, which the sender's disk has lost.
struct EntriesRequest {
  Term term{};
  Index after{};
  Index last{};
};

/// What the sender has of them, beginning with the one after `after`; nothing when it does not have
/// that one, or cannot read it.
struct EntriesResponse {
  Term term{};
  Index after{};
  std::vector<Entry> entries{};
};

using Message =
    std::variant<VoteRequest, VoteResponse, Append, AppendResponse, Heartbeat, HeartbeatResponse,
                 TimeoutNow, ReadRequest, ReadResponse, SnapshotNeeded, GreetingRequest,
                 GreetingResponse, EntriesRequest, EntriesResponse>;

}  // namespace aval::consensus
