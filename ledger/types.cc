#include "ledger/types.h"

#include <algorithm>
#include <cstdio>

#include "base/assert.h"
#include "base/bytes.h"

namespace aval::ledger {

namespace {

bool IsLeap(std::int32_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

std::uint32_t DaysInMonth(std::int32_t year, std::uint32_t month) {
  constexpr std::array<std::uint32_t, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[month - 1];
}

// Days from civil and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". Years
// begin in March, so that the leap day is the last of its year.
std::int32_t FromCivil(std::int32_t year, std::uint32_t month, std::uint32_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int32_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<std::uint32_t>(year - era * 400);
  const std::uint32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::uint32_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + static_cast<std::int32_t>(day_of_era) - 719'468;
}

std::optional<std::uint32_t> Digits(std::string_view text) {
  std::uint32_t value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(digit - '0');
  }
  return value;
}

}  // namespace

std::optional<Day> Day::FromDate(std::int32_t year, std::uint32_t month, std::uint32_t day) {
  if (year < 1970 || year > 9999 || month < 1 || month > 12) return std::nullopt;
  if (day < 1 || day > DaysInMonth(year, month)) return std::nullopt;
  return Day{FromCivil(year, month, day)};
}

Result<Day> Day::Parse(std::string_view text) {
  const Error wrong{
      .code = Code::kInvalidArgument,
      .message = "not a date YYYY-MM-DD: \"" + std::string(text.substr(0, 20)) + "\""};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return wrong;
  const auto year = Digits(text.substr(0, 4));
  const auto month = Digits(text.substr(5, 2));
  const auto day = Digits(text.substr(8, 2));
  if (!year || !month || !day) return wrong;
  const auto parsed = FromDate(static_cast<std::int32_t>(*year), *month, *day);
  if (!parsed) return wrong;
  return *parsed;
}

CivilDate Day::Date() const {
  const std::int32_t shifted = number + 719'468;
  const std::int32_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const auto day_of_era = static_cast<std::uint32_t>(shifted - era * 146'097);
  const std::uint32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::uint32_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint32_t shifted_month = (5 * day_of_year + 2) / 153;
  const std::uint32_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {.year = static_cast<std::int32_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0),
          .month = month,
          .day = day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

std::string Day::Text() const {
  const CivilDate date = Date();
  std::array<char, 32> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", date.year, date.month, date.day);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<Currency> Currency::Parse(std::string_view text) {
  Currency currency;
  if (text.size() != currency.text_.size()) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return std::nullopt;
  }
  std::copy(text.begin(), text.end(), currency.text_.begin());
  return currency;
}

std::string Id::Hex() const { return ToHex(bytes); }

Result<Id> Id::FromHex(std::string_view text) {
  AVAL_TRY(const Bytes raw, aval::FromHex(text));
  Id id;
  if (raw.size() != id.bytes.size()) {
    return Error{.code = Code::kInvalidArgument, .message = "an id has 32 hex digits"};
  }
  std::copy(raw.begin(), raw.end(), id.bytes.begin());
  return id;
}

PartyId PartyId::Institution(std::uint32_t number) {
  PartyId party;
  for (std::size_t i = 0; i < 4; ++i) {
    party.id.bytes[12 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  }
  return party;
}

bool PartyId::IsInstitution() const {
  return std::all_of(id.bytes.begin(), id.bytes.begin() + 12, [](auto byte) { return byte == 0; });
}

std::uint32_t PartyId::InstitutionNumber() const {
  AVAL_ASSERT(IsInstitution());
  std::uint32_t number = 0;
  for (std::size_t i = 12; i < 16; ++i) number = (number << 8U) | id.bytes[i];
  return number;
}

}  // namespace aval::ledger
