#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "ledger/effects.h"
#include "ledger/log/checkpoint_file.h"
#include "ledger/log/checkpoints.h"
#include "ledger/log/log.h"
#include "tests/base/fault_disk.h"
#include "tests/ledger/log_fixture.h"

namespace aval::ledger {
namespace {

// The worked example of docs/formats/log.md: hexadecimal digits after an offset, explanations
// behind two spaces.

crypto::SecretKey KeyOfOnes(std::uint8_t byte) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(byte);
  return crypto::SecretKey::FromSeed(seed);
}

std::vector<Leaf> ExampleLeaves() {
  Leaf genesis;
  genesis.effects = *FromHex("0100000001100000000101");
  genesis.header = {.kind = LeafKind::kGenesis,
                    .outcome = 0,
                    .index = 0,
                    .time_ms = 1'700'000'000'000,
                    .effects = HashEffects(genesis.effects)};
  genesis.entry = EncodeLeaf(genesis.header, AsBytes("founders"));
  Leaf policy;
  policy.header = {.kind = LeafKind::kPolicy,
                   .outcome = 0,
                   .index = 1,
                   .time_ms = 1'700'000'000'000,
                   .effects = {}};
  policy.entry = EncodeLeaf(policy.header, AsBytes("policy"));
  return {genesis, policy};
}

// The hexadecimal of the block under "### `<file>`".
std::string Documented(const std::string& file) {
  std::ifstream in(AVAL_TEST_DATA "/../../docs/formats/log.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const std::size_t title = page.find("### `" + file + "`");
  if (title == std::string::npos) return "no example of " + file;
  const std::size_t begin = page.find("```\n", title) + 4;
  const std::size_t end = page.find("```", begin);
  std::string hex;
  for (std::size_t at = begin; at < end;) {
    const std::size_t next = page.find('\n', at);
    const std::string line = page.substr(at + 6, next - at - 6);  // Behind the offset.
    const std::string digits = line.substr(0, line.find("   "));
    std::copy_if(digits.begin(), digits.end(), std::back_inserter(hex),
                 [](char c) { return c != ' '; });
    at = next + 1;
  }
  return hex;
}

class LogFormatTest : public ::testing::Test {
 protected:
  LogFormatTest() {
    const std::vector<Leaf> leaves = ExampleLeaves();
    const auto log = WriteLog(disk_, leaves, 2);
    const crypto::SecretKey log_key = KeyOfOnes(1);
    const crypto::SecretKey cosigner_key = KeyOfOnes(2);
    const auto signer = CheckpointSigner::Open(disk_, kLogDirectory,
                                               {.origin = "ledger.example/1",
                                                .cosigner_name = "bank.example/n1",
                                                .log_key = &log_key,
                                                .cosigner_key = &cosigner_key});
    EXPECT_TRUE((*signer)->Sign(
        {.origin = "ledger.example/1", .size = 2, .root = log->frontier().Root()}, 1'700'000'001));
  }
  std::string Hex(const std::string& file) { return ToHex(*disk_.ReadFile(kLogDirectory / file)); }

  FaultDisk disk_;
};

TEST_F(LogFormatTest, TheDocumentedEntriesAreTheFile) {
  EXPECT_EQ(Hex("entries.0000000000"), Documented("entries.0000000000"));
}

TEST_F(LogFormatTest, TheDocumentedEffectsAreTheFile) {
  EXPECT_EQ(Hex("effects.0000000000"), Documented("effects.0000000000"));
}

TEST_F(LogFormatTest, TheDocumentedHashesAreTheFile) {
  EXPECT_EQ(Hex("hashes-0.0000000000"), Documented("hashes-0.0000000000"));
}

TEST_F(LogFormatTest, TheDocumentedCheckpointIsTheFile) {
  EXPECT_EQ(Hex("checkpoints"), Documented("checkpoints"));
}

}  // namespace
}  // namespace aval::ledger
