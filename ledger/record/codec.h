#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "ledger/types.h"

namespace aval::ledger {

/// The fixed encoding of records, keys and journal lines (docs/formats/state.md).
///
/// A type lists its fields once, in the order in which they are written:
///
///     template <class Self, class V> static void Fields(Self& r, V& visit) {
///       visit("borrower", r.borrower);
///       visit("limit", r.limit);
///     }
///
/// and encoder, decoder and JSON view all follow that list. Widths are those of the C++ types:
/// integers and enums big-endian, bool one byte (0 or 1), ids and digests raw, text and Bytes with
/// a u32 length, vectors with a u32 count. Never change a list: a new version is a new list.

template <class T>
concept HasFields = requires(T value, const T& constant) {
  T::Fields(value, [](std::string_view, auto&) {});
  T::Fields(constant, [](std::string_view, const auto&) {});
};

/// Writes one value after another, to a ByteWriter, or to a ByteCounter to learn their size.
template <class Out>
class Encoder {
 public:
  explicit Encoder(Out& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view, const T& value) {
    Write(value);
  }

  void Write(bool value) { out_.U8(value ? 1 : 0); }
  void Write(std::uint8_t value) { out_.U8(value); }
  void Write(std::uint16_t value) { out_.U16(value); }
  void Write(std::uint32_t value) { out_.U32(value); }
  void Write(std::uint64_t value) { out_.U64(value); }
  void Write(std::int32_t value) { out_.I32(value); }
  void Write(std::int64_t value) { out_.I64(value); }
  void Write(Amount value) { out_.I64(value.minor); }
  // Days sort as unsigned: the ledger has none before 1970.
  void Write(Day value) { out_.U32(static_cast<std::uint32_t>(value.number)); }
  void Write(const Currency& value) { out_.Raw(AsBytes(value.Text())); }
  void Write(const Id& value) { out_.Raw(value.bytes); }
  void Write(const PartyId& value) { out_.Raw(value.id.bytes); }
  void Write(const crypto::Digest& value) { out_.Raw(value.bytes); }
  void Write(const Bytes& value) { out_.Sized(value); }
  void Write(const std::string& value) { out_.Sized(AsBytes(value)); }
  template <class T>
    requires std::is_enum_v<T>
  void Write(T value) {
    Write(static_cast<std::underlying_type_t<T>>(value));
  }
  template <class T>
  void Write(const std::vector<T>& values) {
    out_.U32(static_cast<std::uint32_t>(values.size()));
    for (const T& value : values) Write(value);
  }
  template <HasFields T>
  void Write(const T& value) {
    T::Fields(value, *this);
  }

 private:
  Out& out_;
};

template <class T>
std::size_t EncodedSize(const T& value) {
  ByteCounter counter;
  Encoder(counter).Write(value);
  return counter.size();
}

/// Reads what Encoder wrote. Failure is sticky: ByteReader's, or a byte that no value has; a caller
/// asks AtEnd once, at the end.
class Decoder {
 public:
  explicit Decoder(ByteReader& in) : in_(in) {}

  template <class T>
  void operator()(std::string_view, T& value) {
    Read(value);
  }

  bool AtEnd() const { return valid_ && in_.AtEnd(); }

  void Read(bool& value);
  void Read(std::uint8_t& value) { value = in_.U8(); }
  void Read(std::uint16_t& value) { value = in_.U16(); }
  void Read(std::uint32_t& value) { value = in_.U32(); }
  void Read(std::uint64_t& value) { value = in_.U64(); }
  void Read(std::int32_t& value) { value = in_.I32(); }
  void Read(std::int64_t& value) { value = in_.I64(); }
  void Read(Amount& value) { value.minor = in_.I64(); }
  void Read(Day& value) { value.number = static_cast<std::int32_t>(in_.U32()); }
  void Read(Currency& value);
  void Read(Id& value) { value.bytes = in_.Array<16>(); }
  void Read(PartyId& value) { value.id.bytes = in_.Array<16>(); }
  void Read(crypto::Digest& value) { value.bytes = in_.Array<32>(); }
  void Read(Bytes& value) { value = CopyBytes(in_.Sized()); }
  void Read(std::string& value) { value = std::string(AsText(in_.Sized())); }
  template <class T>
    requires std::is_enum_v<T>
  void Read(T& value) {
    std::underlying_type_t<T> raw{};
    Read(raw);
    value = static_cast<T>(raw);
  }
  template <class T>
  void Read(std::vector<T>& values) {
    const std::uint32_t count = in_.U32();
    values.clear();
    for (std::uint32_t i = 0; i < count && in_.ok(); ++i) Read(values.emplace_back());
  }
  template <HasFields T>
  void Read(T& value) {
    T::Fields(value, *this);
  }

 private:
  ByteReader& in_;
  bool valid_ = true;
};

/// A record type R also names `R::kTable` (the first byte of its keys), `R::kVersion` (the first
/// byte of its value) and its key type `R::Key`, which has Fields of fixed width.
template <class R>
concept Record = HasFields<R> && HasFields<typename R::Key> && requires {
  R::kTable;
  R::kVersion;
};

template <Record R>
Bytes EncodeKey(const typename R::Key& key) {
  ByteWriter out;
  out.Reserve(1 + EncodedSize(key));
  out.U8(static_cast<std::uint8_t>(R::kTable));
  Encoder(out).Write(key);
  return out.Take();
}

template <Record R>
Bytes EncodeValue(const R& record) {
  ByteWriter out;
  out.Reserve(1 + EncodedSize(record));
  out.U8(R::kVersion);
  Encoder(out).Write(record);
  return out.Take();
}

/// kCorruption where the bytes are not exactly one value of this version.
template <Record R>
Result<R> DecodeValue(ByteView bytes) {
  ByteReader in(bytes);
  R record;
  if (in.U8() != R::kVersion) {
    return Error{.code = Code::kCorruption, .message = "record of an unknown version"};
  }
  Decoder decoder(in);
  decoder.Read(record);
  if (!decoder.AtEnd()) {
    return Error{.code = Code::kCorruption,
                 .message = "record damaged before offset " + std::to_string(in.offset())};
  }
  return record;
}

template <Record R>
Result<typename R::Key> DecodeKey(ByteView bytes) {
  ByteReader in(bytes);
  typename R::Key key;
  const bool ours = in.U8() == static_cast<std::uint8_t>(R::kTable);
  Decoder decoder(in);
  decoder.Read(key);
  if (!ours || !decoder.AtEnd()) {
    return Error{.code = Code::kCorruption, .message = "key of another table or length"};
  }
  return key;
}

}  // namespace aval::ledger
