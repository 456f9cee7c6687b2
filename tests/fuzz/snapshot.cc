// Snapshots: manifests, streams of records, and what peers say about them. The first byte says what
// follows: 0 a manifest, 255 a stream, else a message of that number.

#include "ledger/snapshot/manifest.h"
#include "ledger/snapshot/stream.h"
#include "node/snapshot/messages.h"
#include "tests/fuzz/target.h"

namespace aval::node {
namespace {

void RunManifest(ByteView input) {
  if (const auto manifest = ledger::SnapshotManifest::Decode(input)) {
    AVAL_ASSERT(manifest->Encode() == CopyBytes(input));
  }
}

// In pieces or whole, the same pairs come of it.
void RunStream(ByteView input) {
  ledger::StreamReader whole;
  ledger::StreamReader pieces;
  ByteWriter again;
  const auto write = [&again](ByteView key, ByteView value) {
    ledger::WritePair(again, key, value);
    return Result<void>{};
  };
  const bool fits = whole.Take(input, write).has_value();
  bool piecewise = true;
  for (ByteView rest = input; piecewise && !rest.empty(); rest = rest.subspan(1)) {
    piecewise =
        pieces.Take(rest.first(1), [](ByteView, ByteView) { return Result<void>{}; }).has_value();
  }
  AVAL_ASSERT(fits == piecewise && whole.pairs() == pieces.pairs());
  if (fits && whole.Finish()) AVAL_ASSERT(EqualBytes(again.bytes(), input));
}

void Run(ByteView input) {
  if (input.empty()) return;
  const std::uint8_t kind = input[0];
  const ByteView body = input.subspan(1);
  if (kind == 0) return RunManifest(body);
  if (kind == 255) return RunStream(body);
  if (!IsSnapshotMessage(kind)) return;
  if (const auto message = DecodeSnapshotMessage(kind, body)) {
    AVAL_ASSERT(EncodeSnapshotMessage(*message) == CopyBytes(body));
    if (const auto* text = std::get_if<ManifestText>(&*message)) RunManifest(text->text);
    if (const auto* leaves = std::get_if<Leaves>(&*message)) {
      static_cast<void>(ledger::CheckLeafRange(leaves->range, {}));
      crypto::Frontier tree;
      for (const crypto::Digest& hash : leaves->range.hashes) tree.Append(hash);
      static_cast<void>(ledger::CheckLeafRange(leaves->range, tree));
    }
  }
}

}  // namespace
}  // namespace aval::node

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  aval::node::Run({data, size});
  return 0;
}
