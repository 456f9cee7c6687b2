// Envelopes, in their binary form and as JSON.

#include "crypto/envelope.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aval;
  const ByteView input(data, size);
  if (const auto envelope = crypto::ParseEnvelope(input)) {
    AVAL_ASSERT(crypto::EncodeEnvelope(*envelope) == CopyBytes(input));
    const auto from_json =
        crypto::EnvelopeFromJson(crypto::EnvelopeToJson(*envelope), crypto::kEnvelopeBytesMax);
    AVAL_ASSERT(from_json && crypto::EncodeEnvelope(*from_json) == CopyBytes(input));
  }
  if (const auto envelope = crypto::EnvelopeFromJson(AsText(input))) {
    AVAL_ASSERT(crypto::ParseEnvelope(crypto::EncodeEnvelope(*envelope)).has_value());
  }
  return 0;
}
