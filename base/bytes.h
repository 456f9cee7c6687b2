#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aval {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Views of one as the other; no copy, same lifetime.
inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes CopyBytes(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
/// Bytewise three-way order, shorter first on a common prefix: the order of keys in a store.
inline int CompareBytes(ByteView a, ByteView b) { return AsText(a).compare(AsText(b)); }
inline bool EqualBytes(ByteView a, ByteView b) { return AsText(a) == AsText(b); }

/// Lowercase, two digits a byte.
std::string ToHex(ByteView bytes);
/// Accepts lowercase only: one text for one value. kInvalidArgument names the offset.
Result<Bytes> FromHex(std::string_view text);

/// RFC 4648 section 4 with padding. Decoding is strict: no white space, no URL alphabet, no stray
/// bits in the last digit, so that a value has one text.
std::string ToBase64(ByteView bytes);
Result<Bytes> FromBase64(std::string_view text);

/// Appends integers big-endian and byte strings, as every format of Aval's own writes them.
class ByteWriter {
 public:
  void U8(std::uint8_t value) { Integer(value); }
  void U16(std::uint16_t value) { Integer(value); }
  void U32(std::uint32_t value) { Integer(value); }
  void U64(std::uint64_t value) { Integer(value); }
  void I32(std::int32_t value) { Integer(static_cast<std::uint32_t>(value)); }
  void I64(std::int64_t value) { Integer(static_cast<std::uint64_t>(value)); }
  void Raw(ByteView bytes) {
    if (!bytes.empty()) std::memcpy(Extend(bytes.size()), bytes.data(), bytes.size());
  }
  /// u32 length, then the bytes.
  void Sized(ByteView bytes);

  /// Room for so many bytes in all, so that writing them moves nothing.
  void Reserve(std::size_t size) { room_.resize(std::max(size, size_)); }

  ByteView bytes() const { return ByteView(room_).first(size_); }
  Bytes Take() {
    room_.resize(std::exchange(size_, 0));
    return std::exchange(room_, {});
  }
  void Clear() { size_ = 0; }
  std::size_t size() const { return size_; }

 private:
  template <std::unsigned_integral T>
  void Integer(T value) {
    std::uint8_t* const at = Extend(sizeof(T));
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      at[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i)));
    }
  }
  std::uint8_t* Extend(std::size_t count) {
    const std::size_t at = size_;
    size_ += count;
    if (size_ > room_.size()) room_.resize(std::max(size_, 2 * room_.size()));
    return room_.data() + at;
  }

  Bytes room_;
  std::size_t size_ = 0;  // Of what is written; the rest of `room_` is for more.
};

/// Counts what a ByteWriter would write.
class ByteCounter {
 public:
  void U8(std::uint8_t) { size_ += 1; }
  void U16(std::uint16_t) { size_ += 2; }
  void U32(std::uint32_t) { size_ += 4; }
  void U64(std::uint64_t) { size_ += 8; }
  void I32(std::int32_t) { size_ += 4; }
  void I64(std::int64_t) { size_ += 8; }
  void Raw(ByteView bytes) { size_ += bytes.size(); }
  void Sized(ByteView bytes) { size_ += 4 + bytes.size(); }

  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};

/// Reads what ByteWriter wrote. Failure is sticky: after the first read beyond the end every read
/// gives zero or empty, and ok() is false; so a decoder reads all its fields and asks once.
/// Does not own the bytes: views it returns live as long as they do.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes), size_(bytes.size()) {}

  std::uint8_t U8() { return Integer<std::uint8_t>(); }
  std::uint16_t U16() { return Integer<std::uint16_t>(); }
  std::uint32_t U32() { return Integer<std::uint32_t>(); }
  std::uint64_t U64() { return Integer<std::uint64_t>(); }
  std::int32_t I32() { return static_cast<std::int32_t>(Integer<std::uint32_t>()); }
  std::int64_t I64() { return static_cast<std::int64_t>(Integer<std::uint64_t>()); }
  ByteView Raw(std::size_t length);
  ByteView Sized() { return Raw(U32()); }
  template <std::size_t N>
  std::array<std::uint8_t, N> Array() {
    std::array<std::uint8_t, N> value{};
    const ByteView raw = Raw(N);
    for (std::size_t i = 0; i < raw.size(); ++i) value[i] = raw[i];
    return value;
  }

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  /// ok() and nothing left: how every complete decoding ends.
  bool AtEnd() const { return ok_ && rest_.empty(); }
  /// Bytes consumed so far; the place to name in an error.
  std::size_t offset() const { return size_ - rest_.size(); }

 private:
  template <std::unsigned_integral T>
  T Integer() {
    T value = 0;
    for (const std::uint8_t byte : Raw(sizeof(T))) {
      value = static_cast<T>((value << 8U) | byte);
    }
    return value;
  }
  ByteView rest_;
  std::size_t size_;
  bool ok_ = true;
};

}  // namespace aval
