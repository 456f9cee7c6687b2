#include "net/frame.h"

#include <algorithm>
#include <string>

#include "base/assert.h"

namespace aval::net {

namespace {

// One TLS record's worth: what a read can bring at once.
constexpr std::size_t kLeastSpace = std::size_t{16} << 10U;
// A buffer that one long frame has grown is given back once that is gone.
constexpr std::size_t kKeptCapacity = std::size_t{1} << 20U;

}  // namespace

std::span<std::uint8_t> FrameReader::Space() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (buffer_.size() > kKeptCapacity) Bytes().swap(buffer_);
  }
  if (buffer_.size() - end_ < kLeastSpace && begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kLeastSpace) {
    buffer_.resize(std::max(2 * buffer_.size(), end_ + kLeastSpace));
  }
  return std::span(buffer_).subspan(end_);
}

void FrameReader::Filled(std::size_t count) {
  AVAL_ASSERT(count <= buffer_.size() - end_);
  end_ += count;
}

Result<std::optional<ByteView>> FrameReader::Next() {
  const ByteView filled = ByteView(buffer_).subspan(begin_, end_ - begin_);
  if (filled.size() < kFrameHeaderBytes) return std::optional<ByteView>();
  const std::size_t length = ByteReader(filled).U32();
  if (length == 0) return Error{.code = Code::kCorruption, .message = "frame of length 0"};
  if (length > max_frame_) {
    return Error{.code = Code::kCorruption,
                 .message = "frame of " + std::to_string(length) + " bytes, at most " +
                            std::to_string(max_frame_)};
  }
  if (filled.size() - kFrameHeaderBytes < length) return std::optional<ByteView>();
  begin_ += kFrameHeaderBytes + length;
  return std::optional<ByteView>(filled.subspan(kFrameHeaderBytes, length));
}

}  // namespace aval::net
