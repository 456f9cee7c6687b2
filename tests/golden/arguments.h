#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/arithmetic/computed.h"
#include "ledger/types.h"

namespace aval::golden {

/// Thrown where an argument is outside the type that our function takes: the answer of the case.
struct Refused {
  ledger::arithmetic::Refusal refusal;
};

/// The arguments of one case by name. A missing or ill-typed one throws std::exception.
class Arguments {
 public:
  explicit Arguments(const boost::json::object& values) : values_(values) {}

  bool Has(std::string_view name) const { return values_.contains(name); }
  const boost::json::value& At(std::string_view name);

  std::int64_t Int(std::string_view name);
  std::int64_t Int(std::string_view name, std::int64_t otherwise);
  ledger::Amount Money(std::string_view name) { return {Int(name)}; }
  ledger::Amount Money(std::string_view name, std::int64_t otherwise) {
    return {Int(name, otherwise)};
  }
  /// A number of 32 bits; another one is refused with `outside`.
  std::uint32_t Uint(std::string_view name, ledger::arithmetic::Refusal outside);
  std::uint32_t Uint(std::string_view name, ledger::arithmetic::Refusal outside,
                     std::uint32_t otherwise);
  std::string_view Text(std::string_view name, std::string_view otherwise);
  bool Flag(std::string_view name);
  ledger::Day Date(std::string_view name);

  std::vector<std::int64_t> Ints(std::string_view name);
  std::vector<std::uint32_t> Uints(std::string_view name, ledger::arithmetic::Refusal outside);
  std::vector<ledger::Amount> Amounts(std::string_view name);
  std::vector<ledger::Day> Dates(std::string_view name);

  /// Names that nobody asked for: the case means something that its operation here does not.
  std::vector<std::string> Unread() const;

 private:
  const boost::json::object& values_;
  std::set<std::string, std::less<>> read_;
};

}  // namespace aval::golden
