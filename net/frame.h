#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace aval::net {

/// On a peer link every message is a frame: u32 length, big-endian, then so many bytes.
inline constexpr std::size_t kFrameHeaderBytes = 4;
/// Longest content of a frame. An append holds at most 1 MiB of entries, or one longer block.
inline constexpr std::size_t kMaxFrameBytes = std::size_t{8} << 20U;

/// Cuts a stream of bytes, however it is torn, into frames.
///
/// The reader asks for Space, fills it from the connection, says how much it Filled, then takes
/// frames by Next until there is none. Memory follows the bytes that came, not the length that a
/// frame announces.
/// Threads: one.
class FrameReader {
 public:
  explicit FrameReader(std::size_t max_frame = kMaxFrameBytes) : max_frame_(max_frame) {}

  /// Where the next bytes go; never empty. Ends the life of what Next gave.
  std::span<std::uint8_t> Space();
  void Filled(std::size_t count);

  /// The content of the next frame, or nothing while it is not complete; valid until Space.
  /// kCorruption for a length of 0 or beyond the bound, from then on.
  Result<std::optional<ByteView>> Next();

 private:
  const std::size_t max_frame_;
  Bytes buffer_;
  std::size_t begin_ = 0;  // Of what is not taken yet.
  std::size_t end_ = 0;    // Of what was filled.
};

}  // namespace aval::net
