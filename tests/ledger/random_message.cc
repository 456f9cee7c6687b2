#include "tests/ledger/random_message.h"

#include <google/protobuf/descriptor.h>
#include <rapidcheck.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/assert.h"

namespace aval::ledger {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool Coin() { return *rc::gen::arbitrary<bool>(); }

// Small, or any, or an edge: the widths of varints matter, not the values.
template <class T>
T Number() {
  return *rc::gen::oneOf(
      rc::gen::inRange<T>(0, 200), rc::gen::arbitrary<T>(),
      rc::gen::element<T>(0, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

std::string Text() {
  std::string text;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    text += *rc::gen::element<std::string>("a", "\x7f", "\u00e9", "\u2014", "\U0001F600");
  }
  return text;
}

void FillOne(Message& message, const FieldDescriptor& field, int depth) {
  const Reflection& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  const auto put = [&](auto set, auto add, const auto& value) {
    many ? (reflection.*add)(&message, &field, value) : (reflection.*set)(&message, &field, value);
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(&Reflection::SetInt32, &Reflection::AddInt32, Number<std::int32_t>());
    case FieldDescriptor::CPPTYPE_INT64:
      return put(&Reflection::SetInt64, &Reflection::AddInt64, Number<std::int64_t>());
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(&Reflection::SetUInt32, &Reflection::AddUInt32, Number<std::uint32_t>());
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(&Reflection::SetUInt64, &Reflection::AddUInt64, Number<std::uint64_t>());
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(&Reflection::SetBool, &Reflection::AddBool, Coin());
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int at = *rc::gen::inRange(0, field.enum_type()->value_count());
      return put(&Reflection::SetEnum, &Reflection::AddEnum, field.enum_type()->value(at));
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string value = Text();
      many ? reflection.AddString(&message, &field, value)
           : reflection.SetString(&message, &field, value);
      return;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth == 0) return;
      return FillRandomly(*(many ? reflection.AddMessage(&message, &field)
                                 : reflection.MutableMessage(&message, &field)),
                          depth - 1);
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;
  }
  AVAL_UNREACHABLE("a type that acts do not use");
}

}  // namespace

void FillRandomly(Message& message, int depth) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (!Coin()) continue;
    const int count = type.field(i)->is_repeated() ? *rc::gen::inRange(1, 4) : 1;
    for (int n = 0; n < count; ++n) FillOne(message, *type.field(i), depth);
  }
}

bool HasUnnamedEnum(const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        const int value = field->is_repeated() ? reflection.GetRepeatedEnumValue(message, field, i)
                                               : reflection.GetEnumValue(message, field);
        if (field->enum_type()->FindValueByNumber(value) == nullptr) return true;
      }
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      if (HasUnnamedEnum(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                              : reflection.GetMessage(message, field))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace aval::ledger
