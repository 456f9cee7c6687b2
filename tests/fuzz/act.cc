// The payload of an act, through the strict scanner and the shape checks.

#include "ledger/act.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/scanner.h"
#include "ledger/shape.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aval;
  const ByteView input(data, size);
  const auto act = ledger::ParseStrict<act::v1::Act>(input, crypto::kEnvelopeBytesMax);
  if (!act) return 0;
  // Exactly what re-encodes to itself (DESIGN.md section 3).
  AVAL_ASSERT(act->SerializeAsString() == AsText(input));
  if (!ledger::CheckShape(*act)) return 0;
  crypto::Envelope envelope{.payload = CopyBytes(input),
                            .payload_type = std::string(crypto::kActType),
                            .signatures = {{.signature = Bytes(64), .key = {}}}};
  const auto bytes = std::make_shared<const Bytes>(crypto::EncodeEnvelope(envelope));
  const bool fits = bytes->size() <= crypto::kEnvelopeBytesMax;
  const auto prepared = ledger::Prepare(bytes, act->origin());
  AVAL_ASSERT((prepared.act != nullptr) == fits);
  AVAL_ASSERT(prepared.malformed.has_value() == !fits);
  return 0;
}
