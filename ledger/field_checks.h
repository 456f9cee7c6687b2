#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/proto/acts.pb.h"

namespace aval::ledger::field {

/// What shape.cc and genesis_check.cc ask of single fields. `name` is the field's path in its
/// message, which every error (kInvalidArgument) begins with.

Error Wrong(const std::string& name, const std::string& what);
/// "keys[2]".
std::string Item(const std::string& name, int index);

Result<void> Length(const std::string& name, const std::string& value, std::size_t length);
Result<void> Id(const std::string& name, const std::string& value);
Result<void> Digest(const std::string& name, const std::string& value);
/// An id that is not all zero.
Result<void> Party(const std::string& name, const std::string& value);
/// 32 bytes; whether they are a point is for whoever registers the key.
Result<void> Key(const std::string& name, const act::v1::PublicKey& key);

inline constexpr std::uint32_t kDayNumberMax = 2'932'896;  // 9999-12-31.
/// 1970-01-02 to 9999-12-31; 0 is no day.
Result<void> DayNumber(const std::string& name, std::uint32_t value);
Result<void> CurrencyCode(const std::string& name, const std::string& value);

Result<void> Range(const std::string& name, std::int64_t value, std::int64_t least,
                   std::int64_t most);
Result<void> Count(const std::string& name, int count, int least, int most);

}  // namespace aval::ledger::field
