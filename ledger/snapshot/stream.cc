#include "ledger/snapshot/stream.h"

#include <string>

#include "ledger/snapshot/source.h"

namespace aval::ledger {

namespace {

Error Damaged(std::uint64_t offset, const std::string& what) {
  return {.code = Code::kCorruption,
          .message = "snapshot, offset " + std::to_string(offset) + ": " + what};
}

}  // namespace

void WritePair(ByteWriter& out, ByteView key, ByteView value) {
  out.Sized(key);
  out.Sized(value);
}

Result<void> StreamReader::Take(ByteView piece, const Visitor& visit) {
  rest_.insert(rest_.end(), piece.begin(), piece.end());
  std::size_t used = 0;
  while (used < rest_.size()) {
    const std::uint64_t place = offset_ + used;
    ByteReader in(ByteView(rest_).subspan(used));
    const ByteView key = in.Sized();
    const ByteView value = in.Sized();
    if (!in.ok()) {
      if (rest_.size() - used <= kPairBytesMax) break;
      return Damaged(place, "a pair longer than one can be");
    }
    if (CompareBytes(key, kFirstRecordKey) < 0) return Damaged(place, "no key of a record");
    if (CompareBytes(last_key_, key) >= 0) return Damaged(place, "a key not above the one before");
    AVAL_CHECK(visit(key, value));
    last_key_ = CopyBytes(key);
    ++pairs_;
    used += in.offset();
  }
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(used));
  offset_ += used;
  return {};
}

Result<void> StreamReader::Finish() const {
  if (rest_.empty()) return {};
  return Damaged(offset_, "the last pair is not complete");
}

}  // namespace aval::ledger
