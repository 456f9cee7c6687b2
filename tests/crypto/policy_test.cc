#include "crypto/policy.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aval::crypto {
namespace {

Vkey KeyNumber(std::uint8_t number, NoteKeyType type) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = number;
  const std::string name =
      type == NoteKeyType::kLog ? "ledger.example" : "n" + std::to_string(number);
  return {.name = name, .type = type, .key = SecretKey::FromSeed(seed).public_key()};
}

Policy::Witness WitnessNumber(std::uint8_t number) {
  return {.name = "w" + std::to_string(number),
          .key = KeyNumber(number, NoteKeyType::kCosigner),
          .url = "https://w.example/" + std::to_string(number)};
}

class PolicyTest : public testing::Test {
 protected:
  const std::vector<Vkey> logs_{KeyNumber(100, NoteKeyType::kLog),
                                KeyNumber(101, NoteKeyType::kLog)};
  const std::vector<PolicyInstitution> institutions_{
      {.name = "platform", .nodes = {WitnessNumber(1), WitnessNumber(2)}},
      {.name = "bank-a", .nodes = {WitnessNumber(3)}},
      {.name = "bank-b", .nodes = {WitnessNumber(4)}}};
  const std::string text_ = PolicyText(logs_, institutions_, MajorityOf(3));

  NoteSigner Cosigner(std::uint8_t number) { return {.key = WitnessNumber(number).key}; }
};

TEST_F(PolicyTest, CountsInstitutionsNotNodes) {
  const auto policy = Policy::Parse(text_);
  ASSERT_TRUE(policy) << policy.error().message;
  const std::vector<NoteSigner> one_institution{{.key = logs_[1]}, Cosigner(1), Cosigner(2)};
  EXPECT_FALSE(policy->Evaluate(one_institution).satisfied());
  EXPECT_EQ(policy->Evaluate(one_institution).reached, 1U);
  const std::vector<NoteSigner> two{{.key = logs_[1]}, Cosigner(1), Cosigner(4)};
  EXPECT_TRUE(policy->Evaluate(two).satisfied());
}

TEST_F(PolicyTest, NeedsALogsOwnSignature) {
  const auto policy = Policy::Parse(text_);
  const std::vector<NoteSigner> all{Cosigner(1), Cosigner(3), Cosigner(4)};
  EXPECT_TRUE(policy->Evaluate(all).quorum_reached);
  EXPECT_FALSE(policy->Evaluate(all).satisfied());
}

TEST_F(PolicyTest, RefusesANameOrKeyOrMembershipThatStandsTwice) {
  const std::string witness = "witness w9 " + KeyNumber(9, NoteKeyType::kCosigner).Text() + " u\n";
  Vkey renamed = KeyNumber(9, NoteKeyType::kCosigner);
  renamed.name = "n8";
  const std::string same_key = "witness w8 " + renamed.Text() + " u\n";
  const std::string log = "log " + logs_[0].Text() + "\n";
  EXPECT_TRUE(Policy::Parse(log + witness + "quorum w9\n"));
  EXPECT_FALSE(Policy::Parse(log + witness + witness + "quorum w9\n"));
  EXPECT_FALSE(Policy::Parse(log + witness + same_key + "quorum w9\n"));
  EXPECT_FALSE(Policy::Parse(log + witness + "group a any w9\ngroup b any w9\nquorum a\n"));
  EXPECT_FALSE(Policy::Parse(log + log + witness + "quorum w9\n"));
}

TEST_F(PolicyTest, NamesTheLineOfAMistake) {
  const std::string log = "log " + logs_[0].Text() + "\n";
  for (const char* bad :
       {"witness w9\n", "group g 2 nobody\n", "quorum nobody\n", "nonsense\n",
        "quorum none\nquorum none\n", "log nonsense\n", "witness w9 nonsense u\n"}) {
    const auto policy = Policy::Parse(log + bad);
    ASSERT_FALSE(policy) << bad;
    EXPECT_NE(policy.error().message.find("line "), std::string::npos) << bad;
  }
  EXPECT_FALSE(Policy::Parse(log));
  EXPECT_FALSE(Policy::Parse("quorum none\n"));
}

// Else a policy that says "quorum none" would ask for a signature or not, as one reads it.
TEST_F(PolicyTest, NobodyIsCalledNone) {
  const std::string log = "log " + logs_[0].Text() + "\n";
  const std::string key = KeyNumber(9, NoteKeyType::kCosigner).Text();
  EXPECT_FALSE(Policy::Parse(log + "witness none " + key + " u\nquorum none\n"));
  EXPECT_FALSE(Policy::Parse(log + "witness w9 " + key + " u\ngroup none any w9\nquorum none\n"));
}

// formats.md 1.14, item 5.
TEST(PolicyQuorumTest, TheStrongQuorumIsThatOfTheFormatsPage) {
  EXPECT_EQ(StrongQuorumOf(1), 1U);
  EXPECT_EQ(StrongQuorumOf(3), 3U);
  EXPECT_EQ(StrongQuorumOf(4), 3U);
  EXPECT_EQ(StrongQuorumOf(5), 4U);
  EXPECT_EQ(StrongQuorumOf(7), 5U);
  EXPECT_EQ(MajorityOf(3), 2U);
  EXPECT_EQ(MajorityOf(4), 3U);
}

}  // namespace
}  // namespace aval::crypto
