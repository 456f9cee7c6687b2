#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "consensus/types.h"

namespace aval::consensus {

/// A node that takes part.
struct Member {
  /// How often it has begun anew. Who has lost what it promised, with its disk perhaps, comes back
  /// under a higher number, and what the old one said counts no more.
  std::uint32_t incarnation = 1;
  /// Whose it is; a number that consensus does not interpret.
  std::uint32_t group = 0;
  friend bool operator==(const Member&, const Member&) = default;
};

/// Who takes part and who votes (Raft paper, section 6; thesis, chapter 4). While `outgoing` is not
/// empty the configuration is joint: both sets of voters must agree.
///
/// Invariant, of what Change and Leave make and Decode accepts: voters, outgoing and learners are
/// members, and every member is in one of them; at least one voter; no voter is a learner; demoted
/// ones are outgoing and neither voters nor learners; no group has a majority of the voters unless
/// `majority_of_one`.
struct Configuration {
  static constexpr std::size_t kMembersMax = 16;
  static constexpr std::size_t kNodesMax = 255;  // Members, and those that were.

  std::map<NodeId, Member> members;
  std::set<NodeId> voters;
  std::set<NodeId> outgoing;  // Voters of the configuration before.
  std::set<NodeId> learners;  // Get the log, and count for nothing.
  std::set<NodeId> demoted;   // Of the outgoing, those who become learners when they leave.
  /// The highest incarnation of each node that was a member once and is none now.
  std::map<NodeId, std::uint32_t> retired;
  bool majority_of_one = false;

  bool joint() const { return !outgoing.empty(); }
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// A wish to change one member's part.
struct MemberChange {
  enum class Kind : std::uint8_t {
    kAdd,  // As a learner, with `member`; a node that was a member once with a higher incarnation.
    kPromote,  // A learner to voter.
    kDemote,   // A voter to learner.
    kRemove,   // Whoever it is.
  };
  Kind kind = Kind::kAdd;
  NodeId node;
  Member member{};  // Of kAdd.
};

/// `from` with all the changes at once: joint when the voters change, else at once in force.
/// kUnavailable while `from` is joint; kInvalidArgument names the change that cannot be, and the
/// rule.
Result<Configuration> Change(const Configuration& from, std::span<const MemberChange> changes);

/// The configuration after a joint one: its outgoing voters are gone, or learners.
Configuration Leave(const Configuration& joint);

/// The payload of the entry that brings it: u8 version 1, u8 majority_of_one, then six lists, each
/// a u8 count and its items ascending: members (u32 node, u32 incarnation, u32 group), voters,
/// outgoing, learners, demoted (u32 node), retired (u32 node, u32 incarnation).
Bytes Encode(const Configuration& configuration);
/// Exactly what Encode writes of a configuration whose invariant holds; kCorruption says what does
/// not.
Result<Configuration> DecodeConfiguration(ByteView payload);

}  // namespace aval::consensus
