#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aval::ledger {

/// Money in minor units of a currency that stands beside it.
struct Amount {
  std::int64_t minor = 0;
  friend auto operator<=>(const Amount&, const Amount&) = default;
};

/// A date of the Gregorian calendar; months and days from 1.
struct CivilDate {
  std::int32_t year = 1970;
  std::uint32_t month = 1;
  std::uint32_t day = 1;
  friend bool operator==(const CivilDate&, const CivilDate&) = default;
};

/// Days since 1970-01-01, proleptic Gregorian. The ledger has none before that day; 0 is "none"
/// where a field says so.
struct Day {
  std::int32_t number = 0;
  friend auto operator<=>(const Day&, const Day&) = default;

  static std::optional<Day> FromDate(std::int32_t year, std::uint32_t month, std::uint32_t day);
  /// "YYYY-MM-DD" of a real date, nothing else.
  static Result<Day> Parse(std::string_view text);
  CivilDate Date() const;
  std::string Text() const;
  Day Plus(std::int64_t days) const { return {static_cast<std::int32_t>(number + days)}; }
};

/// ISO 4217 code: three capitals.
class Currency {
 public:
  Currency() = default;
  static std::optional<Currency> Parse(std::string_view text);
  std::string_view Text() const { return {text_.data(), text_.size()}; }
  friend auto operator<=>(const Currency&, const Currency&) = default;

 private:
  std::array<char, 3> text_{'X', 'X', 'X'};  // ISO 4217: no currency.
};

/// 16 random bytes, chosen by the author of what they name.
struct Id {
  std::array<std::uint8_t, 16> bytes{};
  friend auto operator<=>(const Id&, const Id&) = default;

  std::string Hex() const;
  static Result<Id> FromHex(std::string_view text);
};

/// A party: an institution is twelve zero bytes and its number, big-endian (number 0 owns the memo
/// accounts); a participant or supplier is a random id whose first twelve bytes are not all zero.
struct PartyId {
  Id id;
  friend auto operator<=>(const PartyId&, const PartyId&) = default;

  static PartyId Institution(std::uint32_t number);
  static constexpr PartyId Memo() { return {}; }
  bool IsInstitution() const;
  /// The number; only for an institution.
  std::uint32_t InstitutionNumber() const;
  std::string Hex() const { return id.Hex(); }
};

}  // namespace aval::ledger
