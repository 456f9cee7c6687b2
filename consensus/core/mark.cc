#include "consensus/core/mark.h"

#include <utility>

namespace aval::consensus {

namespace {

using Named = std::pair<Mark, const char*>;

constexpr std::array<Named, kMarks> kNames{{
    {Mark::kPreVoteRefusedInLease, "PreVoteRefusedInLease"},
    {Mark::kPreVoteRefusedToStaleLog, "PreVoteRefusedToStaleLog"},
    {Mark::kVoteIgnoredInLease, "VoteIgnoredInLease"},
    {Mark::kVoteDeniedToStaleLog, "VoteDeniedToStaleLog"},
    {Mark::kVoteDeniedToSecondCandidate, "VoteDeniedToSecondCandidate"},
    {Mark::kVoteRepeated, "VoteRepeated"},
    {Mark::kVoteCountedOnce, "VoteCountedOnce"},
    {Mark::kElectionLost, "ElectionLost"},
    {Mark::kCandidateYielded, "CandidateYielded"},
    {Mark::kCampaignPutOffByDisk, "CampaignPutOffByDisk"},
    {Mark::kWonAndCannotLead, "WonAndCannotLead"},
    {Mark::kCampaignedBeforeApplying, "CampaignedBeforeApplying"},
    {Mark::kVoteGivenByNonVoter, "VoteGivenByNonVoter"},
    {Mark::kCampaignedWithoutOwnVote, "CampaignedWithoutOwnVote"},
    {Mark::kDeposedByAnswer, "DeposedByAnswer"},
    {Mark::kSteppedDownWithoutQuorum, "SteppedDownWithoutQuorum"},
    {Mark::kSteppedDownOnStalledDisk, "SteppedDownOnStalledDisk"},
    {Mark::kSecondLeaderRefused, "SecondLeaderRefused"},
    {Mark::kTermLeapRefused, "TermLeapRefused"},
    {Mark::kOldLeaderRefused, "OldLeaderRefused"},
    {Mark::kRefusedForGap, "RefusedForGap"},
    {Mark::kRefusedForTerm, "RefusedForTerm"},
    {Mark::kContradictionRefused, "ContradictionRefused"},
    {Mark::kOverlapKept, "OverlapKept"},
    {Mark::kConflictTruncated, "ConflictTruncated"},
    {Mark::kAppendBelowAnchor, "AppendBelowAnchor"},
    {Mark::kCommitCapped, "CommitCapped"},
    {Mark::kProbeAfterHint, "ProbeAfterHint"},
    {Mark::kStaleRefusalIgnored, "StaleRefusalIgnored"},
    {Mark::kForgottenEntriesRefused, "ForgottenEntriesRefused"},
    {Mark::kWindowFull, "WindowFull"},
    {Mark::kLagFoundByHeartbeat, "LagFoundByHeartbeat"},
    {Mark::kFollowerBehindLog, "FollowerBehindLog"},
    {Mark::kOlderTermNotCountedAlone, "OlderTermNotCountedAlone"},
    {Mark::kCommittedByOwnDisk, "CommittedByOwnDisk"},
    {Mark::kCommittedBeforeOwnDisk, "CommittedBeforeOwnDisk"},
    {Mark::kDroppedForTerm, "DroppedForTerm"},
    {Mark::kSaidOnceForManyAsked, "SaidOnceForManyAsked"},
    {Mark::kTruncatedWhileWriting, "TruncatedWhileWriting"},
    {Mark::kDeafToPeers, "DeafToPeers"},
    {Mark::kApplyHeldBack, "ApplyHeldBack"},
    {Mark::kConfigurationRolledBack, "ConfigurationRolledBack"},
    {Mark::kChangeRefusedBeforeOwnCommit, "ChangeRefusedBeforeOwnCommit"},
    {Mark::kChangeRefusedWhilePending, "ChangeRefusedWhilePending"},
    {Mark::kChangeRefusedForAbsence, "ChangeRefusedForAbsence"},
    {Mark::kJointLeftForOlderLeader, "JointLeftForOlderLeader"},
    {Mark::kLeaderNotCounted, "LeaderNotCounted"},
    {Mark::kLeaderLeftOut, "LeaderLeftOut"},
    {Mark::kOldIncarnationIgnored, "OldIncarnationIgnored"},
    {Mark::kOtherIncarnationNotCounted, "OtherIncarnationNotCounted"},
    {Mark::kAnswerOfStrangerIgnored, "AnswerOfStrangerIgnored"},
    {Mark::kReadWaitedForOwnCommit, "ReadWaitedForOwnCommit"},
    {Mark::kReadsSharedARound, "ReadsSharedARound"},
    {Mark::kReadForwarded, "ReadForwarded"},
    {Mark::kLateConfirmationIgnored, "LateConfirmationIgnored"},
    {Mark::kTransferWaitedForLog, "TransferWaitedForLog"},
    {Mark::kTransferGivenUp, "TransferGivenUp"},
    {Mark::kVoteGivenForTransfer, "VoteGivenForTransfer"},
    {Mark::kHandedOverForApplyLag, "HandedOverForApplyLag"},
    {Mark::kHeardNothingBeforeGreeting, "HeardNothingBeforeGreeting"},
    {Mark::kForgottenPromiseFound, "ForgottenPromiseFound"},
    {Mark::kHandedOverForWantOfRoom, "HandedOverForWantOfRoom"},
    {Mark::kEntriesRefusedForWantOfRoom, "EntriesRefusedForWantOfRoom"},
    {Mark::kDamageRepaired, "DamageRepaired"},
    {Mark::kDamageDropped, "DamageDropped"},
    {Mark::kAppendWaitedForRepair, "AppendWaitedForRepair"},
}};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kMarks; ++i) {
    if (kNames[i].first != static_cast<Mark>(i)) return false;
  }
  return true;
}
static_assert(InOrder());

}  // namespace

const char* MarkName(Mark mark) { return kNames.at(static_cast<std::size_t>(mark)).second; }

}  // namespace aval::consensus
