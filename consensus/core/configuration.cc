#include "consensus/core/configuration.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/assert.h"

namespace aval::consensus {

namespace {

constexpr std::uint8_t kVersion = 1;

std::string Name(NodeId node) { return "node " + std::to_string(node.value); }

Error Refused(const std::string& why) { return {.code = Code::kInvalidArgument, .message = why}; }

// What of the invariant does not hold, in words.
std::optional<std::string> Violation(const Configuration& of) {
  if (of.voters.empty()) return "nobody would vote";
  if (of.members.size() > Configuration::kMembersMax) {
    return "there would be more than " + std::to_string(Configuration::kMembersMax) + " members";
  }
  if (of.members.size() + of.retired.size() > Configuration::kNodesMax) {
    return "more than " + std::to_string(Configuration::kNodesMax) +
           " nodes would ever have been members";
  }
  std::set<NodeId> placed = of.voters;
  placed.insert(of.outgoing.begin(), of.outgoing.end());
  placed.insert(of.learners.begin(), of.learners.end());
  for (const auto& [node, member] : of.members) {
    if (node == NodeId{} || member.incarnation == 0) return "a member has no number";
    if (of.retired.contains(node)) return Name(node) + " would be a member and none";
  }
  const bool all_placed =
      std::ranges::equal(placed, of.members, {}, {}, [](const auto& entry) { return entry.first; });
  if (!all_placed) return "not every member has a part, or a part has no member";
  for (const NodeId learner : of.learners) {
    if (of.voters.contains(learner)) return Name(learner) + " would be voter and learner";
  }
  for (const NodeId node : of.demoted) {
    const bool leaves = of.outgoing.contains(node) && !of.voters.contains(node);
    if (!leaves || of.learners.contains(node)) return Name(node) + " would be demoted twice";
  }
  if (of.majority_of_one) return std::nullopt;
  std::map<std::uint32_t, std::size_t> voters_of;
  for (const NodeId voter : of.voters) {
    const std::uint32_t group = of.members.at(voter).group;
    if (2 * ++voters_of[group] > of.voters.size()) {
      return "group " + std::to_string(group) + " would hold a majority of the voters";
    }
  }
  return std::nullopt;
}

Result<void> Add(Configuration& to, const MemberChange& change) {
  if (to.members.contains(change.node)) {
    return Refused(Name(change.node) + " is a member already");
  }
  if (const auto before = to.retired.find(change.node); before != to.retired.end()) {
    if (change.member.incarnation <= before->second) {
      return Refused(Name(change.node) + " was a member with incarnation " +
                     std::to_string(before->second) + ", and needs a higher one");
    }
    to.retired.erase(before);
  }
  to.members.emplace(change.node, change.member);
  to.learners.insert(change.node);
  return {};
}

Result<void> Promote(Configuration& to, NodeId node) {
  if (to.learners.erase(node) == 0) return Refused(Name(node) + " is no learner");
  to.voters.insert(node);
  return {};
}

Result<void> Demote(Configuration& to, NodeId node) {
  if (to.voters.erase(node) == 0) return Refused(Name(node) + " is no voter");
  to.demoted.insert(node);
  return {};
}

Result<void> Remove(Configuration& to, NodeId node) {
  if (!to.members.contains(node)) return Refused(Name(node) + " is no member");
  to.voters.erase(node);
  to.learners.erase(node);
  to.demoted.erase(node);
  return {};
}

Result<void> Apply(Configuration& to, const MemberChange& change) {
  switch (change.kind) {
    case MemberChange::Kind::kAdd:
      return Add(to, change);
    case MemberChange::Kind::kPromote:
      return Promote(to, change.node);
    case MemberChange::Kind::kDemote:
      return Demote(to, change.node);
    case MemberChange::Kind::kRemove:
      return Remove(to, change.node);
  }
  AVAL_UNREACHABLE("every kind has its case");
}

// Members without a part are members no more.
void Retire(Configuration& to) {
  for (auto member = to.members.begin(); member != to.members.end();) {
    const auto& [node, record] = *member;
    if (to.voters.contains(node) || to.outgoing.contains(node) || to.learners.contains(node)) {
      ++member;
      continue;
    }
    to.retired.emplace(node, record.incarnation);
    member = to.members.erase(member);
  }
}

void Write(ByteWriter& out, const std::set<NodeId>& nodes) {
  out.U8(static_cast<std::uint8_t>(nodes.size()));
  for (const NodeId node : nodes) out.U32(node.value);
}

std::set<NodeId> ReadNodes(ByteReader& in) {
  std::set<NodeId> nodes;
  for (std::size_t left = in.U8(); left > 0 && in.ok(); --left) nodes.insert(NodeId{in.U32()});
  return nodes;
}

}  // namespace

Result<Configuration> Change(const Configuration& from, std::span<const MemberChange> changes) {
  if (from.joint()) {
    return Error{.code = Code::kUnavailable, .message = "another change of members is under way"};
  }
  if (changes.empty()) return Refused("nothing would change");
  Configuration to = from;
  for (const MemberChange& change : changes) AVAL_CHECK(Apply(to, change));
  if (to.voters != from.voters) to.outgoing = from.voters;
  // Who is promoted and demoted in one breath never leaves.
  to.learners.insert(to.demoted.begin(), to.demoted.end());
  std::erase_if(to.learners, [&](NodeId node) { return to.outgoing.contains(node); });
  std::erase_if(to.demoted, [&](NodeId node) { return !to.outgoing.contains(node); });
  Retire(to);
  if (to == from) return Refused("nothing would change");
  if (const auto violation = Violation(to)) return Refused(*violation);
  return to;
}

Configuration Leave(const Configuration& joint) {
  AVAL_ASSERT(joint.joint());
  Configuration after = joint;
  after.outgoing.clear();
  after.learners.insert(joint.demoted.begin(), joint.demoted.end());
  after.demoted.clear();
  Retire(after);
  AVAL_ASSERT(!Violation(after));
  return after;
}

Bytes Encode(const Configuration& configuration) {
  ByteWriter out;
  out.U8(kVersion);
  out.U8(configuration.majority_of_one ? 1 : 0);
  out.U8(static_cast<std::uint8_t>(configuration.members.size()));
  for (const auto& [node, member] : configuration.members) {
    out.U32(node.value);
    out.U32(member.incarnation);
    out.U32(member.group);
  }
  Write(out, configuration.voters);
  Write(out, configuration.outgoing);
  Write(out, configuration.learners);
  Write(out, configuration.demoted);
  out.U8(static_cast<std::uint8_t>(configuration.retired.size()));
  for (const auto& [node, incarnation] : configuration.retired) {
    out.U32(node.value);
    out.U32(incarnation);
  }
  return out.Take();
}

Result<Configuration> DecodeConfiguration(ByteView payload) {
  const auto corrupt = [](const std::string& what) {
    return Error{.code = Code::kCorruption, .message = "configuration: " + what};
  };
  ByteReader in(payload);
  if (in.U8() != kVersion) return corrupt("of another version");
  Configuration read;
  read.majority_of_one = in.U8() == 1;
  for (std::size_t left = in.U8(); left > 0 && in.ok(); --left) {
    const NodeId node{in.U32()};
    const std::uint32_t incarnation = in.U32();
    read.members.emplace(node, Member{.incarnation = incarnation, .group = in.U32()});
  }
  read.voters = ReadNodes(in);
  read.outgoing = ReadNodes(in);
  read.learners = ReadNodes(in);
  read.demoted = ReadNodes(in);
  for (std::size_t left = in.U8(); left > 0 && in.ok(); --left) {
    const NodeId node{in.U32()};
    read.retired.emplace(node, in.U32());
  }
  if (!in.AtEnd()) return corrupt("ends at byte " + std::to_string(in.offset()));
  // One text for one value: order, repetitions and stray bits show here.
  if (!EqualBytes(Encode(read), payload)) return corrupt("not in its one form");
  if (const auto violation = Violation(read)) return corrupt(*violation);
  return read;
}

}  // namespace aval::consensus
