#include "tests/cluster/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aval::cluster {
namespace {

using std::chrono::nanoseconds;
using ::testing::HasSubstr;

constexpr std::string_view kLine =
    R"({"client":3,"call":10,"return":20,"op":"write","key":"g","value":500,"ok":true})";

std::string Replaced(std::string_view what, std::string_view by) {
  std::string line(kLine);
  const std::size_t at = line.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return line.replace(at, what.size(), by);
}

TEST(HistoryTest, ACallIsOneLineOfJson) {
  const Call call{.client = 3,
                  .called = nanoseconds(10),
                  .returned = nanoseconds(20),
                  .operation = Operation::kWrite,
                  .key = "g",
                  .value = 500,
                  .outcome = Outcome::kDone};
  EXPECT_EQ(FormatHistory(std::vector{call}), std::string(kLine) + "\n");
}

TEST(HistoryTest, WhatWasWrittenIsReadBack) {
  std::vector<Call> calls;
  for (const Operation operation : {Operation::kWrite, Operation::kRead}) {
    for (const Outcome outcome : {Outcome::kDone, Outcome::kRefused, Outcome::kUnknown}) {
      calls.push_back({.client = std::numeric_limits<std::uint32_t>::max(),
                       .called = nanoseconds(0),
                       .returned = nanoseconds::max(),
                       .operation = operation,
                       .key = "a \"grant\"\n of \xC3\xA9",
                       .value = std::numeric_limits<std::int64_t>::min(),
                       .outcome = outcome});
    }
  }
  const auto parsed = ParseHistory(FormatHistory(calls));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(*parsed, calls);
}

TEST(HistoryTest, AnEmptyTextIsAnEmptyHistory) {
  const auto parsed = ParseHistory("");
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->empty());
}

TEST(HistoryTest, ALineOfAnotherFormIsRefusedByItsNumber) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "incomplete JSON"},
      {"{", "incomplete JSON"},
      {"[1]", "not an object"},
      {Replaced(R"("client":3,)", ""), "client is not there"},
      {Replaced(R"("call":10,)", ""), "call is not there"},
      {Replaced(R"("return":20,)", ""), "return is not there"},
      {Replaced(R"("op":"write",)", ""), "op is not there"},
      {Replaced(R"("key":"g",)", ""), "key is not there"},
      {Replaced(R"("value":500,)", ""), "value is not there"},
      {Replaced(R"(,"ok":true)", ""), "ok is not there"},
      {Replaced(R"("ok":true)", R"("ok":true,"node":1)"), "a member that is not known"},
      {Replaced(R"("ok":true)", R"("ok":false,"ok":true)"), "not in the form"},
      {Replaced(R"("ok":true)", R"("ok": true)"), "not in the form"},
      {Replaced("3", R"("3")"), "client is not a whole number"},
      {Replaced("3", "-1"), "client is not a number of 32 bits"},
      {Replaced("3", "4294967296"), "client is not a number of 32 bits"},
      {Replaced("10", "1e1"), "call is not a whole number"},
      {Replaced("20", "20.5"), "return is not a whole number"},
      {Replaced("10", "-1"), "call and return are not in order"},
      {Replaced("10", "21"), "call and return are not in order"},
      {Replaced("write", "erase"), "op is neither"},
      {Replaced(R"("write")", "1"), "op is not a text"},
      {Replaced(R"("g")", "7"), "key is not a text"},
      {Replaced("500", "9223372036854775808"), "value is not a whole number"},
      {Replaced("true", "1"), "ok is not true, false or null"},
  };
  for (const auto& [line, why] : cases) {
    const auto parsed = ParseHistory(std::string(kLine) + "\n" + line + "\n");
    ASSERT_FALSE(parsed) << line;
    EXPECT_EQ(parsed.error().code, Code::kInvalidArgument);
    EXPECT_THAT(parsed.error().message, HasSubstr("line 2: " + why)) << line;
  }
}

TEST(HistoryTest, ALineWithoutItsNewlineIsCutOff) {
  const auto parsed = ParseHistory(kLine);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message, "line 1: cut off");
}

TEST(HistoryTest, ADescriptionLeavesTheEndOfAnUnknownWriteOpen) {
  Call call{.client = 3,
            .called = nanoseconds(10),
            .returned = nanoseconds(20),
            .operation = Operation::kWrite,
            .key = "g",
            .value = 500,
            .outcome = Outcome::kUnknown};
  EXPECT_EQ(Describe(call), "client 3 wrote 500 [10, ?]");
  call.outcome = Outcome::kDone;
  EXPECT_EQ(Describe(call), "client 3 wrote 500 [10, 20]");
  call.operation = Operation::kRead;
  EXPECT_EQ(Describe(call), "client 3 read 500 [10, 20]");
}

TEST(HistoryRecorderTest, KeepsTheCallsOfManyThreads) {
  constexpr std::uint32_t kClients = 8;
  constexpr std::int64_t kCalls = 5'000;
  HistoryRecorder recorder;
  std::latch start(kClients);
  std::vector<std::thread> clients;
  clients.reserve(kClients);
  for (std::uint32_t client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      start.arrive_and_wait();
      for (std::int64_t i = 0; i < kCalls; ++i) {
        recorder.Add({.client = client, .key = "g", .value = i});
      }
    });
  }
  for (std::thread& client : clients) client.join();

  std::vector<std::int64_t> next(kClients, 0);
  for (const Call& call : recorder.calls()) EXPECT_EQ(call.value, next.at(call.client)++);
  EXPECT_EQ(next, std::vector<std::int64_t>(kClients, kCalls));
}

TEST(HistoryRecorderDeathTest, RefusesACallThatReturnsBeforeItIsMade) {
  HistoryRecorder recorder;
  const Call call{.called = nanoseconds(2), .returned = nanoseconds(1), .key = "g"};
  EXPECT_DEATH(recorder.Add(call), "TimesInOrder");
}

}  // namespace
}  // namespace aval::cluster
