#include "ledger/rules/keys.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "ledger/record/parties.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

bool SignsItself(const Context& context, PartyId party) {
  return std::ranges::all_of(context.at().signers,
                             [&](const SignerRef& signer) { return signer.party == party; });
}

bool IsIdentifier(Context& context, const SignerRef& signer) {
  return signer.department == Department::kCompliance && MayIdentify(context, signer.party);
}

// The day from which on a key of `party` is live that these signers add: at once by an old key, an
// institution's by two of its departments; after a notice by two attesters, who help whoever lost
// its keys. Nothing when the signers are neither. As signers are unique, two of one party are two
// departments, and two of one department are two parties.
std::optional<Day> LiveFrom(Context& context, PartyId party) {
  const auto signers = context.at().signers;
  if (SignsItself(context, party)) {
    const bool enough = signers.size() == (party.IsInstitution() ? 2U : 1U);
    return enough ? std::optional(context.today()) : std::nullopt;
  }
  const bool help = !party.IsInstitution() && signers.size() == 2 &&
                    std::ranges::all_of(signers, [&](const SignerRef& signer) {
                      return IsIdentifier(context, signer);
                    });
  return help ? std::optional(context.today().Plus(kLostKeyNoticeDays)) : std::nullopt;
}

bool IsParty(Context& context, PartyId party) {
  return context.state().Has<Institution>({.institution = party}) ||
         context.state().Has<Participant>({.participant = party}) ||
         context.state().Has<Supplier>({.supplier = party});
}

// Whether the party may have new keys at all.
bool TakesKeys(Context& context, PartyId party) {
  const auto institution = context.state().Get<Institution>({.institution = party});
  if (institution) return institution->state != InstitutionState::kExited;
  const auto participant = context.state().Get<Participant>({.participant = party});
  return !participant || participant->state != ParticipantState::kErased;
}

// A participant has one hand, a supplier two, an institution six (domain.md 2.1).
bool HasHand(Context& context, const SignerRef& owner) {
  const Department department = owner.department;
  if (context.state().Has<Participant>({.participant = owner.party})) {
    return department == Department::kNone;
  }
  if (context.state().Has<Supplier>({.supplier = owner.party})) {
    return department == Department::kOps || department == Department::kTreasury;
  }
  return department >= Department::kOps && department <= Department::kTreasury;
}

bool ProvesPossession(Context& context, const SignerRef& owner, const crypto::PublicKey& key,
                      ByteView possession) {
  const Book book = context.state().Get<Book>({}).value_or(Book{});
  return crypto::Verify(key, KeyPossessionText(book.origin, owner, key), possession);
}

}  // namespace

Bytes KeyPossessionText(std::string_view origin, const SignerRef& owner,
                        const crypto::PublicKey& key) {
  ByteWriter out;
  out.Raw(AsBytes("aval-key/v1\n"));
  out.Raw(AsBytes(origin));
  out.Raw(AsBytes("\n"));
  out.Raw(owner.party.id.bytes);
  out.U8(static_cast<std::uint8_t>(owner.department));
  out.Raw(key.bytes);
  return out.Take();
}

bool IsRegistered(Context& context, const crypto::PublicKey& key) {
  return context.state().Has<KeyRecord>({.key_id = crypto::KeyIdOf(key).digest});
}

void RegisterKey(Context& context, const SignerRef& owner, const crypto::PublicKey& key,
                 Day live_from) {
  const crypto::Digest id = crypto::KeyIdOf(key).digest;
  context.state().Put<KeyRecord>({.key_id = id}, {.party = owner.party,
                                                  .department = owner.department,
                                                  .public_key = CopyBytes(key.bytes),
                                                  .added_leaf = context.at().leaf,
                                                  .live_from = live_from});
  context.state().Put<KeyOfParty>(
      {.party = owner.party, .department = owner.department, .key_id = id}, {});
}

Verdict Apply(Context& context, const act::v1::KeyAdd& act) {
  const SignerRef owner{.party = ToParty(act.party()),
                        .department = static_cast<Department>(act.department())};
  const crypto::PublicKey key = ToPublicKey(act.key());
  const std::optional<Day> live_from = LiveFrom(context, owner.party);
  if (!live_from) return Verdict::kRole;
  if (!IsParty(context, owner.party)) return Verdict::kUnknown;
  if (IsRegistered(context, key)) return Verdict::kKeyDuplicate;
  if (!TakesKeys(context, owner.party)) return Verdict::kState;
  const bool helped = !SignsItself(context, owner.party);
  if (helped && !std::ranges::all_of(context.at().signers, [&](const SignerRef& signer) {
        return MayOriginate(context, signer.party);
      })) {
    return Verdict::kSuspended;
  }
  if (!HasHand(context, owner) || !crypto::IsValidPoint(key) ||
      !ProvesPossession(context, owner, key, AsBytes(act.possession()))) {
    return Verdict::kKeyRefused;
  }
  RegisterKey(context, owner, key, *live_from);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::KeyRevoke& act) {
  if (context.at().signers.size() != 1) return Verdict::kRole;
  const SignerRef signer = context.at().signers.front();
  const KeyRecord::Key id{.key_id = ToDigest(act.key_id())};
  std::optional<KeyRecord> key = context.state().Get<KeyRecord>(id);
  if (!key) return Verdict::kUnknown;
  const bool own = signer.party == key->party;
  if (!own && !IsIdentifier(context, signer)) return Verdict::kRole;
  if (key->revoked_leaf != 0) return Verdict::kState;
  if (!own && !MayOriginate(context, signer.party)) return Verdict::kSuspended;
  key->revoked_leaf = context.at().leaf;
  context.state().Put<KeyRecord>(id, *key);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
