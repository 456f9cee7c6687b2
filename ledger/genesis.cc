#include "ledger/genesis.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "base/assert.h"
#include "crypto/digest.h"
#include "crypto/policy.h"
#include "ledger/genesis_check.h"
#include "ledger/log/leaf.h"
#include "ledger/scanner.h"
#include "ledger/wire.h"

namespace aval::ledger {
namespace {

Error Wrong(const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = "genesis: " + what};
}

crypto::Vkey LogKey(const std::string& origin, const genesis::v1::Node& node) {
  return {.name = origin, .type = crypto::NoteKeyType::kLog, .key = ToPublicKey(node.log_key())};
}

crypto::Vkey CosignerKey(const genesis::v1::Node& node) {
  return {.name = node.cosigner_name(),
          .type = crypto::NoteKeyType::kCosigner,
          .key = ToPublicKey(node.cosigner_key())};
}

// The institutions that have nodes, in the order of their numbers, as the policy groups them.
std::vector<crypto::PolicyInstitution> Cosigners(const genesis::v1::Genesis& genesis) {
  std::vector<crypto::PolicyInstitution> cosigners;
  for (const genesis::v1::Institution& institution : genesis.institutions()) {
    crypto::PolicyInstitution group{.name = institution.name(), .nodes = {}};
    for (const genesis::v1::Node& node : genesis.nodes()) {
      if (node.institution() != institution.number()) continue;
      group.nodes.push_back({.name = node.cosigner_name(),
                             .key = CosignerKey(node),
                             .url = "https://" + node.cosigner_name()});
    }
    if (!group.nodes.empty()) cosigners.push_back(std::move(group));
  }
  return cosigners;
}

Result<void> CheckFounders(const genesis::v1::Genesis& genesis, const crypto::Envelope& envelope) {
  std::map<crypto::KeyId, std::pair<std::string, crypto::PublicKey>> founders;
  for (const genesis::v1::Institution& institution : genesis.institutions()) {
    for (const genesis::v1::DepartmentKey& key : institution.keys()) {
      if (key.department() != act::v1::LEGAL) continue;
      const crypto::PublicKey legal = ToPublicKey(key.key());
      founders.emplace(crypto::KeyIdOf(legal), std::pair(institution.name(), legal));
    }
  }
  const Bytes pae = crypto::Pae(envelope.payload_type, envelope.payload);
  for (const crypto::EnvelopeSignature& signature : envelope.signatures) {
    const auto founder = founders.find(signature.key);
    if (founder == founders.end()) {
      return Wrong("signed by " + signature.key.Hex() + ", which is no founder's LEGAL key");
    }
    const auto& [name, key] = founder->second;
    if (!crypto::Verify(key, pae, signature.signature)) {
      return Wrong("the signature of " + name + " does not verify");
    }
    founders.erase(founder);
  }
  if (!founders.empty()) return Wrong("not signed by " + founders.begin()->second.first);
  return {};
}

// One signature of an institution counts for it, whichever of its nodes gives it; all of them
// together are all institutions.
Result<void> CheckGroups(const crypto::Policy& policy,
                         std::span<const crypto::PolicyInstitution> cosigners) {
  std::vector<crypto::NoteSigner> everybody;
  for (const crypto::PolicyInstitution& institution : cosigners) {
    std::vector<crypto::NoteSigner> both;
    for (const crypto::Policy::Witness& node : institution.nodes) {
      both.push_back({.key = node.key, .unix_seconds = 0});
      everybody.push_back(both.back());
      if (policy.Evaluate(std::span(&both.back(), 1)).reached != 1) {
        return Wrong("cosigner policy: " + node.name + " alone is not its institution");
      }
    }
    if (policy.Evaluate(both).reached != 1) {
      return Wrong("cosigner policy: the nodes of " + institution.name + " are not one group");
    }
  }
  const crypto::Policy::Standing standing = policy.Evaluate(everybody);
  if (standing.members != cosigners.size() || standing.reached != cosigners.size() ||
      standing.needed != crypto::MajorityOf(cosigners.size())) {
    return Wrong("cosigner policy: the quorum is not a majority of the institutions");
  }
  return {};
}

Result<void> CheckCosignerPolicy(const genesis::v1::Genesis& genesis, const std::string& text) {
  if (AsText(crypto::Sha256(AsBytes(text))) != genesis.cosigner_policy()) {
    return Wrong("field cosigner_policy: the text given has another digest");
  }
  if (text.size() > kMaxLeafBodySize) return Wrong("cosigner policy: too long for a leaf");
  const Result<crypto::Policy> policy = crypto::Policy::Parse(text);
  if (!policy) return Wrong("cosigner policy: " + policy.error().message);
  std::set<crypto::Vkey> expected;
  for (const genesis::v1::Node& node : genesis.nodes()) {
    expected.insert(LogKey(genesis.origin(), node));
    expected.insert(CosignerKey(node));
  }
  const std::vector<crypto::Vkey> named = policy->keys();
  if (std::set<crypto::Vkey>(named.begin(), named.end()) != expected) {
    return Wrong("cosigner policy: its keys are not exactly the nodes' log and cosigner keys");
  }
  return CheckGroups(*policy, Cosigners(genesis));
}

}  // namespace

Result<Genesis> Genesis::Load(Bytes envelope, std::string cosigner_policy) {
  const Result<crypto::Envelope> parsed = crypto::ParseEnvelope(envelope);
  if (!parsed) return Wrong(parsed.error().message);
  if (parsed->payload_type != crypto::kGenesisType) {
    return Wrong("envelope: payloadType is not " + std::string(crypto::kGenesisType));
  }
  auto message = ParseStrict<genesis::v1::Genesis>(parsed->payload, crypto::kEnvelopeBytesMax);
  if (!message) return Wrong(message.error().message);
  if (const Result<void> checked = CheckGenesis(*message); !checked) {
    return Wrong(checked.error().message);
  }
  AVAL_CHECK(CheckFounders(*message, *parsed));
  AVAL_CHECK(CheckCosignerPolicy(*message, cosigner_policy));

  Genesis genesis;
  for (const genesis::v1::Node& node : message->nodes()) {
    const auto owner = std::find_if(
        message->institutions().begin(), message->institutions().end(),
        [&node](const auto& institution) { return institution.number() == node.institution(); });
    AVAL_ASSERT(owner != message->institutions().end());
    genesis.nodes_.push_back({.number = node.number(),
                              .institution = PartyId::Institution(node.institution()),
                              .institution_name = owner->name(),
                              .tls_key = ToPublicKey(node.tls_key()),
                              .log_key = LogKey(message->origin(), node),
                              .cosigner_key = CosignerKey(node),
                              .address = node.address()});
  }
  genesis.envelope_ = std::move(envelope);
  genesis.cosigner_policy_ = std::move(cosigner_policy);
  genesis.message_ = std::make_shared<const genesis::v1::Genesis>(*std::move(message));
  return genesis;
}

const Genesis::NodeEntry* Genesis::FindNode(std::uint32_t number) const {
  for (const NodeEntry& node : nodes_) {
    if (node.number == number) return &node;
  }
  return nullptr;
}

std::string CosignerPolicyText(const genesis::v1::Genesis& genesis) {
  std::vector<crypto::Vkey> logs;
  for (const genesis::v1::Node& node : genesis.nodes()) {
    logs.push_back(LogKey(genesis.origin(), node));
  }
  const std::vector<crypto::PolicyInstitution> cosigners = Cosigners(genesis);
  return crypto::PolicyText(logs, cosigners, crypto::MajorityOf(cosigners.size()));
}

Bytes ActSchemaDigest() {
  const Result<Bytes> digest = FromHex(AVAL_ACT_SCHEMA);  // Set by CMake.
  AVAL_ASSERT(digest);
  return *digest;
}

}  // namespace aval::ledger
