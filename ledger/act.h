#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/envelope.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/record/calendar.h"
#include "ledger/rules/context.h"
#include "ledger/verdict.h"

namespace aval::ledger {

/// An envelope taken apart before its turn: parsed, hashed, its signatures perhaps checked. All of
/// it is a function of the bytes alone (DESIGN.md section 3, "signatures are pure"), so any thread
/// may make one at any time, and it holds on every node.
struct PreparedAct {
  std::shared_ptr<const Bytes> bytes;  // The envelope, verbatim.
  crypto::Envelope envelope;
  act::v1::Act act;
  crypto::Digest digest;           // SHA-256 of `bytes`: signatures and all.
  crypto::Digest identity;         // SHA-256 of the PAE: what was signed.
  Outcome::Key id;                 // (author, last valid day, nonce).
  std::vector<SignerRef> signers;  // As named, ascending.

  /// What somebody found of a signature: whether it verifies under `key`. One for each signature of
  /// the envelope; nothing where nobody has looked yet, or did not know the key.
  struct Check {
    crypto::PublicKey key;
    bool valid = false;
  };
  std::vector<std::optional<Check>> checks;
};

/// Why an envelope can never be an act of this ledger; the same on every node and for ever.
struct MalformedAct {
  Verdict verdict = Verdict::kFormat;  // kFormat or kOrigin.
  std::string place;                   // For people: what is wrong, and where.
};

/// Exactly one of the two is set.
struct Preparation {
  std::shared_ptr<PreparedAct> act;
  std::optional<MalformedAct> malformed;
};

/// Form and origin: envelope, payload type, strict scanner (scanner.h), shape (shape.h), origin.
/// Checks no signature. `digest` is SHA-256 of the envelope.
Preparation Prepare(std::shared_ptr<const Bytes> envelope, std::string_view origin,
                    const crypto::Digest& digest);
Preparation Prepare(std::shared_ptr<const Bytes> envelope, std::string_view origin);

/// The public key of a key id, from wherever the caller has it; nothing when it does not know.
using KeyLookup = std::function<std::optional<crypto::PublicKey>(const crypto::KeyId&)>;

/// Fills `checks`, where nothing stands yet, for the signatures whose key `lookup` or the act
/// itself (a registration's new key) gives. True when every signature was checked and verifies.
bool CheckSignatures(PreparedAct& act, const KeyLookup& lookup);
/// Whether some signature was checked and fails, as it will for ever: the key id says which key.
bool HasBadSignature(const PreparedAct& act);

/// The keys that a registration brings, which may sign it (proof of possession); else none.
std::vector<std::pair<SignerRef, crypto::PublicKey>> KeysBroughtBy(const act::v1::Act& act);

}  // namespace aval::ledger
