#include "ledger/genesis.h"

#include <gtest/gtest.h>

#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {
namespace {

TEST(GenesisTest, AGenesisSignedByAllFoundersLoads) {
  const genesis::v1::Genesis message = TestGenesisMessage();
  const Result<Genesis> genesis = Genesis::Load(SignGenesis(message), CosignerPolicyText(message));
  ASSERT_TRUE(genesis) << genesis.error().message;
  EXPECT_EQ(genesis->origin(), kTestOrigin);
  ASSERT_EQ(genesis->nodes().size(), 3U);
  EXPECT_EQ(genesis->FindNode(2)->institution, kBankA);
  EXPECT_EQ(genesis->FindNode(4), nullptr);
}

}  // namespace
}  // namespace aval::ledger
