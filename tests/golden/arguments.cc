#include "tests/golden/arguments.h"

#include <limits>
#include <stdexcept>

namespace aval::golden {

namespace {

using ledger::arithmetic::Refusal;

std::uint32_t Narrow(std::int64_t value, Refusal outside) {
  if (value < 0 || value > std::numeric_limits<std::uint32_t>::max()) throw Refused{outside};
  return static_cast<std::uint32_t>(value);
}

ledger::Day ParseDate(const boost::json::value& value) {
  const auto day = ledger::Day::Parse(value.as_string());
  if (!day) throw std::invalid_argument(day.error().message);
  return *day;
}

}  // namespace

const boost::json::value& Arguments::At(std::string_view name) {
  const boost::json::value* const value = values_.if_contains(name);
  if (value == nullptr) throw std::invalid_argument("no argument " + std::string(name));
  read_.emplace(name);
  return *value;
}

std::int64_t Arguments::Int(std::string_view name) { return At(name).to_number<std::int64_t>(); }

std::int64_t Arguments::Int(std::string_view name, std::int64_t otherwise) {
  return Has(name) ? Int(name) : otherwise;
}

std::uint32_t Arguments::Uint(std::string_view name, Refusal outside) {
  return Narrow(Int(name), outside);
}

std::uint32_t Arguments::Uint(std::string_view name, Refusal outside, std::uint32_t otherwise) {
  return Has(name) ? Uint(name, outside) : otherwise;
}

std::string_view Arguments::Text(std::string_view name, std::string_view otherwise) {
  return Has(name) ? std::string_view(At(name).as_string()) : otherwise;
}

bool Arguments::Flag(std::string_view name) { return At(name).as_bool(); }

ledger::Day Arguments::Date(std::string_view name) { return ParseDate(At(name)); }

std::vector<std::int64_t> Arguments::Ints(std::string_view name) {
  std::vector<std::int64_t> values;
  for (const auto& value : At(name).as_array()) values.push_back(value.to_number<std::int64_t>());
  return values;
}

std::vector<std::uint32_t> Arguments::Uints(std::string_view name, Refusal outside) {
  std::vector<std::uint32_t> values;
  for (const std::int64_t value : Ints(name)) values.push_back(Narrow(value, outside));
  return values;
}

std::vector<ledger::Amount> Arguments::Amounts(std::string_view name) {
  std::vector<ledger::Amount> values;
  for (const std::int64_t value : Ints(name)) values.push_back({value});
  return values;
}

std::vector<ledger::Day> Arguments::Dates(std::string_view name) {
  std::vector<ledger::Day> days;
  for (const auto& value : At(name).as_array()) days.push_back(ParseDate(value));
  return days;
}

std::vector<std::string> Arguments::Unread() const {
  std::vector<std::string> unread;
  for (const auto& [name, value] : values_) {
    if (!read_.contains(std::string_view(name))) unread.emplace_back(name);
  }
  return unread;
}

}  // namespace aval::golden
