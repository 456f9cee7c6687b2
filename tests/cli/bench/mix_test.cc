#include "cli/bench/mix.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "cli/act_signing.h"

namespace aval::cli::bench {
namespace {

class MixTest : public ::testing::Test {
 protected:
  Bytes Sign(act::v1::Act act, std::size_t hands) {
    std::vector<Hand> signers;
    for (std::size_t i = 0; i < hands; ++i) {
      signers.push_back(
          {.signer = {.party = ledger::PartyId::Institution(static_cast<std::uint32_t>(i + 1))},
           .key = &keys_[i]});
    }
    return SignAct(std::move(act), "ledger.example/test", {17'000}, signers, random_);
  }

  SeededRandom random_{1};
  const std::vector<crypto::SecretKey> keys_ = [this] {
    std::vector<crypto::SecretKey> keys;
    for (int i = 0; i < 2; ++i) keys.push_back(crypto::SecretKey::Generate(random_));
    return keys;
  }();
};

TEST_F(MixTest, ActsAreCountedByTypeAndSignaturesByAct) {
  act::v1::Act roll;
  roll.mutable_day_roll()->set_day(17'000);
  act::v1::Act repay;
  repay.mutable_repay()->set_repayment("x");
  const Bytes first = Sign(roll, 2);
  const Bytes second = Sign(repay, 1);
  const auto mix = MixOf({{first}, {second, second}});
  ASSERT_TRUE(mix.has_value()) << mix.error().message;
  EXPECT_EQ(mix->acts, 3U);
  EXPECT_EQ(mix->signatures, 4U);
  EXPECT_EQ(mix->bytes, first.size() + 2 * second.size());
  EXPECT_EQ(mix->acts_by_type,
            (std::map<std::string, std::uint64_t>{{"day_roll", 1}, {"repay", 2}}));
  EXPECT_DOUBLE_EQ(mix->SignaturesPerAct(), 4.0 / 3);
}

TEST_F(MixTest, AnActWithoutABodyIsRefused) {
  EXPECT_EQ(MixOf({{Sign({}, 1)}}).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace aval::cli::bench
