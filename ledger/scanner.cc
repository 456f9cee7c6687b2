#include "ledger/scanner.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace aval::ledger {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kLengthDelimited = 2;

// Where the scan stands in the message: the way back to the outermost field.
struct Place {
  const Place* outer = nullptr;
  const FieldDescriptor* field = nullptr;
  std::size_t index = 0;  // Of a repeated field.

  std::string Text() const {
    std::string text = outer == nullptr ? "" : outer->Text() + ".";
    text += field->name();
    if (field->is_repeated()) text += "[" + std::to_string(index) + "]";
    return text;
  }
};

class Scanner {
 public:
  explicit Scanner(ByteView bytes) : bytes_(bytes) {}

  /// The message from here to `end`, which is the value at `outer`.
  Result<void> Message(const Descriptor& type, std::size_t end, const Place* outer, int depth);

 private:
  Result<const FieldDescriptor*> Tag(const Descriptor& type, std::size_t end, const Place* outer);
  Result<void> Field(std::size_t end, const Place& place, int depth);
  Result<void> Packed(std::size_t end, const Place& place);
  Result<void> Number(std::size_t end, const Place& place);
  Result<std::uint64_t> Varint(std::size_t end, const Place* place);
  Result<std::size_t> Length(std::size_t end, const Place& place);

  static Error Wrong(const Place* place, std::size_t offset, std::string_view what) {
    const std::string field = place == nullptr ? "" : "field " + place->Text() + ", ";
    return {.code = Code::kInvalidArgument,
            .message = field + "offset " + std::to_string(offset) + ": " + std::string(what)};
  }

  ByteView bytes_;
  std::size_t at_ = 0;
};

bool IsNumber(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_BOOL:
    case FieldDescriptor::TYPE_ENUM:
      return true;
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return false;
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED32:
    case FieldDescriptor::TYPE_SFIXED64:
    case FieldDescriptor::TYPE_GROUP:
      break;
  }
  AVAL_UNREACHABLE("a type that acts do not use");
}

// Whether a varint is what protobuf writes for a value of the field's type; negative int32 and
// enums are written as 64 bits.
bool Fits(const FieldDescriptor& field, std::uint64_t raw) {
  const auto value = static_cast<std::int64_t>(raw);
  const bool int32 = value >= INT32_MIN && value <= INT32_MAX;
  const FieldDescriptor::Type type = field.type();
  if (type == FieldDescriptor::TYPE_BOOL) return raw <= 1;
  if (type == FieldDescriptor::TYPE_UINT32 || type == FieldDescriptor::TYPE_SINT32) {
    return raw <= UINT32_MAX;
  }
  if (type == FieldDescriptor::TYPE_INT32) return int32;
  if (type == FieldDescriptor::TYPE_ENUM) {
    return int32 && field.enum_type()->FindValueByNumber(static_cast<int>(value)) != nullptr;
  }
  return true;  // 64 bits.
}

Result<void> Scanner::Message(const Descriptor& type, std::size_t end, const Place* outer,
                              int depth) {
  if (depth > kScanDepthMax) return Wrong(outer, at_, "nested too deep");
  Place place{.outer = outer};
  std::vector<const OneofDescriptor*> chosen;
  while (at_ < end) {
    const std::size_t start = at_;
    AVAL_TRY(const FieldDescriptor* const field, Tag(type, end, outer));
    const FieldDescriptor* const before = place.field;
    const bool again = field == before;
    place.index = again ? place.index + 1 : 0;
    place.field = field;
    if (before != nullptr && field->number() < before->number()) {
      return Wrong(&place, start, "comes after " + before->name() + ", out of order");
    }
    if (again && (!field->is_repeated() || field->is_packed())) {
      return Wrong(&place, start, "comes twice");
    }
    if (const OneofDescriptor* oneof = field->real_containing_oneof(); oneof != nullptr) {
      if (std::find(chosen.begin(), chosen.end(), oneof) != chosen.end()) {
        return Wrong(&place, start, "is a second member of " + oneof->name());
      }
      chosen.push_back(oneof);
    }
    AVAL_CHECK(Field(end, place, depth));
  }
  return {};
}

Result<const FieldDescriptor*> Scanner::Tag(const Descriptor& type, std::size_t end,
                                            const Place* outer) {
  const std::size_t start = at_;
  AVAL_TRY(const std::uint64_t tag, Varint(end, outer));
  const std::uint64_t number = tag >> 3U;
  const FieldDescriptor* const field = number <= FieldDescriptor::kMaxNumber
                                           ? type.FindFieldByNumber(static_cast<int>(number))
                                           : nullptr;
  if (field == nullptr) return Wrong(outer, start, "unknown field " + std::to_string(number));
  AVAL_ASSERT(!field->is_map());
  const bool packed = field->is_packed();
  const std::uint64_t expected = IsNumber(*field) && !packed ? kVarint : kLengthDelimited;
  const Place place{.outer = outer, .field = field};
  if ((tag & 7U) != expected) return Wrong(&place, start, "wrong wire type");
  return field;
}

Result<void> Scanner::Field(std::size_t end, const Place& place, int depth) {
  const FieldDescriptor& field = *place.field;
  if (field.is_packed()) return Packed(end, place);
  if (IsNumber(field)) return Number(end, place);
  const std::size_t start = at_;
  AVAL_TRY(const std::size_t length, Length(end, place));
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    return Message(*field.message_type(), at_ + length, &place, depth + 1);
  }
  if (length == 0 && !field.is_repeated() && !field.has_presence()) {
    return Wrong(&place, start, "is empty and yet written");
  }
  const std::string_view text = AsText(bytes_.subspan(at_, length));
  if (field.type() == FieldDescriptor::TYPE_STRING && !IsUtf8(text)) {
    return Wrong(&place, at_, "is not UTF-8");
  }
  at_ += length;
  return {};
}

Result<void> Scanner::Packed(std::size_t end, const Place& place) {
  const std::size_t start = at_;
  AVAL_TRY(const std::size_t length, Length(end, place));
  if (length == 0) return Wrong(&place, start, "is empty and yet written");
  const std::size_t stop = at_ + length;
  for (Place item = place; at_ < stop; ++item.index) AVAL_CHECK(Number(stop, item));
  return {};
}

Result<void> Scanner::Number(std::size_t end, const Place& place) {
  const FieldDescriptor& field = *place.field;
  const std::size_t start = at_;
  AVAL_TRY(const std::uint64_t raw, Varint(end, &place));
  if (raw == 0 && !field.is_repeated() && !field.has_presence()) {
    return Wrong(&place, start, "is zero and yet written");
  }
  if (!Fits(field, raw)) return Wrong(&place, start, "has a value that its type does not have");
  return {};
}

Result<std::uint64_t> Scanner::Varint(std::size_t end, const Place* place) {
  const std::size_t start = at_;
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (at_ >= end) return Wrong(place, start, "ends within a number");
    const std::uint8_t byte = bytes_[at_++];
    if (byte == 0 && shift > 0) return Wrong(place, start, "number is not minimal");
    if (shift == 63 && byte > 1) return Wrong(place, start, "number has more than 64 bits");
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if (byte < 0x80) return value;
  }
  AVAL_UNREACHABLE("the tenth byte ends every number");
}

Result<std::size_t> Scanner::Length(std::size_t end, const Place& place) {
  const std::size_t start = at_;
  AVAL_TRY(const std::uint64_t length, Varint(end, &place));
  if (length > end - at_) return Wrong(&place, start, "ends beyond the message");
  return static_cast<std::size_t>(length);
}

}  // namespace

Result<void> ScanStrict(const Descriptor& type, ByteView bytes, std::size_t bytes_max) {
  if (bytes.size() > bytes_max) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "more than " + std::to_string(bytes_max) + " bytes"};
  }
  return Scanner(bytes).Message(type, bytes.size(), nullptr, 1);
}

}  // namespace aval::ledger
