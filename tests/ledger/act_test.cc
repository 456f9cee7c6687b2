#include "ledger/act.h"

#include <gtest/gtest.h>

#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {
namespace {

TEST(ActTest, AnActOfThisLedgerIsTakenApart) {
  const Preparation preparation = Prepare(RegisterAct(7), kTestOrigin);
  ASSERT_NE(preparation.act, nullptr) << preparation.malformed->place;
  const PreparedAct& act = *preparation.act;
  EXPECT_EQ(act.id.author, kBankA);
  EXPECT_EQ(act.id.last_valid, kFirstDay.Plus(5));
  EXPECT_EQ(act.id.nonce, TestId(7));
  EXPECT_EQ(act.identity, crypto::IdentityOf(act.envelope));
  const std::vector<rules::SignerRef> signers{{kBankA, Department::kCompliance},
                                              {TestParticipant(7), Department::kNone}};
  EXPECT_EQ(act.signers, signers);
}

}  // namespace
}  // namespace aval::ledger
