#include "node/api/json_view.h"

#include <limits>

#include "base/text.h"

namespace aval::node::api {
namespace {

constexpr std::string_view kInstitution = "institution:";
constexpr std::string_view kMemo = "memo";

template <class T>
bool ParseInto(std::string_view text, T& field) {
  const auto value = ParseDecimal<T>(text);
  if (value) field = *value;
  return value.has_value();
}

}  // namespace

std::string PartyText(const ledger::PartyId& party) {
  if (party == ledger::PartyId::Memo()) return std::string(kMemo);
  if (party.IsInstitution()) {
    return std::string(kInstitution) + std::to_string(party.InstitutionNumber());
  }
  return party.Hex();
}

Result<ledger::PartyId> ParseParty(std::string_view text) {
  if (text == kMemo) return ledger::PartyId::Memo();
  if (text.starts_with(kInstitution)) {
    const auto number = ParseDecimal<std::uint32_t>(text.substr(kInstitution.size()));
    if (number && *number > 0) return ledger::PartyId::Institution(*number);
    return Error{.code = Code::kInvalidArgument,
                 .message = "an institution is written 'institution:<number>'"};
  }
  AVAL_TRY(const ledger::Id id, ledger::Id::FromHex(text));
  return ledger::PartyId{.id = id};
}

boost::json::value ViewOf(bool value) { return value; }
boost::json::value ViewOf(std::uint64_t value) { return value; }
boost::json::value ViewOf(std::int64_t value) { return value; }
boost::json::value ViewOf(ledger::Amount value) { return value.minor; }
boost::json::value ViewOf(ledger::Day value) {
  if (value.number == 0) return nullptr;
  return boost::json::string(value.Text());
}
boost::json::value ViewOf(const ledger::Currency& value) {
  return boost::json::string(value.Text());
}
boost::json::value ViewOf(const ledger::Id& value) { return boost::json::string(value.Hex()); }
boost::json::value ViewOf(const ledger::PartyId& value) {
  return boost::json::string(PartyText(value));
}
boost::json::value ViewOf(const crypto::Digest& value) { return boost::json::string(value.Hex()); }
boost::json::value ViewOf(const Bytes& value) { return boost::json::string(ToHex(value)); }
boost::json::value ViewOf(const std::string& value) { return boost::json::string(value); }

bool KeyParser::Parse(std::string_view text, std::uint16_t& field) {
  return ParseInto(text, field);
}
bool KeyParser::Parse(std::string_view text, std::uint32_t& field) {
  return ParseInto(text, field);
}
bool KeyParser::Parse(std::string_view text, std::uint64_t& field) {
  return ParseInto(text, field);
}
bool KeyParser::Parse(std::string_view text, ledger::Day& field) {
  const auto day = ledger::Day::Parse(text);
  if (day) field = *day;
  return day.has_value();
}
bool KeyParser::Parse(std::string_view text, ledger::Currency& field) {
  const auto currency = ledger::Currency::Parse(text);
  if (currency) field = *currency;
  return currency.has_value();
}
bool KeyParser::Parse(std::string_view text, ledger::Id& field) {
  const auto id = ledger::Id::FromHex(text);
  if (id) field = *id;
  return id.has_value();
}
bool KeyParser::Parse(std::string_view text, ledger::PartyId& field) {
  const auto party = ParseParty(text);
  if (party) field = *party;
  return party.has_value();
}
bool KeyParser::Parse(std::string_view text, crypto::Digest& field) {
  const auto raw = FromHex(text);
  if (!raw || raw->size() != field.bytes.size()) return false;
  std::copy(raw->begin(), raw->end(), field.bytes.begin());
  return true;
}

}  // namespace aval::node::api
