#include "consensus/core/rare_path.h"

#include <utility>

namespace aval::consensus {

namespace {

using Named = std::pair<RarePath, const char*>;

constexpr std::array<Named, kRarePaths> kNames{{
    {RarePath::kPreVoteRefusedInLease, "PreVoteRefusedInLease"},
    {RarePath::kPreVoteRefusedToStaleLog, "PreVoteRefusedToStaleLog"},
    {RarePath::kVoteIgnoredInLease, "VoteIgnoredInLease"},
    {RarePath::kVoteDeniedToStaleLog, "VoteDeniedToStaleLog"},
    {RarePath::kVoteDeniedToSecondCandidate, "VoteDeniedToSecondCandidate"},
    {RarePath::kVoteRepeated, "VoteRepeated"},
    {RarePath::kVoteCountedOnce, "VoteCountedOnce"},
    {RarePath::kElectionLost, "ElectionLost"},
    {RarePath::kCandidateYielded, "CandidateYielded"},
    {RarePath::kCampaignPutOffByDisk, "CampaignPutOffByDisk"},
    {RarePath::kWonAndCannotLead, "WonAndCannotLead"},
    {RarePath::kCampaignedBeforeApplying, "CampaignedBeforeApplying"},
    {RarePath::kVoteGivenByNonVoter, "VoteGivenByNonVoter"},
    {RarePath::kCampaignedWithoutOwnVote, "CampaignedWithoutOwnVote"},
    {RarePath::kDeposedByAnswer, "DeposedByAnswer"},
    {RarePath::kSteppedDownWithoutQuorum, "SteppedDownWithoutQuorum"},
    {RarePath::kSteppedDownOnStalledDisk, "SteppedDownOnStalledDisk"},
    {RarePath::kSecondLeaderRefused, "SecondLeaderRefused"},
    {RarePath::kTermLeapRefused, "TermLeapRefused"},
    {RarePath::kOldLeaderRefused, "OldLeaderRefused"},
    {RarePath::kRefusedForGap, "RefusedForGap"},
    {RarePath::kRefusedForTerm, "RefusedForTerm"},
    {RarePath::kContradictionRefused, "ContradictionRefused"},
    {RarePath::kOverlapKept, "OverlapKept"},
    {RarePath::kConflictTruncated, "ConflictTruncated"},
    {RarePath::kAppendBelowAnchor, "AppendBelowAnchor"},
    {RarePath::kCommitCapped, "CommitCapped"},
    {RarePath::kProbeAfterHint, "ProbeAfterHint"},
    {RarePath::kStaleRefusalIgnored, "StaleRefusalIgnored"},
    {RarePath::kForgottenEntriesRefused, "ForgottenEntriesRefused"},
    {RarePath::kWindowFull, "WindowFull"},
    {RarePath::kLagFoundByHeartbeat, "LagFoundByHeartbeat"},
    {RarePath::kFollowerBehindLog, "FollowerBehindLog"},
    {RarePath::kOlderTermNotCountedAlone, "OlderTermNotCountedAlone"},
    {RarePath::kCommittedByOwnDisk, "CommittedByOwnDisk"},
    {RarePath::kCommittedBeforeOwnDisk, "CommittedBeforeOwnDisk"},
    {RarePath::kDroppedForTerm, "DroppedForTerm"},
    {RarePath::kSaidOnceForManyAsked, "SaidOnceForManyAsked"},
    {RarePath::kTruncatedWhileWriting, "TruncatedWhileWriting"},
    {RarePath::kDeafToPeers, "DeafToPeers"},
    {RarePath::kApplyHeldBack, "ApplyHeldBack"},
    {RarePath::kConfigurationRolledBack, "ConfigurationRolledBack"},
    {RarePath::kChangeRefusedBeforeOwnCommit, "ChangeRefusedBeforeOwnCommit"},
    {RarePath::kChangeRefusedWhilePending, "ChangeRefusedWhilePending"},
    {RarePath::kChangeRefusedForAbsence, "ChangeRefusedForAbsence"},
    {RarePath::kJointLeftForOlderLeader, "JointLeftForOlderLeader"},
    {RarePath::kLeaderNotCounted, "LeaderNotCounted"},
    {RarePath::kLeaderLeftOut, "LeaderLeftOut"},
    {RarePath::kOldIncarnationIgnored, "OldIncarnationIgnored"},
    {RarePath::kOtherIncarnationNotCounted, "OtherIncarnationNotCounted"},
    {RarePath::kAnswerOfStrangerIgnored, "AnswerOfStrangerIgnored"},
    {RarePath::kReadWaitedForOwnCommit, "ReadWaitedForOwnCommit"},
    {RarePath::kReadsSharedARound, "ReadsSharedARound"},
    {RarePath::kReadForwarded, "ReadForwarded"},
    {RarePath::kLateConfirmationIgnored, "LateConfirmationIgnored"},
    {RarePath::kTransferWaitedForLog, "TransferWaitedForLog"},
    {RarePath::kTransferGivenUp, "TransferGivenUp"},
    {RarePath::kVoteGivenForTransfer, "VoteGivenForTransfer"},
    {RarePath::kHandedOverForApplyLag, "HandedOverForApplyLag"},
    {RarePath::kHeardNothingBeforeGreeting, "HeardNothingBeforeGreeting"},
    {RarePath::kForgottenPromiseFound, "ForgottenPromiseFound"},
    {RarePath::kHandedOverForWantOfRoom, "HandedOverForWantOfRoom"},
    {RarePath::kEntriesRefusedForWantOfRoom, "EntriesRefusedForWantOfRoom"},
    {RarePath::kDamageRepaired, "DamageRepaired"},
    {RarePath::kDamageDropped, "DamageDropped"},
    {RarePath::kAppendWaitedForRepair, "AppendWaitedForRepair"},
}};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kRarePaths; ++i) {
    if (kNames[i].first != static_cast<RarePath>(i)) return false;
  }
  return true;
}
static_assert(InOrder());

}  // namespace

const char* RarePathName(RarePath path) { return kNames.at(static_cast<std::size_t>(path)).second; }

}  // namespace aval::consensus
