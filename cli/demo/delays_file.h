#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aval::cli::demo {

/// How one client of a credit card paid in six months: a row of "default of credit card clients"
/// (UCI data set 350; Yeh and Lien 2009), Taiwan, April to September 2005. Who the client is, the
/// file's other columns, is not looked at.
struct ClientMonths {
  struct Month {
    std::int32_t status = 0;  // -2 to 9; above 0: so many months late.
    std::int64_t billed = 0;  // New Taiwan dollars; negative where the client had credit.
    std::int64_t paid = 0;    // In that month; not negative.
  };
  std::array<Month, 6> months;  // The oldest first: PAY_6 to PAY_2, then PAY_0.
  bool defaults = false;        // Did not pay in the month after.
};

/// The clients of a file, at least one and at most a million, in file order; plain or packed with
/// zstd. The header is the data set's: ID to Default, 25 columns. Errors name file, line and
/// column.
Result<std::vector<ClientMonths>> ReadDelays(const std::filesystem::path& path);
/// The same from text; `name` is what errors call it.
Result<std::vector<ClientMonths>> ParseDelays(std::string_view text, const std::string& name);

}  // namespace aval::cli::demo
