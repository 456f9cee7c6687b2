// Nodes whose data directory was put back from a backup, as their operator says.

#include "node/restoration.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/disk.h"
#include "tests/node/running_nodes.h"

namespace aval::node {
namespace {

namespace fs = std::filesystem;

ledger::Day DayPlus(int days) { return RunningNodes::FirstDay().Plus(days); }

class RestorationTest : public ::testing::Test {
 protected:
  RestorationTest() : nodes_(3) { Decide(nodes_.Leader(), 1); }

  void Decide(std::size_t i, int day) {
    const auto reply = nodes_.PostAct(i, nodes_.DayRoll(DayPlus(day), DayPlus(day)));
    ASSERT_TRUE(reply) << reply.error().message;
    ASSERT_EQ(reply->status, 200) << AsText(reply->body);
  }

  // Of a node that is stopped.
  void BackUp(std::size_t i) { fs::copy(nodes_.DataOf(i), Backup(), fs::copy_options::recursive); }
  void PutBack(std::size_t i) {
    fs::remove_all(nodes_.DataOf(i));
    fs::copy(Backup(), nodes_.DataOf(i), fs::copy_options::recursive);
  }
  fs::path Backup() const { return nodes_.DataOf(0).parent_path() / "backup"; }

  bool Say(std::size_t i, const std::string& occasion) {
    const auto said = SayRestored(disk_, nodes_.DataOf(i), occasion);
    EXPECT_TRUE(said) << said.error().message;
    return said && *said;
  }
  std::string Said(std::size_t i) {
    const auto bytes = disk_.ReadFile(nodes_.DataOf(i) / "restored");
    return bytes ? std::string(AsText(*bytes)) : "nothing";
  }

  // The backup of a follower is older than what that has acknowledged to its leader, which alone
  // knows, and is down when it is put back.
  struct Roles {
    std::size_t knowing = 0;
    std::size_t restored = 0;
    std::size_t other = 0;
  };
  Roles ForgetWhatOneKnows() {
    Roles roles{.knowing = nodes_.Leader()};
    roles.restored = (roles.knowing + 1) % 3;
    roles.other = (roles.knowing + 2) % 3;
    nodes_.StopNode(roles.restored);
    BackUp(roles.restored);
    nodes_.StartNode(roles.restored);
    nodes_.StopNode(roles.other);  // So that the act needs the third.
    Decide(roles.knowing, 2);
    nodes_.StopNode(roles.restored);
    nodes_.StopNode(roles.knowing);
    PutBack(roles.restored);
    nodes_.StartNode(roles.other);
    return roles;
  }

  // Nothing is decided at `i`, as long as it takes to elect somebody where that can be.
  void ExpectNoQuorum(std::size_t i) {
    net::HttpCall call;
    call.method = "POST";
    call.target = "/v1/acts?timeout_ms=2500";
    call.body = nodes_.DayRoll(DayPlus(2), DayPlus(2));
    const auto reply = nodes_.Call(i, call);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_TRUE(reply->status == 503 || reply->status == 504) << AsText(reply->body);
  }

  PosixDisk disk_;
  RunningNodes nodes_;
};

TEST_F(RestorationTest, RestoredNodeWaitsForTheOneWhoKnowsHoweverOftenItStarts) {
  const Roles roles = ForgetWhatOneKnows();
  EXPECT_TRUE(Say(roles.restored, "2026-12-01"));
  nodes_.StartNode(roles.restored);
  ExpectNoQuorum(roles.other);
  EXPECT_EQ(nodes_.Readiness(roles.restored), "asking");
  nodes_.StopNode(roles.restored);
  nodes_.StartNode(roles.restored);  // Nobody says it again.
  ExpectNoQuorum(roles.other);
  EXPECT_EQ(nodes_.Readiness(roles.restored), "asking");
  nodes_.StartNode(roles.knowing);
  nodes_.AwaitReadiness(roles.restored, "forgotten");
  EXPECT_EQ(Said(roles.restored), "asking 2026-12-01\n");
}

TEST_F(RestorationTest, BackupThatHasForgottenNothingTakesPartOnceAllHaveAnswered) {
  const std::size_t restored = (nodes_.Leader() + 1) % 3;
  nodes_.StopNode(restored);
  BackUp(restored);
  PutBack(restored);
  EXPECT_TRUE(Say(restored, "2026-12-01"));
  EXPECT_TRUE(Say(restored, "2026-12-01"));  // A start that failed, perhaps.
  nodes_.StartNode(restored);
  nodes_.AwaitReadiness(restored, "ready");
  EXPECT_EQ(Said(restored), "kept 2026-12-01\n");
}

TEST_F(RestorationTest, OccasionThatWasSettledAsksNobodyMoreThanAnyStart) {
  const std::size_t restored = (nodes_.Leader() + 1) % 3;
  const std::size_t other = (restored + 1) % 3;
  nodes_.StopNode(restored);
  EXPECT_TRUE(Say(restored, "first"));
  nodes_.StartNode(restored);
  nodes_.AwaitReadiness(restored, "ready");
  nodes_.StopNode(restored);
  nodes_.StopNode(other);
  EXPECT_FALSE(Say(restored, "first"));
  nodes_.StartNode(restored);
  // Of three one is down, and these two go on.
  Decide(restored, 2);
  nodes_.StopNode(restored);
  EXPECT_TRUE(Say(restored, "second"));
  EXPECT_EQ(Said(restored), "asking second\n");
}

TEST_F(RestorationTest, WhatCannotBeTakenIsRefused) {
  const auto code_of = [this](const std::string& occasion) {
    const auto said = SayRestored(disk_, nodes_.DataOf(0), occasion);
    EXPECT_FALSE(said);
    return said ? Code::kIo : said.error().code;
  };
  EXPECT_EQ(code_of("2026-12-01"), Code::kDenied);  // It runs.
  nodes_.StopNode(0);
  for (const std::string& occasion :
       {std::string(), std::string("two words"), std::string("a\n"), std::string(65, 'x')}) {
    EXPECT_EQ(code_of(occasion), Code::kInvalidArgument) << occasion;
  }
  EXPECT_EQ(Said(0), "nothing");
  for (const char* text : {"", "asking first", "asked first\n", "kept \n", "kept a b\n"}) {
    ASSERT_TRUE(disk_.ReplaceFile(nodes_.DataOf(0) / "restored", AsBytes(text)));
    EXPECT_EQ(code_of("first"), Code::kCorruption) << text;
    const auto restored = IsRestored(disk_, nodes_.DataOf(0));
    ASSERT_FALSE(restored) << text;
    EXPECT_EQ(restored.error().code, Code::kCorruption);
  }
}

}  // namespace
}  // namespace aval::node
