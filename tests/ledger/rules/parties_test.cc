#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/book.h"

namespace aval::ledger::rules {
namespace {

constexpr PartyId kNewcomer{TestId('N', 1)};
constexpr crypto::Digest kNullifier{{1, 2, 3}};

std::string KeyBytes(PartyId party, Department department = Department::kNone) {
  return std::string(AsText(SmallBook::KeyOf(party, department).public_key().bytes));
}

// y = 1 is the neutral element: canonical, but of small order.
std::string NoKey() {
  std::string bytes(32, '\0');
  bytes[0] = 1;
  return bytes;
}

class ParticipantRegisterTest : public ::testing::Test {
 protected:
  ParticipantRegisterTest() {
    act_.set_participant(ToWire(kNewcomer));
    act_.set_kind(act::v1::ParticipantRegister::SME);
    act_.set_nullifier(ToWire(kNullifier));
    act_.mutable_key()->set_ed25519(KeyBytes(kNewcomer));
  }

  Verdict Apply() { return book_.Apply(act_, signers_); }

  SmallBook book_;
  act::v1::ParticipantRegister act_;
  std::vector<SignerRef> signers_{By(kAttester, Department::kCompliance), By(kNewcomer)};
};

TEST_F(ParticipantRegisterTest, WritesPartyNullifierAndKey) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  const auto participant = book_.Get<Participant>({.participant = kNewcomer});
  EXPECT_EQ(participant.kind, ParticipantKind::kSme);
  EXPECT_EQ(participant.state, ParticipantState::kRegistered);
  EXPECT_EQ(participant.attester, kAttester);
  EXPECT_EQ(participant.nullifier, kNullifier);
  EXPECT_EQ(participant.registered_leaf, book_.leaf());
  EXPECT_EQ(book_.Get<Nullifier>({.nullifier = kNullifier}).party, kNewcomer);

  const crypto::PublicKey key = SmallBook::KeyOf(kNewcomer, Department::kNone).public_key();
  const crypto::Digest key_id = crypto::KeyIdOf(key).digest;
  const auto record = book_.Get<KeyRecord>({.key_id = key_id});
  EXPECT_EQ(record.party, kNewcomer);
  EXPECT_EQ(record.department, Department::kNone);
  EXPECT_EQ(record.public_key, CopyBytes(key.bytes));
  EXPECT_EQ(record.added_leaf, book_.leaf());
  EXPECT_EQ(record.live_from, book_.today());
  EXPECT_EQ(record.revoked_leaf, 0U);
  EXPECT_TRUE(book_.Find<KeyOfParty>(
      {.party = kNewcomer, .department = Department::kNone, .key_id = key_id}));
}

TEST_F(ParticipantRegisterTest, NeedsTheNewcomersOwnSignature) {
  signers_ = {By(kAttester, Department::kCompliance)};
  EXPECT_EQ(Apply(), Verdict::kRole);
}

TEST_F(ParticipantRegisterTest, NeedsTheAttestersCompliance) {
  signers_ = {By(kAttester, Department::kOps), By(kNewcomer)};
  EXPECT_EQ(Apply(), Verdict::kRole);
}

TEST_F(ParticipantRegisterTest, RefusesAThirdSigner) {
  signers_.push_back(By(kPlatform, Department::kOps));
  EXPECT_EQ(Apply(), Verdict::kRole);
}

TEST_F(ParticipantRegisterTest, RefusesTheWordOfABankThatDoesNotAttest) {
  signers_.front() = By(kBankA, Department::kCompliance);
  EXPECT_EQ(Apply(), Verdict::kIssuer);
}

TEST_F(ParticipantRegisterTest, RefusesThePlatformAsAttester) {
  signers_.front() = By(kPlatform, Department::kCompliance);
  EXPECT_EQ(Apply(), Verdict::kIssuer);
}

TEST_F(ParticipantRegisterTest, RefusesAPartyThatExists) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  EXPECT_EQ(Apply(), Verdict::kDuplicate);
}

TEST_F(ParticipantRegisterTest, RefusesTheIdOfASupplier) {
  const PartyId supplier = book_.AddSupplier(1);
  act_.set_participant(ToWire(supplier));
  signers_.back() = By(supplier);
  EXPECT_EQ(Apply(), Verdict::kDuplicate);
}

TEST_F(ParticipantRegisterTest, RefusesASecondPseudonymOfOnePerson) {
  const PartyId borrower = book_.AddBorrower(1);
  act_.set_nullifier(ToWire(book_.Get<Participant>({.participant = borrower}).nullifier));
  EXPECT_EQ(Apply(), Verdict::kNullifierDuplicate);
}

TEST_F(ParticipantRegisterTest, RefusesAKeyThatIsRegistered) {
  act_.mutable_key()->set_ed25519(KeyBytes(kBankA, Department::kOps));
  EXPECT_EQ(Apply(), Verdict::kKeyDuplicate);
}

TEST_F(ParticipantRegisterTest, RefusesASuspendedAttester) {
  book_.SetInstitutionState(kAttester, InstitutionState::kSuspended);
  EXPECT_EQ(Apply(), Verdict::kSuspended);
}

TEST_F(ParticipantRegisterTest, RefusesAnIdOfAnInstitutionsForm) {
  const PartyId stranger = TestInstitution(9);
  act_.set_participant(ToWire(stranger));
  signers_.back() = By(stranger);
  EXPECT_EQ(Apply(), Verdict::kRange);
}

TEST_F(ParticipantRegisterTest, RefusesAKeyOfSmallOrder) {
  act_.mutable_key()->set_ed25519(NoKey());
  EXPECT_EQ(Apply(), Verdict::kKeyRefused);
}

class SupplierRegisterTest : public ::testing::Test {
 protected:
  SupplierRegisterTest() {
    act_.set_supplier(ToWire(kNewcomer));
    act_.set_nullifier(ToWire(kNullifier));
    act_.mutable_ops_key()->set_ed25519(KeyBytes(kNewcomer, Department::kOps));
    act_.mutable_treasury_key()->set_ed25519(KeyBytes(kNewcomer, Department::kTreasury));
    act_.set_settlement_bank(ToWire(kBankB));
  }

  Verdict Apply() { return book_.Apply(act_, signers_); }

  SmallBook book_;
  act::v1::SupplierRegister act_;
  std::vector<SignerRef> signers_{
      By(kPlatform, Department::kOps), By(kAttester, Department::kCompliance),
      By(kNewcomer, Department::kOps), By(kNewcomer, Department::kTreasury)};
};

TEST_F(SupplierRegisterTest, WritesPartyNullifierAndBothKeys) {
  ASSERT_EQ(Apply(), Verdict::kAccepted);
  const auto supplier = book_.Get<Supplier>({.supplier = kNewcomer});
  EXPECT_EQ(supplier.platform, kPlatform);
  EXPECT_EQ(supplier.attester, kAttester);
  EXPECT_EQ(supplier.settlement_bank, kBankB);
  EXPECT_EQ(supplier.nullifier, kNullifier);
  EXPECT_EQ(supplier.registered_leaf, book_.leaf());
  EXPECT_EQ(book_.Get<Nullifier>({.nullifier = kNullifier}).party, kNewcomer);
  for (const Department department : {Department::kOps, Department::kTreasury}) {
    const crypto::PublicKey key = SmallBook::KeyOf(kNewcomer, department).public_key();
    const auto record = book_.Get<KeyRecord>({.key_id = crypto::KeyIdOf(key).digest});
    EXPECT_EQ(record.party, kNewcomer);
    EXPECT_EQ(record.department, department);
    EXPECT_EQ(record.live_from, book_.today());
  }
}

TEST_F(SupplierRegisterTest, NeedsEachOfItsFourSigners) {
  const std::vector<SignerRef> all = signers_;
  for (const SignerRef& missing : all) {
    signers_ = all;
    std::erase(signers_, missing);
    EXPECT_EQ(Apply(), Verdict::kRole) << missing.party.Hex();
  }
}

TEST_F(SupplierRegisterTest, RefusesABankInThePlatformsPlace) {
  signers_.front() = By(kBankA, Department::kOps);
  EXPECT_EQ(Apply(), Verdict::kRole);
}

TEST_F(SupplierRegisterTest, RefusesThePlatformAsAttester) {
  signers_[1] = By(kPlatform, Department::kCompliance);
  EXPECT_EQ(Apply(), Verdict::kIssuer);
}

TEST_F(SupplierRegisterTest, RefusesAFifthSigner) {
  signers_.push_back(By(kBankA, Department::kOps));
  EXPECT_EQ(Apply(), Verdict::kRole);
}

TEST_F(SupplierRegisterTest, RefusesTheIdOfAParticipant) {
  const PartyId borrower = book_.AddBorrower(1);
  act_.set_supplier(ToWire(borrower));
  signers_[2].party = borrower;
  signers_[3].party = borrower;
  EXPECT_EQ(Apply(), Verdict::kDuplicate);
}

TEST_F(SupplierRegisterTest, RefusesANullifierThatIsTaken) {
  const PartyId other = book_.AddSupplier(1);
  act_.set_nullifier(ToWire(book_.Get<Supplier>({.supplier = other}).nullifier));
  EXPECT_EQ(Apply(), Verdict::kNullifierDuplicate);
}

TEST_F(SupplierRegisterTest, RefusesAKeyThatIsRegistered) {
  for (auto* key : {act_.mutable_ops_key(), act_.mutable_treasury_key()}) {
    const std::string own = key->ed25519();
    key->set_ed25519(KeyBytes(kBankA, Department::kTreasury));
    EXPECT_EQ(Apply(), Verdict::kKeyDuplicate);
    key->set_ed25519(own);
  }
}

TEST_F(SupplierRegisterTest, RefusesOneKeyForBothHands) {
  act_.mutable_treasury_key()->set_ed25519(KeyBytes(kNewcomer, Department::kOps));
  EXPECT_EQ(Apply(), Verdict::kKeyDuplicate);
}

TEST_F(SupplierRegisterTest, RefusesABankThatDoesNotExist) {
  act_.set_settlement_bank(ToWire(TestInstitution(9)));
  EXPECT_EQ(Apply(), Verdict::kUnknown);
}

TEST_F(SupplierRegisterTest, RefusesASuspendedInstitutionInAnyPart) {
  for (const PartyId institution : {kPlatform, kAttester, kBankB}) {
    book_.SetInstitutionState(institution, InstitutionState::kSuspended);
    EXPECT_EQ(Apply(), Verdict::kSuspended) << institution.Hex();
    book_.SetInstitutionState(institution, InstitutionState::kActive);
  }
}

TEST_F(SupplierRegisterTest, RefusesASettlementBankThatKeepsNoAccounts) {
  act_.set_settlement_bank(ToWire(kAttester));
  EXPECT_EQ(Apply(), Verdict::kState);
}

TEST_F(SupplierRegisterTest, RefusesAnIdOfAnInstitutionsForm) {
  const PartyId stranger = TestInstitution(9);
  act_.set_supplier(ToWire(stranger));
  signers_[2].party = stranger;
  signers_[3].party = stranger;
  EXPECT_EQ(Apply(), Verdict::kRange);
}

TEST_F(SupplierRegisterTest, RefusesAKeyOfSmallOrder) {
  for (auto* key : {act_.mutable_ops_key(), act_.mutable_treasury_key()}) {
    const std::string own = key->ed25519();
    key->set_ed25519(NoKey());
    EXPECT_EQ(Apply(), Verdict::kKeyRefused);
    key->set_ed25519(own);
  }
}

}  // namespace
}  // namespace aval::ledger::rules
