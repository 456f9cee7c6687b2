#include "cli/network.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/random.h"
#include "cli/client.h"
#include "cli/network_file.h"
#include "config/node_config.h"

namespace aval::cli {
namespace {

// The example that the guide gives.
std::string GuideExample() {
  std::ifstream in(AVAL_SOURCE "/docs/guides/network.md");
  std::stringstream text;
  text << in.rdbuf();
  const std::string page = text.str();
  const std::size_t begin = page.find("```toml\n") + 8;
  return page.substr(begin, page.find("```\n", begin) - begin);
}

std::string ExampleWith(const std::string& from, const std::string& to) {
  std::string text = GuideExample();
  return text.replace(text.find(from), from.size(), to);
}

std::string ErrorOf(const std::string& from, const std::string& to) {
  const auto plan = ParseNetworkFile(ExampleWith(from, to), "plan.toml");
  EXPECT_FALSE(plan);
  return plan ? "" : plan.error().message;
}

TEST(NetworkFileTest, CoPayersAreOffUnlessThePolicySaysSo) {
  const auto without = ParseNetworkFile(GuideExample(), "plan.toml");
  ASSERT_TRUE(without) << without.error().message;
  EXPECT_FALSE(without->genesis.policies(0).has_copay());
  const auto with = ParseNetworkFile(
      ExampleWith("[[product]]", "[policy.copay]\nmax_commitment = 5\nmin = 3\n[[product]]"),
      "plan.toml");
  ASSERT_TRUE(with) << with.error().message;
  const genesis::v1::CopayPolicy& copay = with->genesis.policies(0).copay();
  EXPECT_EQ(copay.max_commitment(), 5);
  EXPECT_EQ(copay.min(), 3);
  EXPECT_EQ(copay.max_share_ppm(), 500'000U);
  EXPECT_EQ(copay.borrower_share_ppm(), 200'000U);
  EXPECT_EQ(copay.debit_attempts(), 3U);
  EXPECT_NE(ErrorOf("[[product]]", "[policy.copay]\nmin = 3\n[[product]]").find("max_commitment"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[[product]]", "[policy.copay]\nmax_commitment = 5\nmore = 1\n[[product]]")
                .find("more"),
            std::string::npos);
}

class NetworkTest : public ::testing::Test {
 protected:
  NetworkTest()
      : directory_(std::filesystem::temp_directory_path() /
                   ("aval-network-test-" + std::to_string(getpid()))) {}
  ~NetworkTest() override { std::filesystem::remove_all(directory_); }

  Result<void> Init(const std::string& text = GuideExample()) {
    auto plan = ParseNetworkFile(text, "plan.toml");
    if (!plan) return plan.error();
    plan->key_cost = crypto::kCheapestKeyFile;
    SystemRandom random;
    return InitNetwork(*std::move(plan), directory_, random);
  }

  const std::filesystem::path directory_;
};

TEST_F(NetworkTest, GuidesExampleBecomesADirectoryThatEverybodyReads) {
  const auto made = Init();
  ASSERT_TRUE(made) << made.error().message;
  const auto network = Network::Open(directory_);
  ASSERT_TRUE(network) << network.error().message;
  EXPECT_EQ(network->origin(), "ledger.example/credit-1");
  EXPECT_TRUE(network->InstitutionKey(3, ledger::Department::kLegal));
  const auto node = config::LoadNodeConfig(network->NodeFile(2));
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(node->api_listen.Text(), "127.0.0.1:7022");
  const auto client = LoadClientFile(directory_ / "client.toml");
  ASSERT_TRUE(client) << client.error().message;
  EXPECT_EQ(client->nodes.size(), 3U);
}

TEST_F(NetworkTest, DirectoryInUseIsNeverWrittenOver) {
  ASSERT_TRUE(Init());
  const auto again = Init();
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().message.find("not an empty directory"), std::string::npos);
}

TEST_F(NetworkTest, PlanOutOfRangeIsNamedByFileAndPlaceAndLeavesNothing) {
  const auto made = Init(
      ExampleWith("max_purchase = 1_000_000\n", "max_purchase = 1_000_000\ngrace_days = 3661\n"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kInvalidArgument);
  EXPECT_NE(made.error().message.find("plan.toml: "), std::string::npos);
  EXPECT_NE(made.error().message.find("policies[0].grace_days"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(directory_));
}

TEST_F(NetworkTest, EveryRangeOfGenesisIsOneOfThePlan) {
  const auto made = Init(
      ExampleWith("calendar = \"clock\"\n", "calendar = \"clock\"\nutc_offset_minutes = -720\n"));
  EXPECT_TRUE(made) << made.error().message;
  std::filesystem::remove_all(directory_);
  EXPECT_FALSE(Init(
      ExampleWith("calendar = \"clock\"\n", "calendar = \"clock\"\nutc_offset_minutes = -721\n")));
}

TEST_F(NetworkTest, DamagedGenesisIsNamedByItsFile) {
  ASSERT_TRUE(Init());
  std::ofstream(directory_ / "genesis.dsse") << "damaged";
  const auto network = Network::Open(directory_);
  ASSERT_FALSE(network);
  EXPECT_NE(network.error().message.find("genesis.dsse: "), std::string::npos);
}

TEST_F(NetworkTest, KeysAndPassphraseAreTheOwnersAlone) {
  ASSERT_TRUE(Init());
  for (const char* file : {"passphrase", "client.key", "bank-a.example/legal.key"}) {
    const auto mode = std::filesystem::status(directory_ / file).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << file;
  }
}

TEST(NetworkFileTest, ErrorsNameFileLineAndKey) {
  EXPECT_NE(ErrorOf("kind = \"platform\"", "kind = \"shop\"").find("plan.toml:"),
            std::string::npos);
  EXPECT_NE(ErrorOf("kind = \"platform\"", "kind = \"shop\"").find("kind"), std::string::npos);
  EXPECT_NE(ErrorOf("127.0.0.1:7011", "nowhere").find("peers"), std::string::npos);
  EXPECT_NE(ErrorOf("2026-01-01", "2026-02-30").find("first_day"), std::string::npos);
  EXPECT_NE(ErrorOf("lend = true", "lends = true").find("lends"), std::string::npos);
}

}  // namespace
}  // namespace aval::cli
