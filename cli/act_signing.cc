#include "cli/act_signing.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "crypto/envelope.h"
#include "ledger/wire.h"

namespace aval::cli {

Bytes SignAct(act::v1::Act act, const std::string& origin, ledger::Day last_valid_day,
              const std::vector<Hand>& hands, Random& random) {
  AVAL_ASSERT(!hands.empty());
  act.set_origin(origin);
  act.set_author(ledger::ToWire(hands.front().signer.party));
  act.set_last_valid_day(ledger::ToWire(last_valid_day));
  ledger::Id nonce;
  random.Fill(nonce.bytes);
  act.set_nonce(ledger::ToWire(nonce));
  std::vector<Hand> ordered = hands;
  std::ranges::sort(ordered, {}, &Hand::signer);
  act.clear_signers();
  for (const Hand& hand : ordered) {
    act::v1::Signer& signer = *act.add_signers();
    signer.set_party(ledger::ToWire(hand.signer.party));
    signer.set_department(static_cast<act::v1::Department>(hand.signer.department));
  }
  crypto::Envelope envelope;
  envelope.payload_type = crypto::kActType;
  envelope.payload = CopyBytes(AsBytes(act.SerializeAsString()));
  for (const Hand& hand : ordered) crypto::SignEnvelope(envelope, *hand.key);
  return crypto::EncodeEnvelope(envelope);
}

}  // namespace aval::cli
