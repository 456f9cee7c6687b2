#include "ledger/act.h"

#include <algorithm>
#include <utility>

#include "ledger/scanner.h"
#include "ledger/shape.h"
#include "ledger/wire.h"

namespace aval::ledger {
namespace {

Preparation Malformed(Verdict verdict, std::string place) {
  return {.act = nullptr, .malformed = MalformedAct{.verdict = verdict, .place = std::move(place)}};
}

}  // namespace

Preparation Prepare(std::shared_ptr<const Bytes> envelope, std::string_view origin) {
  const crypto::Digest digest = crypto::Sha256(*envelope);
  return Prepare(std::move(envelope), origin, digest);
}

Preparation Prepare(std::shared_ptr<const Bytes> envelope, std::string_view origin,
                    const crypto::Digest& digest) {
  auto prepared = std::make_shared<PreparedAct>();
  prepared->bytes = std::move(envelope);
  Result<crypto::Envelope> parsed = crypto::ParseEnvelope(*prepared->bytes);
  if (!parsed) return Malformed(Verdict::kFormat, parsed.error().message);
  prepared->envelope = *std::move(parsed);
  if (prepared->envelope.payload_type != crypto::kActType) {
    return Malformed(Verdict::kFormat,
                     "envelope: payloadType is not " + std::string(crypto::kActType));
  }
  auto act = ParseStrict<act::v1::Act>(prepared->envelope.payload, crypto::kEnvelopeBytesMax);
  if (!act) return Malformed(Verdict::kFormat, "payload: " + act.error().message);
  prepared->act = *std::move(act);
  if (const Result<void> shape = CheckShape(prepared->act); !shape) {
    return Malformed(Verdict::kFormat, "payload: " + shape.error().message);
  }
  if (prepared->act.origin() != origin) {
    return Malformed(Verdict::kOrigin,
                     "payload: field origin: not the ledger " + std::string(origin));
  }
  prepared->digest = digest;
  prepared->identity = crypto::IdentityOf(prepared->envelope);
  prepared->id = {.last_valid = ToDay(prepared->act.last_valid_day()),
                  .author = ToParty(prepared->act.author()),
                  .nonce = ToId(prepared->act.nonce())};
  for (const act::v1::Signer& signer : prepared->act.signers()) {
    prepared->signers.push_back({.party = ToParty(signer.party()),
                                 .department = static_cast<Department>(signer.department())});
  }
  prepared->checks.resize(prepared->envelope.signatures.size());
  return {.act = std::move(prepared), .malformed = std::nullopt};
}

bool CheckSignatures(PreparedAct& act, const KeyLookup& lookup) {
  const Bytes pae = crypto::Pae(act.envelope.payload_type, act.envelope.payload);
  const auto brought = KeysBroughtBy(act.act);
  bool all = true;
  for (std::size_t i = 0; i < act.checks.size(); ++i) {
    const crypto::EnvelopeSignature& signature = act.envelope.signatures[i];
    const auto own = std::find_if(brought.begin(), brought.end(), [&](const auto& key) {
      return crypto::KeyIdOf(key.second) == signature.key;
    });
    std::optional<PreparedAct::Check>& check = act.checks[i];
    const std::optional<crypto::PublicKey> key =
        own != brought.end() ? own->second : lookup(signature.key);
    if (key && !check) {
      check = {.key = *key, .valid = crypto::Verify(*key, pae, signature.signature)};
    }
    all = all && check && check->valid;
  }
  return all;
}

bool HasBadSignature(const PreparedAct& act) {
  return std::ranges::any_of(act.checks, [](const auto& check) { return check && !check->valid; });
}

std::vector<std::pair<SignerRef, crypto::PublicKey>> KeysBroughtBy(const act::v1::Act& act) {
  if (act.has_participant_register()) {
    const auto& body = act.participant_register();
    return {{{.party = ToParty(body.participant()), .department = Department::kNone},
             ToPublicKey(body.key())}};
  }
  if (act.has_supplier_register()) {
    const auto& body = act.supplier_register();
    const PartyId supplier = ToParty(body.supplier());
    return {{{.party = supplier, .department = Department::kOps}, ToPublicKey(body.ops_key())},
            {{.party = supplier, .department = Department::kTreasury},
             ToPublicKey(body.treasury_key())}};
  }
  return {};
}

}  // namespace aval::ledger
