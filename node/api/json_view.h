#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/record/codec.h"
#include "ledger/record/names.h"
#include "ledger/types.h"

namespace aval::node::api {

/// Records as JSON, from the same field lists that encode them: money as integers of minor units,
/// days as dates, ids in hex, institutions as "institution:7", enums by name.

std::string PartyText(const ledger::PartyId& party);
/// What PartyText writes.
Result<ledger::PartyId> ParseParty(std::string_view text);

boost::json::value ViewOf(bool value);
boost::json::value ViewOf(std::uint64_t value);
boost::json::value ViewOf(std::int64_t value);
boost::json::value ViewOf(ledger::Amount value);
boost::json::value ViewOf(ledger::Day value);  // null for "none".
boost::json::value ViewOf(const ledger::Currency& value);
boost::json::value ViewOf(const ledger::Id& value);
boost::json::value ViewOf(const ledger::PartyId& value);
boost::json::value ViewOf(const crypto::Digest& value);
boost::json::value ViewOf(const Bytes& value);
boost::json::value ViewOf(const std::string& value);
inline boost::json::value ViewOf(std::uint8_t value) { return ViewOf(std::uint64_t{value}); }
inline boost::json::value ViewOf(std::uint16_t value) { return ViewOf(std::uint64_t{value}); }
inline boost::json::value ViewOf(std::uint32_t value) { return ViewOf(std::uint64_t{value}); }
inline boost::json::value ViewOf(std::int32_t value) { return ViewOf(std::int64_t{value}); }
template <class T>
  requires std::is_enum_v<T>
boost::json::value ViewOf(T value) {
  return ViewOf(std::string(ledger::NameOf(value)));
}
template <ledger::HasFields T>
boost::json::object ViewOfFields(const T& record);
template <ledger::HasFields T>
boost::json::value ViewOf(const T& record) {
  return ViewOfFields(record);
}
template <class T>
boost::json::value ViewOf(const std::vector<T>& values) {
  boost::json::array items;
  for (const T& value : values) items.push_back(ViewOf(value));
  return items;
}

template <ledger::HasFields T>
boost::json::object ViewOfFields(const T& record) {
  boost::json::object object;
  T::Fields(record, [&object](std::string_view name, const auto& value) {
    object.emplace(name, ViewOf(value));
  });
  return object;
}

/// Reads the fields of a key from path segments, in order; every segment used, or
/// kInvalidArgument names the field.
class KeyParser {
 public:
  explicit KeyParser(std::vector<std::string> segments) : segments_(std::move(segments)) {}

  template <class T>
  void operator()(std::string_view name, T& field) {
    if (error_) return;
    if (next_ >= segments_.size()) {
      error_ = Error{.code = Code::kInvalidArgument,
                     .message = "the key lacks its part '" + std::string(name) + "'"};
      return;
    }
    if (!Parse(segments_[next_++], field)) {
      error_ = Error{.code = Code::kInvalidArgument,
                     .message = "the key's part '" + std::string(name) + "' is malformed"};
    }
  }

  Result<void> Finish() const {
    if (error_) return *error_;
    if (next_ != segments_.size()) {
      return Error{.code = Code::kInvalidArgument, .message = "the key has too many parts"};
    }
    return {};
  }

 private:
  static bool Parse(std::string_view text, std::uint16_t& field);
  static bool Parse(std::string_view text, std::uint32_t& field);
  static bool Parse(std::string_view text, std::uint64_t& field);
  static bool Parse(std::string_view text, ledger::Day& field);
  static bool Parse(std::string_view text, ledger::Currency& field);
  static bool Parse(std::string_view text, ledger::Id& field);
  static bool Parse(std::string_view text, ledger::PartyId& field);
  static bool Parse(std::string_view text, crypto::Digest& field);
  template <class T>
    requires std::is_enum_v<T>
  static bool Parse(std::string_view text, T& field) {
    std::uint16_t number = 0;
    if (!Parse(text, number) || number > 0xff) return false;
    field = static_cast<T>(number);
    return true;
  }

  std::vector<std::string> segments_;
  std::size_t next_ = 0;
  std::optional<Error> error_;
};

}  // namespace aval::node::api
