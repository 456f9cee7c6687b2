#include "cli/demo/demo_network.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/random.h"
#include "cli/demo/genesis.h"
#include "cli/network.h"

namespace aval::cli::demo {
namespace {

namespace fs = std::filesystem;

class DemoNetworkTest : public ::testing::Test {
 protected:
  DemoNetworkTest()
      : directory_(fs::temp_directory_path() /
                   ("aval-demo-network-test-" + std::to_string(getpid()))) {}
  ~DemoNetworkTest() override { fs::remove_all(directory_); }

  static genesis::v1::Genesis Plan() {
    return DemoGenesis("ledger.example/demo", *ledger::Day::FromDate(2018, 1, 1));
  }

  // With a program that is no node: the network is made, and then its first node does not start.
  Error StartError() {
    const auto started =
        DemoNetwork::Start(Plan(), directory_, "/bin/false", NodeProcess::Orphan::kStops);
    EXPECT_FALSE(started);
    return started ? Error{} : started.error();
  }

  void WriteFile(const std::string& name) { std::ofstream(directory_ / name) << "content"; }

  const fs::path directory_;
};

TEST_F(DemoNetworkTest, NetworkThatSomebodyFoundedIsNeverRemoved) {
  NetworkPlan plan{.genesis = Plan(),
                   .addresses = {},
                   .key_cost = crypto::kCheapestKeyFile,
                   .verify_threads = 0};
  for (std::uint16_t port = 7001; port < 7004; ++port) {
    plan.addresses.push_back(
        {.peers = {.host = "127.0.0.1", .port = port}, .api = {.host = "127.0.0.1", .port = port}});
  }
  SystemRandom random;
  const auto made = InitNetwork(std::move(plan), directory_, random);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(StartError().code, Code::kInvalidArgument);
  EXPECT_TRUE(fs::exists(directory_ / "genesis.dsse"));
  EXPECT_TRUE(fs::exists(directory_ / "bank-a.example" / "legal.key"));
}

TEST_F(DemoNetworkTest, WhatAnEarlierRunMadeIsRemoved) {
  ASSERT_EQ(StartError().code, Code::kUnavailable);
  WriteFile("of-the-earlier-run");
  EXPECT_EQ(StartError().code, Code::kUnavailable);
  EXPECT_TRUE(fs::exists(directory_ / "genesis.dsse"));
  EXPECT_FALSE(fs::exists(directory_ / "of-the-earlier-run"));
}

TEST_F(DemoNetworkTest, AnyOtherContentIsNeverRemoved) {
  fs::create_directory(directory_);
  WriteFile("thesis.txt");
  EXPECT_EQ(StartError().code, Code::kInvalidArgument);
  EXPECT_TRUE(fs::exists(directory_ / "thesis.txt"));
}

}  // namespace
}  // namespace aval::cli::demo
