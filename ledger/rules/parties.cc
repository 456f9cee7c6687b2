#include <optional>

#include "ledger/record/parties.h"
#include "ledger/rules/keys.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// Who comes in, and by whose word.
struct Newcomer {
  PartyId party;
  crypto::Digest nullifier;
  PartyId attester;
};

// Signers have been compared; here is whether the attester is one, and whether all is new.
Verdict CheckNewcomer(Context& context, const Newcomer& newcomer) {
  if (!MayIdentify(context, newcomer.attester)) return Verdict::kIssuer;
  if (context.state().Has<Participant>({.participant = newcomer.party}) ||
      context.state().Has<Supplier>({.supplier = newcomer.party})) {
    return Verdict::kDuplicate;
  }
  if (context.state().Has<Nullifier>({.nullifier = newcomer.nullifier})) {
    return Verdict::kNullifierDuplicate;
  }
  return Verdict::kAccepted;
}

}  // namespace

Verdict Apply(Context& context, const act::v1::ParticipantRegister& act) {
  const PartyId participant = ToParty(act.participant());
  const auto attester = SignerBeside(context, participant, Department::kCompliance);
  if (!attester || !context.SignedBy({{.party = *attester, .department = Department::kCompliance},
                                      {.party = participant}})) {
    return Verdict::kRole;
  }
  const Newcomer newcomer{
      .party = participant, .nullifier = ToDigest(act.nullifier()), .attester = *attester};
  AVAL_REQUIRE(CheckNewcomer(context, newcomer));
  const crypto::PublicKey key = ToPublicKey(act.key());
  if (IsRegistered(context, key)) return Verdict::kKeyDuplicate;
  if (!MayOriginate(context, *attester)) return Verdict::kSuspended;
  if (participant.IsInstitution()) return Verdict::kRange;
  if (!crypto::IsValidPoint(key)) return Verdict::kKeyRefused;

  context.state().Put<Participant>({.participant = participant},
                                   {.kind = static_cast<ParticipantKind>(act.kind()),
                                    .attester = *attester,
                                    .nullifier = newcomer.nullifier,
                                    .registered_leaf = context.at().leaf,
                                    .kyc_expiry = {}});
  context.state().Put<Nullifier>({.nullifier = newcomer.nullifier}, {.party = participant});
  RegisterKey(context, {.party = participant}, key, context.today());
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::SupplierRegister& act) {
  const PartyId supplier = ToParty(act.supplier());
  const SignerRef ops{.party = supplier, .department = Department::kOps};
  const SignerRef treasury{.party = supplier, .department = Department::kTreasury};
  const auto attester = SignerBeside(context, supplier, Department::kCompliance);
  const auto platform = SignerBeside(context, supplier, Department::kOps);
  if (!attester || !platform || !IsPlatform(context, *platform) ||
      !context.SignedBy({{.party = *attester, .department = Department::kCompliance},
                         {.party = *platform, .department = Department::kOps},
                         ops,
                         treasury})) {
    return Verdict::kRole;
  }
  const Newcomer newcomer{
      .party = supplier, .nullifier = ToDigest(act.nullifier()), .attester = *attester};
  AVAL_REQUIRE(CheckNewcomer(context, newcomer));
  const crypto::PublicKey ops_key = ToPublicKey(act.ops_key());
  const crypto::PublicKey treasury_key = ToPublicKey(act.treasury_key());
  if (ops_key == treasury_key || IsRegistered(context, ops_key) ||
      IsRegistered(context, treasury_key)) {
    return Verdict::kKeyDuplicate;
  }
  const PartyId bank_id = ToParty(act.settlement_bank());
  const auto bank = context.state().Get<Institution>({.institution = bank_id});
  if (!bank) return Verdict::kUnknown;
  if (!MayOriginate(context, *attester) || !MayOriginate(context, *platform) ||
      !MayOriginate(context, bank_id)) {
    return Verdict::kSuspended;
  }
  if (!bank->account_servicing) return Verdict::kState;
  if (supplier.IsInstitution()) return Verdict::kRange;
  if (!crypto::IsValidPoint(ops_key) || !crypto::IsValidPoint(treasury_key)) {
    return Verdict::kKeyRefused;
  }

  context.state().Put<Supplier>({.supplier = supplier}, {.platform = *platform,
                                                         .attester = *attester,
                                                         .settlement_bank = bank_id,
                                                         .nullifier = newcomer.nullifier,
                                                         .registered_leaf = context.at().leaf});
  context.state().Put<Nullifier>({.nullifier = newcomer.nullifier}, {.party = supplier});
  RegisterKey(context, ops, ops_key, context.today());
  RegisterKey(context, treasury, treasury_key, context.today());
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
