#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace aval::consensus {

/// Paths that a core takes rarely, and that tests and the simulator must be seen to reach: a
/// scenario that no longer comes where it says fails instead of passing for nothing. They are
/// counted, and decide nothing.
enum class RarePath : std::uint8_t {
  // Elections.
  kPreVoteRefusedInLease,        // A leader is heard.
  kPreVoteRefusedToStaleLog,     // The log of who asks ends earlier.
  kVoteIgnoredInLease,           // A higher term, from one who was cut off from the leader.
  kVoteDeniedToStaleLog,         // In the term that is asked for, or one entered for it.
  kVoteDeniedToSecondCandidate,  // The vote of this term is given, or a leader known.
  kVoteRepeated,                 // The same candidate asks again.
  kVoteCountedOnce,              // The same voter answers again.
  kElectionLost,                 // So many refuse that no quorum is left.
  kCandidateYielded,             // Another leads the term that this one stands for.
  kCampaignPutOffByDisk,         // What cannot write does not stand.
  kWonAndCannotLead,             // For the disk's sake, found meanwhile.
  kCampaignedBeforeApplying,     // The newest configuration.
  kVoteGivenByNonVoter,          // By its own log; others know better.
  kCampaignedWithoutOwnVote,     // The newest configuration does without the candidate.
  kDeposedByAnswer,              // A follower of a higher term answers the leader.
  kSteppedDownWithoutQuorum,     // CheckQuorum.
  kSteppedDownOnStalledDisk,     // Whose writes take longer than the bound.
  kSecondLeaderRefused,          // Of a term that has another.
  kTermLeapRefused,              // Beyond what a liar may.
  // Replication.
  kOldLeaderRefused,         // An append of a term that is over.
  kRefusedForGap,            // The append begins after this log's end.
  kRefusedForTerm,           // Another term stands before the append's first entry.
  kContradictionRefused,     // Of what is committed, or known to match.
  kOverlapKept,              // An append repeats entries, and truncates nothing.
  kConflictTruncated,        // A suffix that the leader does not have goes.
  kAppendBelowAnchor,        // A late append of entries that are trimmed here.
  kCommitCapped,             // The leader's commit lies above what is known to match here.
  kProbeAfterHint,           // A refusal was believed, and a lower probe leaves.
  kStaleRefusalIgnored,      // Of an append that no longer matters.
  kForgottenEntriesRefused,  // The follower denies what it has acknowledged.
  kWindowFull,               // Entries wait for acknowledgements.
  kLagFoundByHeartbeat,      // An empty append asks what has arrived.
  kFollowerBehindLog,        // It needs what is trimmed here.
  // Commit and durability.
  kOlderTermNotCountedAlone,  // A quorum holds it, but no entry of this term.
  kCommittedByOwnDisk,        // Which a quorum had waited for.
  kCommittedBeforeOwnDisk,    // By the followers' disks alone.
  kDroppedForTerm,            // A vote or acknowledgement, when the term has moved on.
  kSaidOnceForManyAsked,      // One answer waits for the disk, asked for again.
  kTruncatedWhileWriting,     // The disk still writes entries of the cut suffix.
  kDeafToPeers,               // Too many writes wait.
  kApplyHeldBack,             // Too much is handed out and not applied.
  // Members.
  kConfigurationRolledBack,       // With the entry that brought it.
  kChangeRefusedBeforeOwnCommit,  // No entry of the leader's own term is committed.
  kChangeRefusedWhilePending,     // The change before is not.
  kChangeRefusedForAbsence,       // Of those who would have to agree.
  kJointLeftForOlderLeader,       // Which has begun it.
  kLeaderNotCounted,              // As it is left out, and still leads.
  kLeaderLeftOut,                 // And steps down.
  kOldIncarnationIgnored,         // Its successor is a member.
  kOtherIncarnationNotCounted,    // An answer of one that is not yet a member.
  kAnswerOfStrangerIgnored,       // Of a node that is no member any more.
  // Reads, leadership handed over, promises.
  kReadWaitedForOwnCommit,      // No entry of the leader's own term is committed.
  kReadsSharedARound,           // More than one node's.
  kReadForwarded,               // A follower asks its leader.
  kLateConfirmationIgnored,     // An answer to a heartbeat of an earlier round.
  kTransferWaitedForLog,        // Of the target, which lacked entries.
  kTransferGivenUp,             // The target did not campaign in time.
  kVoteGivenForTransfer,        // Although a leader is heard.
  kHandedOverForApplyLag,       // The leader applies more slowly than a quorum.
  kHeardNothingBeforeGreeting,  // A message to who is not sure of its promises.
  kForgottenPromiseFound,       // And the node takes part no more.
  // A disk that is full, and entries that one has lost.
  kHandedOverForWantOfRoom,      // The leader's disk is full.
  kEntriesRefusedForWantOfRoom,  // A follower's is.
  kDamageRepaired,               // Others have given them back.
  kDamageDropped,                // The leader has others in their place.
  kAppendWaitedForRepair,        // It cannot be compared with what is lost.
};

inline constexpr std::size_t kRarePaths =
    std::size_t{1} + static_cast<std::size_t>(RarePath::kAppendWaitedForRepair);

/// Without the k.
const char* RarePathName(RarePath path);

/// How often each was reached.
class RarePaths {
 public:
  void Reach(RarePath path) { ++counts_.at(static_cast<std::size_t>(path)); }
  std::uint64_t of(RarePath path) const { return counts_.at(static_cast<std::size_t>(path)); }
  void Reach(RarePath path, std::uint64_t times) {
    counts_.at(static_cast<std::size_t>(path)) += times;
  }
  void Add(const RarePaths& others) {
    for (std::size_t i = 0; i < kRarePaths; ++i) counts_.at(i) += others.counts_.at(i);
  }

 private:
  std::array<std::uint64_t, kRarePaths> counts_{};
};

}  // namespace aval::consensus
