#include "node/act_verifier.h"

#include <gtest/gtest.h>

#include <string>

#include "base/worker_pool.h"
#include "crypto/envelope.h"
#include "ledger/state/store.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::node {
namespace {

using ledger::Department;

class ActVerifierTest : public ::testing::Test {
 protected:
  void LearnBank() {
    keys_.Learn(ledger::KeyOf({ledger::kBankA, Department::kCompliance}).public_key());
  }
  std::uint64_t verified() const {
    std::uint64_t count = 0;
    for (const auto& [thread, checked] : verifier_.counters().checked) count += checked;
    return count;
  }

  ledger::MemoryStore state_;
  KeyCache keys_{state_, 16};
  ActVerifier verifier_{std::string(ledger::kTestOrigin), keys_};
  const std::shared_ptr<const Bytes> envelope_ = ledger::RegisterAct(1);  // Two signatures.
};

TEST_F(ActVerifierTest, WhatIsRememberedIsNotCheckedAgain) {
  LearnBank();
  const auto act = verifier_.Prepare(envelope_).act;
  verifier_.Remember(act);
  const auto again = std::make_shared<const Bytes>(*envelope_);
  EXPECT_EQ(verifier_.Prepare(again).act, act);
  EXPECT_EQ(verified(), 2U);
  EXPECT_EQ(verifier_.counters().reused, 2U);
}

TEST_F(ActVerifierTest, WhatIsForgottenIsCheckedAgain) {
  LearnBank();
  const auto act = verifier_.Prepare(envelope_).act;
  verifier_.Remember(act);
  verifier_.Forget(act->digest);
  EXPECT_NE(verifier_.Prepare(envelope_).act, act);
  EXPECT_EQ(verified(), 4U);
  EXPECT_EQ(verifier_.counters().reused, 0U);
}

TEST_F(ActVerifierTest, TheSameActUnderAnotherSignatureIsNotTheOneRemembered) {
  LearnBank();
  const auto act = verifier_.Prepare(envelope_).act;
  verifier_.Remember(act);
  auto forged = crypto::ParseEnvelope(*envelope_);
  forged->signatures[0].signature[10] ^= 1U;
  const auto other =
      verifier_.Prepare(std::make_shared<const Bytes>(crypto::EncodeEnvelope(*forged))).act;
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(other->identity, act->identity);
  EXPECT_TRUE(ledger::HasBadSignature(*other));
}

TEST_F(ActVerifierTest, AnActThatLacksAKeyIsNotRemembered) {
  const auto act = verifier_.Prepare(envelope_).act;  // Its own key alone is known.
  EXPECT_EQ(CheckedSignatures(*act), 1U);
  verifier_.Remember(act);
  LearnBank();
  const auto later = verifier_.Prepare(envelope_).act;
  EXPECT_NE(later, act);
  EXPECT_EQ(CheckedSignatures(*later), 2U);
}

TEST_F(ActVerifierTest, ACheckThatComesLaterCountsWhatItAdds) {
  const auto act = verifier_.Prepare(envelope_).act;
  LearnBank();
  verifier_.Check(*act);
  EXPECT_EQ(CheckedSignatures(*act), 2U);
  EXPECT_EQ(verified(), 2U);
}

TEST_F(ActVerifierTest, ChecksAreCountedByTheThreadThatMakesThem) {
  LearnBank();
  WorkerPool pool("verify-", 1, 4);
  ASSERT_TRUE(pool.TryPost([this] { verifier_.Prepare(envelope_); }));
  pool.Stop();
  EXPECT_EQ(verifier_.counters().checked, (std::map<std::string, std::uint64_t>{{"verify", 2}}));
}

TEST_F(ActVerifierTest, KeysOfARegistrationAreKnownOnceItIsChecked) {
  LearnBank();
  const crypto::PublicKey own =
      ledger::KeyOf({ledger::TestParticipant(1), Department::kNone}).public_key();
  EXPECT_FALSE(keys_.Find(crypto::KeyIdOf(own)).has_value());
  verifier_.Prepare(envelope_);
  EXPECT_TRUE(keys_.Find(crypto::KeyIdOf(own)).has_value());
}

}  // namespace
}  // namespace aval::node
