#include "cli/story/words.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"

namespace aval::cli::story {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::size_t kCountDigits = 6;
constexpr std::size_t kShareDecimals = 4;
constexpr std::uint32_t kNumberMax = 60;  // Instalments of one loan.

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t DigitsAt(std::string_view text) {
  const auto* const end = std::ranges::find_if_not(text, IsDigit);
  return static_cast<std::size_t>(end - text.begin());
}

// A number written out, without leading zeros, at most `most` digits.
template <class T>
std::optional<Read<T>> ReadDigits(std::string_view text, std::size_t most) {
  const std::size_t length = DigitsAt(text);
  if (length == 0 || length > most) return std::nullopt;
  const auto value = ParseDecimal<T>(text.substr(0, length));
  if (!value) return std::nullopt;
  return Read<T>{.value = *value, .length = length};
}

// "1,000": groups of three apart from the first; the digits alone.
std::optional<Read<std::string>> ReadGroups(std::string_view text) {
  const std::size_t first = DigitsAt(text);
  if (first == 0 || first > 3 || (first > 1 && text.front() == '0')) return std::nullopt;
  Read<std::string> read{.value = std::string(text.substr(0, first)), .length = first};
  while (text.substr(read.length).starts_with(',') && DigitsAt(text.substr(read.length + 1)) == 3) {
    read.value += text.substr(read.length + 1, 3);
    read.length += 4;
  }
  return read;
}

// Values apart by ", " and, before the last, " and ".
template <class T, class ReadOne>
std::optional<Read<std::vector<T>>> ReadList(std::string_view text, ReadOne one) {
  Read<std::vector<T>> read;
  std::size_t at = 0;
  while (true) {
    const auto next = one(text.substr(at));
    if (!next || (!read.value.empty() && next->value <= read.value.back())) break;
    read.value.push_back(next->value);
    read.length = at + next->length;
    const std::string_view rest = text.substr(read.length);
    if (rest.starts_with(", ")) {
      at = read.length + 2;
    } else if (rest.starts_with(" and ")) {
      at = read.length + 5;
    } else {
      break;
    }
  }
  if (read.value.empty()) return std::nullopt;
  return read;
}

}  // namespace

std::optional<Read<ledger::Amount>> ReadAmount(std::string_view text) {
  const auto groups = ReadGroups(text);
  if (!groups || groups->value.size() > 15) return std::nullopt;
  const std::string_view rest = text.substr(groups->length);
  if (!rest.starts_with('.') || DigitsAt(rest.substr(1)) != 2) return std::nullopt;
  const auto whole = ParseDecimal<std::int64_t>(groups->value);
  if (!whole) return std::nullopt;
  const std::int64_t cents = (rest[1] - '0') * 10 + (rest[2] - '0');
  return Read<ledger::Amount>{.value = {*whole * 100 + cents}, .length = groups->length + 3};
}

std::string AmountText(std::int64_t minor) {
  const bool negative = minor < 0;
  // The magnitude, whatever the value.
  const std::uint64_t size =
      negative ? ~static_cast<std::uint64_t>(minor) + 1 : static_cast<std::uint64_t>(minor);
  std::string text = std::to_string(size / 100);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  const std::string cents = std::to_string(size % 100);
  return (negative ? "-" : "") + text + (cents.size() == 1 ? ".0" : ".") + cents;
}

std::optional<Read<ledger::Day>> ReadDate(std::string_view text) {
  const auto day = ReadDigits<std::uint32_t>(text, 2);
  if (!day || !text.substr(day->length).starts_with(' ')) return std::nullopt;
  const std::string_view rest = text.substr(day->length + 1);
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (!rest.starts_with(kMonths[i]) || !rest.substr(kMonths[i].size()).starts_with(' ')) continue;
    const auto year = ReadDigits<std::int32_t>(rest.substr(kMonths[i].size() + 1), 4);
    if (!year || year->value < 1970) return std::nullopt;
    const auto date =
        ledger::Day::FromDate(year->value, static_cast<std::uint32_t>(i + 1), day->value);
    if (!date) return std::nullopt;
    return Read<ledger::Day>{.value = *date,
                             .length = day->length + kMonths[i].size() + year->length + 2};
  }
  return std::nullopt;
}

std::string DateText(ledger::Day day) {
  const ledger::CivilDate date = day.Date();
  return std::to_string(date.day) + " " + std::string(kMonths[date.month - 1]) + " " +
         std::to_string(date.year);
}

std::optional<Read<std::uint32_t>> ReadPercent(std::string_view text) {
  const auto whole = ReadDigits<std::uint32_t>(text, 3);
  if (!whole) return std::nullopt;
  std::uint32_t ppm = whole->value * 10'000;
  std::size_t length = whole->length;
  if (text.substr(length).starts_with('.')) {
    const std::size_t decimals = DigitsAt(text.substr(length + 1));
    if (decimals == 0 || decimals > kShareDecimals) return std::nullopt;
    std::uint32_t unit = 1'000;
    for (std::size_t i = 0; i < decimals; ++i, unit /= 10) {
      ppm += static_cast<std::uint32_t>(text[length + 1 + i] - '0') * unit;
    }
    length += decimals + 1;
  }
  if (!text.substr(length).starts_with(" %")) return std::nullopt;
  return Read<std::uint32_t>{.value = ppm, .length = length + 2};
}

std::string PercentText(std::uint32_t ppm) {
  std::string text = std::to_string(ppm / 10'000);
  std::string decimals = std::to_string(10'000 + ppm % 10'000).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  if (!decimals.empty()) text += "." + decimals;
  return text + " %";
}

std::optional<Read<std::uint32_t>> ReadCount(std::string_view text) {
  return ReadDigits<std::uint32_t>(text, kCountDigits);
}

std::optional<Read<std::vector<std::uint32_t>>> ReadNumbers(std::string_view text) {
  const auto first = ReadCount(text);
  if (!first || first->value == 0) return std::nullopt;
  const std::string_view rest = text.substr(first->length);
  if (rest.starts_with(" to ")) {
    const auto last = ReadCount(rest.substr(4));
    if (last && last->value > first->value && last->value <= kNumberMax) {
      Read<std::vector<std::uint32_t>> read{.length = first->length + 4 + last->length};
      for (std::uint32_t k = first->value; k <= last->value; ++k) read.value.push_back(k);
      return read;
    }
  }
  return ReadList<std::uint32_t>(text, ReadCount);
}

std::optional<Read<std::vector<ledger::Day>>> ReadDates(std::string_view text) {
  return ReadList<ledger::Day>(text, ReadDate);
}

}  // namespace aval::cli::story
