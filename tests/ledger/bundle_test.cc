#include "ledger/log/bundle.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace aval::ledger {
namespace {

std::vector<Bytes> Copies(const std::vector<ByteView>& views) {
  std::vector<Bytes> copies;
  for (const ByteView view : views) copies.push_back(CopyBytes(view));
  return copies;
}

RC_GTEST_PROP(BundleTest, EntriesComeBackAndNoPrefixHasAllOfThem, ()) {
  const auto entries = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<Bytes>>());
  Bytes bundle;
  for (const Bytes& entry : entries) AppendEntry(bundle, entry);
  const auto read = AllEntries(bundle, entries.size());
  RC_ASSERT(read.has_value());
  RC_ASSERT(Copies(*read) == entries);
  for (std::size_t size = 0; size < bundle.size(); ++size) {
    RC_ASSERT(!AllEntries(ByteView(bundle).first(size), entries.size()).has_value());
  }
  bundle.push_back(0);
  RC_ASSERT(!AllEntries(bundle, entries.size()).has_value());
}

RC_GTEST_PROP(BundleTest, EffectsComeBackAndNoPrefixHasAllOfThem, ()) {
  const auto effects = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<Bytes>>());
  Bytes bundle;
  for (const Bytes& item : effects) AppendEffects(bundle, item);
  const auto read = AllEffects(bundle, effects.size());
  RC_ASSERT(read.has_value());
  RC_ASSERT(Copies(*read) == effects);
  for (std::size_t size = 0; size < bundle.size(); ++size) {
    RC_ASSERT(!AllEffects(ByteView(bundle).first(size), effects.size()).has_value());
  }
}

}  // namespace
}  // namespace aval::ledger
