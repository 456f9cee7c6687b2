#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "crypto/envelope.h"
#include "crypto/note.h"
#include "ledger/proto/genesis.pb.h"
#include "ledger/types.h"

namespace aval::ledger {

/// The rules' version that a ledger begins with; rule_versions.h has all.
inline constexpr std::uint32_t kRuleVersion = 1;

/// The founders' agreement: what leaf 0 and leaf 1 are made of, checked as a whole once.
///
/// Checked by Load: envelope and strict scanner; every institution's LEGAL key has signed and
/// nobody else; ranges, order and uniqueness of everything (numbers, names, keys, addresses,
/// policies, products); at least one policy effective on the first day; no institution holds a
/// majority of the nodes unless majority_of_one; the origin is a valid checkpoint origin that
/// begins like none of the other signing domains (formats.md 1.6) nor like "aval-block/v1"; the
/// cosigners' policy text hashes to the digest, parses, names exactly the nodes' log and cosigner
/// keys, groups by institution and asks for the majority. Errors name the place in the genesis.
/// Immutable; threads: safe from all.
class Genesis {
 public:
  struct NodeEntry {
    std::uint32_t number = 0;
    PartyId institution;
    std::string institution_name;
    crypto::PublicKey tls_key;
    crypto::Vkey log_key;       // Name: the origin.
    crypto::Vkey cosigner_key;  // Name: "<institution name>/<node>".
    std::string address;
  };

  static Result<Genesis> Load(Bytes envelope, std::string cosigner_policy);

  const std::string& origin() const { return message_->origin(); }
  const genesis::v1::Genesis& message() const { return *message_; }
  const Bytes& envelope() const { return envelope_; }
  const std::string& cosigner_policy() const { return cosigner_policy_; }
  const std::vector<NodeEntry>& nodes() const { return nodes_; }  // Ascending by number.
  const NodeEntry* FindNode(std::uint32_t number) const;

 private:
  Genesis() = default;
  Bytes envelope_;
  std::string cosigner_policy_;
  std::shared_ptr<const genesis::v1::Genesis> message_;
  std::vector<NodeEntry> nodes_;
};

/// The policy text that `aval network init` writes for these institutions and nodes: one group for
/// each institution, k = floor(n/2) + 1 of n (formats.md 1.9).
std::string CosignerPolicyText(const genesis::v1::Genesis& genesis);

/// SHA-256 of the acts.proto that this binary was built with; what genesis calls `schema`.
Bytes ActSchemaDigest();

}  // namespace aval::ledger
