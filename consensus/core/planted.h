#pragma once

namespace aval::consensus {

// A build may have one of the bugs that implementations of Raft have had, to see whether the
// simulator finds it (scripts/mutants.sh). The numbers are those of the project's list (H1, H3,
// ...); no program that is used has any.

#ifndef AVAL_PLANTED_BUG
#define AVAL_PLANTED_BUG 0
#endif

enum class Bug : int {
  kNone = 0,
  kLeaderCountsUnsyncedEntries = 1,
  kCommitsOlderTermsByCount = 3,
  kCountsVotesTwice = 4,
  kAppendsInTheTermThatDeposesIt = 5,
  kHeartbeatCommitsWhatIsNotMatched = 6,
  kLateAppendTruncates = 7,
  kAcknowledgesItsLastIndex = 8,
  kForgetsItsVote = 10,
  kForgetsTheTermOfASnapshot = 12,
  kOldWriteProvesNewEntries = 13,
  kCountsLateReadConfirmations = 14,
  kKeepsTruncatedConfiguration = 20,
};

constexpr bool Planted(Bug bug) { return bug == Bug{AVAL_PLANTED_BUG} && bug != Bug::kNone; }

}  // namespace aval::consensus
