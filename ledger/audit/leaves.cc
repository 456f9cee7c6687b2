#include "ledger/audit/leaves.h"

#include <algorithm>
#include <memory>

#include "crypto/merkle.h"
#include "ledger/log/bundle.h"

namespace aval::ledger {

namespace {

void Examine(AuditLeaf& leaf, std::string_view origin) {
  leaf.hash = crypto::LeafHash(leaf.entry);
  const Result<LeafView> view = DecodeLeaf(leaf.entry);
  if (!view) {
    leaf.fault = view.error().message;
    return;
  }
  leaf.view = *view;
  if (view->header.index != leaf.index) {
    leaf.fault = "has index " + std::to_string(view->header.index);
    return;
  }
  if (view->header.kind == LeafKind::kAct) {
    leaf.prepared = Prepare(std::make_shared<const Bytes>(CopyBytes(view->body)), origin);
    if (leaf.prepared.malformed) {
      leaf.fault = "no act of this ledger: " + leaf.prepared.malformed->place;
      return;
    }
  }
  leaf.fault_in_effects = true;
  if (!EffectsMatch(view->header, leaf.effects)) {
    leaf.fault = "the effects do not have the hash in the entry";
    return;
  }
  Result<Effects> decoded = DecodeEffects(leaf.effects);
  if (!decoded) {
    leaf.fault = decoded.error().message;
    return;
  }
  leaf.decoded = *std::move(decoded);
  leaf.fault_in_effects = false;
}

void CheckAct(AuditLeaf& leaf, const SignerKeys& keys) {
  PreparedAct& act = *leaf.prepared.act;
  const auto lookup = [&keys](const crypto::KeyId& id) { return keys.Find(id); };
  if (CheckSignatures(act, lookup)) return;
  for (std::size_t i = 0; i < act.checks.size(); ++i) {
    const std::string key = act.envelope.signatures[i].key.Hex();
    if (!act.checks[i]) {
      leaf.bad_signature = "signed by " + key + ", which nobody has registered";
      return;
    }
    if (!act.checks[i]->valid) {
      leaf.bad_signature = "the signature of key " + key + " does not verify";
      return;
    }
  }
}

}  // namespace

std::vector<AuditLeaf> ExamineLeaves(const AuditBundle& bundle, std::string_view origin,
                                     SignerKeys& keys, Crew& crew) {
  std::vector<AuditLeaf> leaves(bundle.entry_items.size());
  crew.ForAll(leaves.size(), [&](std::size_t i) {
    leaves[i].index = bundle.first + i;
    leaves[i].entry = bundle.entry_items[i];
    leaves[i].effects = bundle.effects_items[i];
    Examine(leaves[i], origin);
  });
  std::size_t sound = 0;
  for (; sound < leaves.size() && leaves[sound].fault.empty(); ++sound) {
    const Result<void> learnt = keys.LearnFrom(leaves[sound].decoded);
    if (learnt) continue;
    leaves[sound].fault = learnt.error().message;
    leaves[sound].fault_in_effects = true;
    break;
  }
  crew.ForAll(sound, [&](std::size_t i) {
    if (leaves[i].prepared.act) CheckAct(leaves[i], keys);
  });
  return leaves;
}

}  // namespace aval::ledger
