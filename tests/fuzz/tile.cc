// Bundles of the log's segments, and the leaves, effects and blocks in them.

#include "ledger/block.h"
#include "ledger/effects.h"
#include "ledger/log/bundle.h"
#include "ledger/log/leaf.h"
#include "tests/fuzz/target.h"

namespace aval::ledger {
namespace {

void ReadItem(ByteView item) {
  if (const auto leaf = DecodeLeaf(item)) {
    AVAL_ASSERT(EncodeLeaf(leaf->header, leaf->body) == CopyBytes(item));
    if (const auto chunk = DecodeSystemChunk(leaf->body)) {
      AVAL_ASSERT(EncodeSystemChunk(*chunk) == CopyBytes(leaf->body));
    }
  }
  static_cast<void>(DecodeEffects(item));
  static_cast<void>(DecodeBlock(item));
}

void Run(ByteView input) {
  ReadItem(input);
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}, kTileWidth}) {
    if (const auto entries = AllEntries(input, count)) {
      Bytes again;
      for (const ByteView entry : *entries) AppendEntry(again, entry);
      AVAL_ASSERT(again == CopyBytes(input));
      for (const ByteView entry : *entries) ReadItem(entry);
    }
    if (const auto effects = AllEffects(input, count)) {
      for (const ByteView item : *effects) ReadItem(item);
    }
  }
}

}  // namespace
}  // namespace aval::ledger

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  aval::ledger::Run({data, size});
  return 0;
}
