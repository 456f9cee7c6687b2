#include "ledger/signers.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace aval::ledger {
namespace {

// Whose a key is, and whether it may sign here.
struct Owner {
  SignerRef hand;
  crypto::PublicKey key;
  bool live = false;
};

using BroughtKeys = std::vector<std::pair<SignerRef, crypto::PublicKey>>;

std::optional<Owner> FindOwner(const Overlay& state, const BroughtKeys& brought,
                               const crypto::KeyId& id, std::uint64_t leaf, Day today) {
  for (const auto& [hand, key] : brought) {
    if (crypto::KeyIdOf(key) == id) return Owner{.hand = hand, .key = key, .live = true};
  }
  const auto record = state.Get<KeyRecord>({.key_id = id.digest});
  if (!record) return std::nullopt;
  const Result<crypto::PublicKey> key = crypto::PublicKeyFromBytes(record->public_key);
  if (!key) return std::nullopt;
  const bool revoked = record->revoked_leaf != 0 && record->revoked_leaf <= leaf;
  return Owner{.hand = {.party = record->party, .department = record->department},
               .key = *key,
               .live = record->added_leaf <= leaf && !revoked && record->live_from <= today};
}

bool HasSigned(const std::vector<std::optional<Owner>>& owners, const SignerRef& hand) {
  return std::ranges::any_of(
      owners, [&hand](const std::optional<Owner>& owner) { return owner && owner->hand == hand; });
}

// Verifies signatures of one envelope; its signed text is made when first needed.
class Verifier {
 public:
  explicit Verifier(const PreparedAct& act) : act_(act) {}

  bool Verifies(std::size_t signature, const crypto::PublicKey& key) {
    const std::optional<PreparedAct::Check>& check = act_.checks[signature];
    if (check && check->key == key) return check->valid;
    const crypto::Envelope& envelope = act_.envelope;
    if (pae_.empty()) pae_ = crypto::Pae(envelope.payload_type, envelope.payload);
    return crypto::Verify(key, pae_, envelope.signatures[signature].signature);
  }

 private:
  const PreparedAct& act_;
  Bytes pae_;
};

}  // namespace

Verdict CheckSigners(const Overlay& state, const PreparedAct& act, std::uint64_t leaf, Day today) {
  const auto& signatures = act.envelope.signatures;
  if (signatures.size() != act.signers.size()) return Verdict::kSigners;
  const BroughtKeys brought = KeysBroughtBy(act.act);
  std::vector<std::optional<Owner>> owners;
  owners.reserve(signatures.size());
  for (const crypto::EnvelopeSignature& signature : signatures) {
    const auto owner = FindOwner(state, brought, signature.key, leaf, today);
    if (owner &&
        (!std::ranges::binary_search(act.signers, owner->hand) || HasSigned(owners, owner->hand))) {
      return Verdict::kSigners;
    }
    owners.push_back(owner);
  }
  Verifier verifier(act);
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (owners[i] && !verifier.Verifies(i, owners[i]->key)) return Verdict::kSignature;
  }
  const bool live = std::all_of(owners.begin(), owners.end(),
                                [](const auto& owner) { return owner && owner->live; });
  return live ? Verdict::kAccepted : Verdict::kKey;
}

}  // namespace aval::ledger
