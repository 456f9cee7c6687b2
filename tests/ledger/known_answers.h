#pragma once

#include <string>
#include <string_view>

namespace aval::ledger {

/// A top-level text member of tests/data/golden/formats_kat.json; stops the test run when absent.
std::string KnownAnswer(std::string_view name);

}  // namespace aval::ledger
