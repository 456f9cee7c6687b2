#include "ledger/signers.h"

#include <algorithm>
#include <optional>
#include <set>
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
  std::set<SignerRef> seen;
  for (const crypto::EnvelopeSignature& signature : signatures) {
    owners.push_back(FindOwner(state, brought, signature.key, leaf, today));
    if (!owners.back()) continue;
    const SignerRef& hand = owners.back()->hand;
    const bool named = std::binary_search(act.signers.begin(), act.signers.end(), hand);
    if (!named || !seen.insert(hand).second) return Verdict::kSigners;
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
