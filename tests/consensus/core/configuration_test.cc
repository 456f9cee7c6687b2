#include "consensus/core/configuration.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"

namespace aval::consensus {
namespace {

using Kind = MemberChange::Kind;

std::set<NodeId> Nodes(std::initializer_list<std::uint32_t> numbers) {
  std::set<NodeId> nodes;
  for (const std::uint32_t number : numbers) nodes.insert(NodeId{number});
  return nodes;
}

// Each node in a group of its own.
Configuration Voters(std::initializer_list<std::uint32_t> numbers) {
  Configuration configuration;
  configuration.voters = Nodes(numbers);
  for (const NodeId node : configuration.voters) {
    configuration.members[node] = {.incarnation = 1, .group = node.value};
  }
  configuration.majority_of_one = numbers.size() == 1;
  return configuration;
}

MemberChange Add(std::uint32_t node, std::uint32_t incarnation = 1) {
  return {
      .kind = Kind::kAdd, .node = {node}, .member = {.incarnation = incarnation, .group = node}};
}
MemberChange Of(Kind kind, std::uint32_t node) {
  return {.kind = kind, .node = {node}, .member = {}};
}

Configuration Changed(const Configuration& from, const std::vector<MemberChange>& changes) {
  const auto to = Change(from, changes);
  EXPECT_TRUE(to.has_value()) << to.error().message;
  return *to;
}

void ExpectRefused(const Configuration& from, const std::vector<MemberChange>& changes,
                   const std::string& why) {
  const auto to = Change(from, changes);
  ASSERT_FALSE(to.has_value());
  EXPECT_EQ(to.error().code, Code::kInvalidArgument);
  EXPECT_NE(to.error().message.find(why), std::string::npos) << to.error().message;
}

TEST(ConfigurationTest, LearnerIsAddedAtOnceAndVotesNothing) {
  const Configuration after = Changed(Voters({1, 2, 3}), {Add(4)});
  EXPECT_FALSE(after.joint());
  EXPECT_EQ(after.learners, Nodes({4}));
  EXPECT_EQ(after.voters, Nodes({1, 2, 3}));
}

TEST(ConfigurationTest, ChangeOfVotersIsJointUntilItIsLeft) {
  const Configuration before = Changed(Voters({1, 2, 3}), {Add(4)});
  const Configuration joint = Changed(before, {Of(Kind::kPromote, 4), Of(Kind::kRemove, 1)});
  EXPECT_EQ(joint.voters, Nodes({2, 3, 4}));
  EXPECT_EQ(joint.outgoing, Nodes({1, 2, 3}));
  EXPECT_TRUE(joint.members.contains(NodeId{1}));
  const Configuration after = Leave(joint);
  EXPECT_FALSE(after.joint());
  EXPECT_EQ(after.voters, Nodes({2, 3, 4}));
  EXPECT_FALSE(after.members.contains(NodeId{1}));
  EXPECT_EQ(after.retired.at(NodeId{1}), 1U);
}

// M09: in the joint configuration it still votes, so it is no learner yet.
TEST(ConfigurationTest, DemotedVoterIsALearnerOnlyOnceTheJointConfigurationIsLeft) {
  const Configuration joint = Changed(Voters({1, 2, 3}), {Of(Kind::kDemote, 3)});
  EXPECT_EQ(joint.voters, Nodes({1, 2}));
  EXPECT_EQ(joint.outgoing, Nodes({1, 2, 3}));
  EXPECT_TRUE(joint.learners.empty());
  EXPECT_EQ(joint.demoted, Nodes({3}));
  EXPECT_EQ(Leave(joint).learners, Nodes({3}));
}

TEST(ConfigurationTest, NoChangeBeginsWhileAnotherIsUnderWay) {
  const Configuration joint = Changed(Voters({1, 2, 3}), {Of(Kind::kRemove, 3)});
  const auto second = Change(joint, std::vector{Add(4)});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::kUnavailable);
}

// M02.
TEST(ConfigurationTest, LastVoterStays) {
  ExpectRefused(Voters({1}), {Of(Kind::kRemove, 1)}, "nobody would vote");
  ExpectRefused(Voters({1}), {Of(Kind::kDemote, 1)}, "nobody would vote");
}

// M12.
TEST(ConfigurationTest, NodeThatWasAMemberComesBackOnlyUnderAHigherIncarnation) {
  const Configuration without = Leave(Changed(Voters({1, 2, 3}), {Of(Kind::kRemove, 3)}));
  ExpectRefused(without, {Add(3, 1)}, "needs a higher one");
  const Configuration again = Changed(without, {Add(3, 2)});
  EXPECT_EQ(again.members.at(NodeId{3}).incarnation, 2U);
  EXPECT_FALSE(again.retired.contains(NodeId{3}));
  const Configuration removed = Changed(again, {Of(Kind::kRemove, 3)});
  ExpectRefused(removed, {Add(3, 2)}, "needs a higher one");
}

// Otherwise one more than its bytes can say.
TEST(ConfigurationTest, NoMoreNodesThanItCanCountWereEverMembers) {
  Configuration now = Voters({1, 2, 3});
  for (std::uint32_t node = 4; node <= Configuration::kNodesMax; ++node) {
    now = Changed(Changed(now, {Add(node)}), {Of(Kind::kRemove, node)});
  }
  EXPECT_EQ(*DecodeConfiguration(Encode(now)), now);
  ExpectRefused(now, {Add(256)}, "would ever have been members");
}

TEST(ConfigurationTest, WhatChangesNothingOrCannotBeIsRefused) {
  const Configuration three = Changed(Voters({1, 2, 3}), {Add(4)});
  ExpectRefused(three, {}, "nothing would change");
  ExpectRefused(three, {Add(2)}, "is a member already");
  ExpectRefused(three, {Add(4)}, "is a member already");
  ExpectRefused(three, {Add(0)}, "has no number");
  ExpectRefused(three, {Add(5, 0)}, "has no number");
  ExpectRefused(three, {Of(Kind::kPromote, 1)}, "is no learner");
  ExpectRefused(three, {Of(Kind::kPromote, 9)}, "is no learner");
  ExpectRefused(three, {Of(Kind::kDemote, 4)}, "is no voter");
  ExpectRefused(three, {Of(Kind::kRemove, 9)}, "is no member");
  std::vector<MemberChange> many;
  for (std::uint32_t node = 5; node <= 17; ++node) many.push_back(Add(node));
  ExpectRefused(three, many, "more than 16 members");
}

TEST(ConfigurationTest, GroupGetsNoMajorityOfTheVotersUnlessAllowed) {
  Configuration three = Voters({1, 2, 3});
  three = Changed(
      three,
      {MemberChange{.kind = Kind::kAdd, .node = {4}, .member = {.incarnation = 1, .group = 1}}});
  EXPECT_TRUE(Change(three, std::vector{Of(Kind::kPromote, 4)}).has_value());  // Two of four.
  ExpectRefused(three, {Of(Kind::kPromote, 4), Of(Kind::kRemove, 3)}, "majority of the voters");
  three.majority_of_one = true;
  Changed(three, {Of(Kind::kPromote, 4), Of(Kind::kRemove, 3)});
}

TEST(ConfigurationTest, VoterDemotedAndPromotedInOneChangeStaysWhatItWas) {
  const Configuration three = Voters({1, 2, 3});
  ExpectRefused(three, {Of(Kind::kDemote, 3), Of(Kind::kPromote, 3)}, "is no learner");
}

// Wherever drawn changes lead: what Change makes is what Decode accepts, and nothing else is.
TEST(ConfigurationTest, EveryConfigurationThatChangesMakeHasOneText) {
  SeededRandom random(11);
  Configuration now = Voters({1, 2, 3});
  int joints = 0;
  for (int step = 0; step < 5'000; ++step) {
    if (now.joint()) {
      ++joints;
      now = Leave(now);
    } else {
      std::vector<MemberChange> changes;
      for (std::uint64_t left = 1 + random.Below(3); left > 0; --left) {
        const auto kind = static_cast<Kind>(random.Below(4));
        const auto node = static_cast<std::uint32_t>(1 + random.Below(8));
        const auto incarnation = static_cast<std::uint32_t>(1 + step);
        changes.push_back(
            {.kind = kind, .node = {node}, .member = {.incarnation = incarnation, .group = node}});
      }
      if (const auto to = Change(now, changes)) now = *to;
    }
    const Bytes text = Encode(now);
    const auto read = DecodeConfiguration(text);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    ASSERT_EQ(*read, now);
    Bytes other = text;
    other[random.Below(other.size())] ^= static_cast<std::uint8_t>(1 + random.Below(255));
    if (const auto changed = DecodeConfiguration(other)) {
      ASSERT_NE(*changed, now);
      ASSERT_EQ(Encode(*changed), other);
    }
    ASSERT_FALSE(DecodeConfiguration(ByteView(text).first(random.Below(text.size()))).has_value());
  }
  EXPECT_GT(joints, 300);
}

}  // namespace
}  // namespace aval::consensus
