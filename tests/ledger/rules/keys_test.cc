#include "ledger/rules/keys.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/book.h"

namespace aval::ledger::rules {
namespace {

// A key that nobody has registered.
crypto::SecretKey NewKey() { return SmallBook::KeyOf({TestId('K', 1)}, Department::kNone); }

crypto::Digest IdOf(const crypto::SecretKey& key) {
  return crypto::KeyIdOf(key.public_key()).digest;
}

class KeyAddTest : public ::testing::Test {
 protected:
  // The act that adds NewKey() for this hand, with its proof of possession.
  static act::v1::KeyAdd For(const SignerRef& owner,
                             std::string_view origin = "small.example/book") {
    const crypto::SecretKey key = NewKey();
    act::v1::KeyAdd act;
    act.set_party(ToWire(owner.party));
    act.set_department(static_cast<act::v1::Department>(owner.department));
    act.mutable_key()->set_ed25519(std::string(AsText(key.public_key().bytes)));
    const crypto::Signature proof =
        crypto::Sign(key, KeyPossessionText(origin, owner, key.public_key()));
    act.set_possession(std::string(AsText(proof.bytes)));
    return act;
  }

  KeyRecord Added() { return book_.Get<KeyRecord>({.key_id = IdOf(NewKey())}); }

  SmallBook book_;
  const PartyId borrower_ = book_.AddBorrower(1);
  const PartyId supplier_ = book_.AddSupplier(1);
  const std::vector<SignerRef> two_attesters_{By(kAttester, Department::kCompliance),
                                              By(kOtherAttester, Department::kCompliance)};
};

TEST(KeyPossessionTextTest, IsTheTextOfTheActsComment) {
  const crypto::PublicKey key = NewKey().public_key();
  Bytes text = CopyBytes(AsBytes("aval-key/v1\nledger.example\n"));
  text.insert(text.end(), kBankA.id.bytes.begin(), kBankA.id.bytes.end());
  text.push_back(5);
  text.insert(text.end(), key.bytes.begin(), key.bytes.end());
  EXPECT_EQ(KeyPossessionText("ledger.example", By(kBankA, Department::kLegal), key), text);
}

TEST_F(KeyAddTest, AnOldKeyAddsOneThatIsLiveAtOnce) {
  ASSERT_EQ(book_.Apply(For(By(borrower_)), {By(borrower_)}), Verdict::kAccepted);
  EXPECT_EQ(Added().party, borrower_);
  EXPECT_EQ(Added().department, Department::kNone);
  EXPECT_EQ(Added().added_leaf, book_.leaf());
  EXPECT_EQ(Added().live_from, book_.today());
  EXPECT_EQ(Added().public_key, CopyBytes(NewKey().public_key().bytes));
  EXPECT_TRUE(book_.Find<KeyOfParty>(
      {.party = borrower_, .department = Department::kNone, .key_id = IdOf(NewKey())}));
}

TEST_F(KeyAddTest, EitherHandOfASupplierAddsAKeyForEither) {
  const SignerRef ops = By(supplier_, Department::kOps);
  const SignerRef treasury = By(supplier_, Department::kTreasury);
  ASSERT_EQ(book_.Apply(For(treasury), {ops}), Verdict::kAccepted);
  EXPECT_EQ(Added().department, Department::kTreasury);
  book_.state().Delete<KeyRecord>({.key_id = IdOf(NewKey())});
  ASSERT_EQ(book_.Apply(For(ops), {treasury}), Verdict::kAccepted);
  EXPECT_EQ(Added().department, Department::kOps);
}

TEST_F(KeyAddTest, TwoDepartmentsAddAnInstitutionsKey) {
  const SignerRef legal = By(kBankA, Department::kLegal);
  ASSERT_EQ(
      book_.Apply(For(legal), {By(kBankA, Department::kOps), By(kBankA, Department::kCompliance)}),
      Verdict::kAccepted);
  EXPECT_EQ(Added().department, Department::kLegal);
  EXPECT_EQ(Added().live_from, book_.today());
}

TEST_F(KeyAddTest, TwoAttestersHelpWhoLostItsKeyAfterThreeDays) {
  ASSERT_EQ(book_.Apply(For(By(borrower_)), two_attesters_), Verdict::kAccepted);
  EXPECT_EQ(Added().live_from, book_.today().Plus(3));
}

TEST_F(KeyAddTest, TheOwnerMayObjectDuringTheNotice) {
  ASSERT_EQ(book_.Apply(For(By(borrower_)), two_attesters_), Verdict::kAccepted);
  act::v1::KeyRevoke objection;
  objection.set_key_id(ToWire(IdOf(NewKey())));
  ASSERT_EQ(book_.Apply(objection, {By(borrower_)}), Verdict::kAccepted);
  EXPECT_EQ(Added().revoked_leaf, book_.leaf());
}

TEST_F(KeyAddTest, RefusesOneDepartmentAloneForAnInstitution) {
  EXPECT_EQ(book_.Apply(For(By(kBankA, Department::kOps)), {By(kBankA, Department::kLegal)}),
            Verdict::kRole);
}

TEST_F(KeyAddTest, RefusesAnotherPartysKey) {
  const PartyId other = book_.AddBorrower(2);
  EXPECT_EQ(book_.Apply(For(By(borrower_)), {By(other)}), Verdict::kRole);
}

TEST_F(KeyAddTest, RefusesOneAttesterAlone) {
  EXPECT_EQ(book_.Apply(For(By(borrower_)), {two_attesters_.front()}), Verdict::kRole);
}

TEST_F(KeyAddTest, RefusesTwoDepartmentsOfOneAttester) {
  EXPECT_EQ(book_.Apply(For(By(borrower_)), {By(kAttester, Department::kCompliance),
                                             By(kAttester, Department::kLegal)}),
            Verdict::kRole);
}

TEST_F(KeyAddTest, RefusesThePlatformAsASecondAttester) {
  EXPECT_EQ(book_.Apply(For(By(borrower_)), {By(kPlatform, Department::kCompliance),
                                             By(kAttester, Department::kCompliance)}),
            Verdict::kRole);
}

TEST_F(KeyAddTest, RefusesAttestersForAnInstitution) {
  EXPECT_EQ(book_.Apply(For(By(kBankA, Department::kOps)), two_attesters_), Verdict::kRole);
}

TEST_F(KeyAddTest, RefusesAPartyThatDoesNotExist) {
  EXPECT_EQ(book_.Apply(For(By({TestId('N', 9)})), two_attesters_), Verdict::kUnknown);
}

TEST_F(KeyAddTest, RefusesAKeyThatWasEverRegistered) {
  ASSERT_EQ(book_.Apply(For(By(borrower_)), {By(borrower_)}), Verdict::kAccepted);
  KeyRecord revoked = Added();
  revoked.revoked_leaf = book_.leaf();
  book_.Put<KeyRecord>({.key_id = IdOf(NewKey())}, revoked);
  EXPECT_EQ(book_.Apply(For(By(borrower_)), {By(borrower_)}), Verdict::kKeyDuplicate);
}

TEST_F(KeyAddTest, RefusesAnErasedParticipant) {
  auto erased = book_.Get<Participant>({.participant = borrower_});
  erased.state = ParticipantState::kErased;
  book_.Put<Participant>({.participant = borrower_}, erased);
  EXPECT_EQ(book_.Apply(For(By(borrower_)), {By(borrower_)}), Verdict::kState);
}

TEST_F(KeyAddTest, RefusesAnExitedInstitution) {
  book_.SetInstitutionState(kBankA, InstitutionState::kExited);
  EXPECT_EQ(book_.Apply(For(By(kBankA, Department::kOps)),
                        {By(kBankA, Department::kRisk), By(kBankA, Department::kLegal)}),
            Verdict::kState);
}

TEST_F(KeyAddTest, LetsASuspendedInstitutionRotateItsKeys) {
  book_.SetInstitutionState(kBankA, InstitutionState::kSuspended);
  EXPECT_EQ(book_.Apply(For(By(kBankA, Department::kOps)),
                        {By(kBankA, Department::kRisk), By(kBankA, Department::kLegal)}),
            Verdict::kAccepted);
}

TEST_F(KeyAddTest, RefusesTheHelpOfASuspendedAttester) {
  book_.SetInstitutionState(kOtherAttester, InstitutionState::kSuspended);
  EXPECT_EQ(book_.Apply(For(By(borrower_)), two_attesters_), Verdict::kSuspended);
}

TEST_F(KeyAddTest, RefusesAHandThatThePartyDoesNotHave) {
  EXPECT_EQ(book_.Apply(For(By(borrower_, Department::kOps)), {By(borrower_)}),
            Verdict::kKeyRefused);
  EXPECT_EQ(book_.Apply(For(By(supplier_, Department::kLegal)), {By(supplier_, Department::kOps)}),
            Verdict::kKeyRefused);
  for (const Department none : {Department::kNone, Department{7}}) {
    EXPECT_EQ(book_.Apply(For(By(kBankA, none)),
                          {By(kBankA, Department::kOps), By(kBankA, Department::kLegal)}),
              Verdict::kKeyRefused);
  }
}

TEST_F(KeyAddTest, RefusesAProofForAnotherLedger) {
  EXPECT_EQ(book_.Apply(For(By(borrower_), "other.example/book"), {By(borrower_)}),
            Verdict::kKeyRefused);
}

TEST_F(KeyAddTest, RefusesAProofForAnotherParty) {
  act::v1::KeyAdd act = For(By(supplier_, Department::kOps));
  act.set_party(ToWire(borrower_));
  act.set_department(act::v1::DEPARTMENT_NONE);
  EXPECT_EQ(book_.Apply(act, {By(borrower_)}), Verdict::kKeyRefused);
}

TEST_F(KeyAddTest, RefusesAProofOfAnotherLength) {
  act::v1::KeyAdd act = For(By(borrower_));
  act.mutable_possession()->pop_back();
  EXPECT_EQ(book_.Apply(act, {By(borrower_)}), Verdict::kKeyRefused);
}

TEST_F(KeyAddTest, RefusesAKeyOfSmallOrder) {
  act::v1::KeyAdd act = For(By(borrower_));
  std::string neutral(32, '\0');
  neutral[0] = 1;
  act.mutable_key()->set_ed25519(neutral);
  EXPECT_EQ(book_.Apply(act, {By(borrower_)}), Verdict::kKeyRefused);
}

// A key with a part of small order, and a signature that it verifies: one nonce in eight gives one,
// as the challenge then is a multiple of eight and the small part falls out.
struct MixedKey {
  crypto::PublicKey key;
  crypto::Signature proof;
};

MixedKey ProveWithMixedKey(const SignerRef& owner, std::string_view origin) {
  using Scalar = std::array<std::uint8_t, 32>;
  using Hash = std::array<std::uint8_t, 64>;
  const Bytes order_eight =
      *FromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  const Scalar secret{7};
  Scalar point{};
  MixedKey mixed;
  EXPECT_EQ(crypto_scalarmult_ed25519_base_noclamp(point.data(), secret.data()), 0);
  EXPECT_EQ(crypto_core_ed25519_add(mixed.key.bytes.data(), point.data(), order_eight.data()), 0);
  const Bytes text = KeyPossessionText(origin, owner, mixed.key);
  for (std::uint8_t seed = 1; seed < 255; ++seed) {
    const Scalar nonce{seed};
    EXPECT_EQ(crypto_scalarmult_ed25519_base_noclamp(point.data(), nonce.data()), 0);
    ByteWriter hashed;
    hashed.Raw(point);
    hashed.Raw(mixed.key.bytes);
    hashed.Raw(text);
    Hash hash{};
    crypto_hash_sha512(hash.data(), hashed.bytes().data(), hashed.size());
    Scalar challenge{};
    crypto_core_ed25519_scalar_reduce(challenge.data(), hash.data());
    if (challenge[0] % 8 != 0) continue;
    Scalar answer{};
    crypto_core_ed25519_scalar_mul(answer.data(), challenge.data(), secret.data());
    crypto_core_ed25519_scalar_add(answer.data(), answer.data(), nonce.data());
    std::ranges::copy(point, mixed.proof.bytes.begin());
    std::ranges::copy(answer, mixed.proof.bytes.begin() + 32);
    return mixed;
  }
  ADD_FAILURE() << "no nonce fits";
  return mixed;
}

TEST_F(KeyAddTest, RefusesAKeyOutsideThePrimeSubgroupThatProvesPossession) {
  const MixedKey mixed = ProveWithMixedKey(By(borrower_), "small.example/book");
  ASSERT_TRUE(crypto::Verify(mixed.key,
                             KeyPossessionText("small.example/book", By(borrower_), mixed.key),
                             mixed.proof.bytes));
  act::v1::KeyAdd act = For(By(borrower_));
  act.mutable_key()->set_ed25519(std::string(AsText(mixed.key.bytes)));
  act.set_possession(std::string(AsText(mixed.proof.bytes)));
  EXPECT_EQ(book_.Apply(act, {By(borrower_)}), Verdict::kKeyRefused);
}

class KeyRevokeTest : public ::testing::Test {
 protected:
  KeyRevokeTest() { Names(borrower_, Department::kNone); }

  void Names(PartyId party, Department department) {
    key_id_ = IdOf(SmallBook::KeyOf(party, department));
    act_.set_key_id(ToWire(key_id_));
  }
  std::uint64_t RevokedAt() { return book_.Get<KeyRecord>({.key_id = key_id_}).revoked_leaf; }

  SmallBook book_;
  const PartyId borrower_ = book_.AddBorrower(1);
  crypto::Digest key_id_;
  act::v1::KeyRevoke act_;
};

TEST_F(KeyRevokeTest, TheKeyItselfMayEndAtOnce) {
  ASSERT_EQ(book_.Apply(act_, {By(borrower_)}), Verdict::kAccepted);
  EXPECT_EQ(RevokedAt(), book_.leaf());
}

TEST_F(KeyRevokeTest, AnyDepartmentOfTheOwnerMay) {
  Names(kBankA, Department::kLegal);
  ASSERT_EQ(book_.Apply(act_, {By(kBankA, Department::kRisk)}), Verdict::kAccepted);
  EXPECT_EQ(RevokedAt(), book_.leaf());
}

TEST_F(KeyRevokeTest, OneAttesterMay) {
  ASSERT_EQ(book_.Apply(act_, {By(kOtherAttester, Department::kCompliance)}), Verdict::kAccepted);
  EXPECT_EQ(RevokedAt(), book_.leaf());
}

TEST_F(KeyRevokeTest, ASuspendedInstitutionMayRevokeItsOwn) {
  book_.SetInstitutionState(kBankA, InstitutionState::kSuspended);
  Names(kBankA, Department::kLegal);
  EXPECT_EQ(book_.Apply(act_, {By(kBankA, Department::kLegal)}), Verdict::kAccepted);
}

TEST_F(KeyRevokeTest, RefusesTwoSigners) {
  EXPECT_EQ(book_.Apply(act_, {By(kAttester, Department::kCompliance), By(borrower_)}),
            Verdict::kRole);
}

TEST_F(KeyRevokeTest, RefusesAStranger) {
  EXPECT_EQ(book_.Apply(act_, {By(book_.AddBorrower(2))}), Verdict::kRole);
}

TEST_F(KeyRevokeTest, RefusesAnotherHandOfAnAttester) {
  EXPECT_EQ(book_.Apply(act_, {By(kAttester, Department::kOps)}), Verdict::kRole);
}

TEST_F(KeyRevokeTest, RefusesThePlatformAsAttester) {
  EXPECT_EQ(book_.Apply(act_, {By(kPlatform, Department::kCompliance)}), Verdict::kRole);
}

TEST_F(KeyRevokeTest, RefusesAKeyThatDoesNotExist) {
  act_.set_key_id(ToWire(crypto::Digest{}));
  EXPECT_EQ(book_.Apply(act_, {By(borrower_)}), Verdict::kUnknown);
}

TEST_F(KeyRevokeTest, RefusesAKeyThatIsRevoked) {
  ASSERT_EQ(book_.Apply(act_, {By(kAttester, Department::kCompliance)}), Verdict::kAccepted);
  EXPECT_EQ(book_.Apply(act_, {By(kAttester, Department::kCompliance)}), Verdict::kState);
}

TEST_F(KeyRevokeTest, RefusesASuspendedAttester) {
  book_.SetInstitutionState(kAttester, InstitutionState::kSuspended);
  EXPECT_EQ(book_.Apply(act_, {By(kAttester, Department::kCompliance)}), Verdict::kSuspended);
}

}  // namespace
}  // namespace aval::ledger::rules
