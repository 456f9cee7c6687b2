#pragma once

#include <cstdint>
#include <string_view>

namespace aval::cli::story {

/// What the chart of accounts calls a code (domain.md 2.2): "loan principal"; "account" for a code
/// that it does not have.
std::string_view AccountName(std::uint64_t code);

}  // namespace aval::cli::story
