#include "ledger/log/bundle.h"

#include <cstdint>

#include "base/assert.h"
#include "ledger/effects.h"

namespace aval::ledger {

namespace {

void AppendBigEndian(Bytes& out, std::size_t value, unsigned bytes) {
  for (unsigned left = bytes; left > 0; --left) {
    out.push_back(static_cast<std::uint8_t>(value >> (8 * (left - 1))));
  }
}

Result<BundleItems> FirstItems(ByteView bundle, std::size_t count, std::size_t length_bytes) {
  ByteReader in(bundle);
  BundleItems found;
  found.items.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t start = in.offset();
    found.items.push_back(in.Raw(length_bytes == 2 ? in.U16() : in.U32()));
    if (!in.ok()) {
      return Error{.code = Code::kCorruption,
                   .message = "item " + std::to_string(i) + " at offset " + std::to_string(start) +
                              " runs past the end of the bundle"};
    }
  }
  found.size = in.offset();
  return found;
}

Result<std::vector<ByteView>> AllItems(Result<BundleItems> found, ByteView bundle) {
  if (!found) return found.error();
  if (found->size != bundle.size()) {
    return Error{.code = Code::kCorruption,
                 .message = std::to_string(bundle.size() - found->size) +
                            " bytes behind the last item, at offset " +
                            std::to_string(found->size)};
  }
  return std::move(found->items);
}

}  // namespace

void AppendEntry(Bytes& bundle, ByteView entry) {
  AVAL_ASSERT(entry.size() <= kMaxEntrySize);
  AppendBigEndian(bundle, entry.size(), 2);
  bundle.insert(bundle.end(), entry.begin(), entry.end());
}

void AppendEffects(Bytes& bundle, ByteView effects) {
  AVAL_ASSERT(effects.size() <= UINT32_MAX);
  AppendBigEndian(bundle, effects.size(), 4);
  bundle.insert(bundle.end(), effects.begin(), effects.end());
}

Result<BundleItems> FirstEntries(ByteView bundle, std::size_t count) {
  return FirstItems(bundle, count, 2);
}

Result<BundleItems> FirstEffects(ByteView bundle, std::size_t count) {
  return FirstItems(bundle, count, 4);
}

Result<std::vector<ByteView>> AllEntries(ByteView bundle, std::size_t count) {
  return AllItems(FirstEntries(bundle, count), bundle);
}

Result<std::vector<ByteView>> AllEffects(ByteView bundle, std::size_t count) {
  return AllItems(FirstEffects(bundle, count), bundle);
}

bool EffectsMatch(const LeafHeader& header, ByteView effects) {
  if (header.effects == crypto::Digest{}) return effects.empty();
  return HashEffects(effects) == header.effects;
}

}  // namespace aval::ledger
