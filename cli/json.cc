#include "cli/json.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace aval::cli {
namespace {

Error Unexpected(std::string_view name, std::string_view what) {
  return {.code = Code::kCorruption,
          .message = "the node's answer: " + std::string(name) + " is not " + std::string(what)};
}

// In the integer type `T`; a number with a fraction has none.
template <class T>
Result<T> JsonNumber(const boost::json::value& object, std::string_view name,
                     std::string_view what) {
  AVAL_TRY(const boost::json::value* member, JsonMember(object, name));
  boost::system::error_code failed;
  const T number = member->is_number() ? member->to_number<T>(failed) : T{};
  if (!member->is_number() || failed) return Unexpected(name, what);
  return number;
}

void AppendPretty(const boost::json::value& value, const std::string& indent, std::string& out) {
  const std::string inner = indent + "  ";
  if (value.is_object() && !value.as_object().empty()) {
    out += "{";
    const char* separator = "\n";
    for (const auto& [name, member] : value.as_object()) {
      out += separator + inner + boost::json::serialize(boost::json::string(name)) + ": ";
      AppendPretty(member, inner, out);
      separator = ",\n";
    }
    out += "\n" + indent + "}";
  } else if (value.is_array() && !value.as_array().empty()) {
    out += "[";
    const char* separator = "\n";
    for (const boost::json::value& item : value.as_array()) {
      out += separator + inner;
      AppendPretty(item, inner, out);
      separator = ",\n";
    }
    out += "\n" + indent + "]";
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

Result<const boost::json::value*> JsonMember(const boost::json::value& object,
                                             std::string_view name) {
  const boost::json::value* member =
      object.is_object() ? object.as_object().if_contains(name) : nullptr;
  if (member == nullptr) return Unexpected(name, "there");
  return member;
}

Result<const boost::json::array*> JsonList(const boost::json::value& object,
                                           std::string_view name) {
  AVAL_TRY(const boost::json::value* member, JsonMember(object, name));
  if (!member->is_array()) return Unexpected(name, "a list");
  return &member->get_array();
}

Result<std::string> JsonText(const boost::json::value& object, std::string_view name) {
  AVAL_TRY(const boost::json::value* member, JsonMember(object, name));
  if (!member->is_string()) return Unexpected(name, "a text");
  return std::string(member->get_string());
}

Result<bool> JsonFlag(const boost::json::value& object, std::string_view name) {
  AVAL_TRY(const boost::json::value* member, JsonMember(object, name));
  if (!member->is_bool()) return Unexpected(name, "true or false");
  return member->get_bool();
}

Result<std::int64_t> JsonInteger(const boost::json::value& object, std::string_view name) {
  return JsonNumber<std::int64_t>(object, name, "a whole number");
}

Result<std::uint64_t> JsonCount(const boost::json::value& object, std::string_view name) {
  return JsonNumber<std::uint64_t>(object, name, "a whole number from 0");
}

std::string PrettyJson(const boost::json::value& value) {
  std::string out;
  AppendPretty(value, "", out);
  return out;
}

}  // namespace aval::cli
