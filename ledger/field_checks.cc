#include "ledger/field_checks.h"

#include <algorithm>

#include "ledger/types.h"

namespace aval::ledger::field {

Error Wrong(const std::string& name, const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = "field " + name + ": " + what};
}

std::string Item(const std::string& name, int index) {
  return name + "[" + std::to_string(index) + "]";
}

Result<void> Length(const std::string& name, const std::string& value, std::size_t length) {
  if (value.size() == length) return {};
  return Wrong(name, std::to_string(value.size()) + " bytes instead of " + std::to_string(length));
}

Result<void> Id(const std::string& name, const std::string& value) {
  return Length(name, value, 16);
}

Result<void> Digest(const std::string& name, const std::string& value) {
  return Length(name, value, 32);
}

Result<void> Party(const std::string& name, const std::string& value) {
  AVAL_CHECK(Id(name, value));
  const bool nobody = std::all_of(value.begin(), value.end(), [](char byte) { return byte == 0; });
  if (nobody) return Wrong(name, "names nobody");
  return {};
}

Result<void> Key(const std::string& name, const act::v1::PublicKey& key) {
  return Length(name + ".ed25519", key.ed25519(), 32);
}

Result<void> DayNumber(const std::string& name, std::uint32_t value) {
  if (value >= 1 && value <= kDayNumberMax) return {};
  return Wrong(name, std::to_string(value) + " is no day from 1970-01-02 to 9999-12-31");
}

Result<void> CurrencyCode(const std::string& name, const std::string& value) {
  if (Currency::Parse(value)) return {};
  return Wrong(name, "is not three capital letters");
}

Result<void> Range(const std::string& name, std::int64_t value, std::int64_t least,
                   std::int64_t most) {
  if (value >= least && value <= most) return {};
  return Wrong(name, std::to_string(value) + " is not from " + std::to_string(least) + " to " +
                         std::to_string(most));
}

Result<void> Count(const std::string& name, int count, int least, int most) {
  if (count >= least && count <= most) return {};
  return Wrong(name, std::to_string(count) + " of them instead of " + std::to_string(least) +
                         " to " + std::to_string(most));
}

}  // namespace aval::ledger::field
