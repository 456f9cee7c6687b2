#include "cli/bench/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace aval::cli::bench {
namespace {

using boost::json::object;
using testing::HasSubstr;
using testing::Not;

Place SomePlace() {
  return {.directory = "/var/tmp/bench",
          .file_system = {.type = "ext4", .source = "/dev/vda", .mount_point = "/"},
          .sync_median = std::chrono::microseconds(1'500),
          .nodes = 3,
          .started_here = true,
          .cores = 2};
}

RunReport SomeRun() {
  RunReport run{.plan = {.clients = 256, .rate = std::nullopt, .acts = 8, .seconds = 20}};
  run.mix = {
      .acts_by_type = {{"attest", 4}, {"repay", 4}}, .acts = 8, .signatures = 10, .bytes = 4'000};
  run.load.accepted = 6'000;
  run.load.latency_us = {10'000, 20'000, 30'000};
  run.seconds = 2;
  run.limit = Limit{.verifies_per_second = 30'000, .nodes = 3, .signatures_per_act = 1.25};
  NodeUsage node{.number = 1, .counters = {}, .cpu = CpuTimes{}, .written_bytes = 5'000'000};
  node.counters.leads = true;
  node.counters.wal_entries = 200;
  node.counters.wal_syncs = 100;
  node.counters.signatures_applied = 1'000;
  node.counters.signatures_checked = {{"core", 0}, {"verify", 990}};
  node.counters.signatures_left_to_rules = 10;
  node.counters.signatures_reused = 400;
  node.cpu->seconds = {{"applier", 0.5}, {"verify", 1.25}};
  run.nodes.push_back(std::move(node));
  run.generator.seconds = {{"io", 1.5}};
  return run;
}

const object& At(const boost::json::value& value, const char* name) {
  return value.as_object().at(name).as_object();
}

TEST(BenchJsonTest, APlaceNamesDiskNodesAndCores) {
  const object body = BenchJson(SomePlace(), {});
  EXPECT_EQ(boost::json::serialize(body),
            R"({"directory":"/var/tmp/bench","file_system":{"type":"ext4","source":"/dev/vda",)"
            R"("mount_point":"/","fdatasync_p50_us":1500},"nodes":3,"started_here":true,)"
            R"("cores":2,"runs":[]})");
}

TEST(BenchJsonTest, AClosedLoopHasWhatWasReachedAndOfWhat) {
  const object body = BenchJson(SomePlace(), {SomeRun()});
  const object& run = body.at("runs").as_array().at(0).as_object();
  EXPECT_EQ(run.at("mode").as_string(), "closed");
  EXPECT_EQ(run.at("clients").to_number<int>(), 256);
  EXPECT_EQ(run.at("decided").to_number<int>(), 6'000);
  EXPECT_DOUBLE_EQ(run.at("acts_per_second").as_double(), 3'000);
  EXPECT_DOUBLE_EQ(run.at("signatures_per_second").as_double(), 3'750);
  EXPECT_EQ(At(run, "latency_us").at("p50").to_number<int>(), 20'000);
  EXPECT_EQ(At(run, "latency_us").at("p999").to_number<int>(), 30'000);
  EXPECT_DOUBLE_EQ(At(run, "limit").at("acts_per_second").as_double(), 8'000);
  EXPECT_DOUBLE_EQ(At(run, "limit").at("share").as_double(), 0.375);
  EXPECT_DOUBLE_EQ(At(run, "mix").at("signatures_per_act").as_double(), 1.25);
  EXPECT_EQ(At(At(run, "mix"), "by_type").at("attest").to_number<int>(), 4);
  EXPECT_DOUBLE_EQ(At(run, "generator_cpu_seconds").at("io").as_double(), 1.5);
  EXPECT_FALSE(run.contains("rate"));
}

TEST(BenchJsonTest, ANodeHasItsCountersAndItsProcessorTime) {
  const object body = BenchJson(SomePlace(), {SomeRun()});
  const boost::json::value& run = body.at("runs").as_array().at(0);
  const object& node = run.as_object().at("nodes").as_array().at(0).as_object();
  EXPECT_TRUE(node.at("leads").as_bool());
  EXPECT_EQ(node.at("wal_entries").to_number<int>(), 200);
  EXPECT_EQ(node.at("wal_syncs").to_number<int>(), 100);
  EXPECT_EQ(At(node, "signatures_checked").at("verify").to_number<int>(), 990);
  EXPECT_EQ(At(node, "signatures_checked").at("core").to_number<int>(), 0);
  EXPECT_EQ(node.at("signatures_reused").to_number<int>(), 400);
  EXPECT_EQ(node.at("written_bytes").to_number<int>(), 5'000'000);
  EXPECT_DOUBLE_EQ(At(node, "cpu_seconds").at("verify").as_double(), 1.25);
}

TEST(BenchJsonTest, WhatIsNotKnownOfOthersMachinesIsLeftOut) {
  RunReport run = SomeRun();
  run.limit.reset();
  run.nodes[0].cpu.reset();
  run.nodes[0].written_bytes.reset();
  const std::string text = boost::json::serialize(BenchJson(SomePlace(), {run}));
  EXPECT_THAT(text, Not(HasSubstr("\"limit\"")));
  EXPECT_THAT(text, Not(HasSubstr("\"cpu_seconds\"")));
  EXPECT_THAT(text, Not(HasSubstr("\"written_bytes\"")));
}

TEST(BenchJsonTest, AnOpenLoopHasItsRateAndTheGeneratorsLateness) {
  RunReport run = SomeRun();
  run.plan.rate = 500;
  run.undecided = {{"overloaded", 3}};
  run.lateness_us = {100, 200};
  const object body = BenchJson(SomePlace(), {run});
  const object& open = body.at("runs").as_array().at(0).as_object();
  EXPECT_EQ(open.at("mode").as_string(), "open");
  EXPECT_DOUBLE_EQ(open.at("rate").as_double(), 500);
  EXPECT_EQ(At(open, "undecided").at("overloaded").to_number<int>(), 3);
  EXPECT_EQ(At(open, "lateness_us").at("max").to_number<int>(), 200);
  EXPECT_FALSE(open.contains("clients"));
}

TEST(BenchTextTest, ARunTellsTheLimitItsShareAndFsyncsOfABlock) {
  const std::string text = RunText(SomeRun());
  EXPECT_THAT(text, HasSubstr("3000 acts/s, 3750 signatures/s"));
  EXPECT_THAT(text, HasSubstr("p50 20.0 ms, p99 30.0 ms, p99.9 30.0 ms to durable commit"));
  EXPECT_THAT(text, HasSubstr("30000 verifies/s with all cores busy / 3 nodes / 1.25 signatures = "
                              "8000 acts/s; reached 37.5 %"));
  EXPECT_THAT(text, HasSubstr("200 blocks, 100 fsyncs (0.50 a block)"));
  EXPECT_THAT(text, HasSubstr("verified by core 0, verify 990, rules 10 (1.00 times each)"));
}

TEST(BenchTextTest, APlaceNamesTheFileSystemAndItsSync) {
  EXPECT_THAT(PlaceText(SomePlace()),
              HasSubstr("/var/tmp/bench on ext4 (/dev/vda at /), fdatasync p50 1.5 ms"));
}

}  // namespace
}  // namespace aval::cli::bench
