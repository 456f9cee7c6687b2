// Consistency proofs, the right edge of a tree and manifests: what an auditor reads beside tiles.

#include "crypto/merkle.h"
#include "ledger/log/export_texts.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aval;
  const ByteView input(data, size);
  if (const auto edge = crypto::Frontier::Decode(input)) {
    AVAL_ASSERT(edge->Encode() == CopyBytes(input));
    static_cast<void>(edge->Root());
  }
  if (const auto proof = ledger::ConsistencyText::Parse(AsText(input))) {
    AVAL_ASSERT(proof->Format() == AsText(input));
  }
  if (auto manifest = ledger::ParseManifest(AsText(input))) {
    AVAL_ASSERT(ledger::ManifestText(*std::move(manifest)) == AsText(input));
  }
  return 0;
}
