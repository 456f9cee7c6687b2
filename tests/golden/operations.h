#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string_view>

#include "tests/golden/arguments.h"

namespace aval::golden {

/// What our arithmetic answers to an operation of golden.json, in the form of a case's `expect`:
/// {"ok": value} or {"error": code}. Nothing for an operation that we do not have; throws
/// std::exception when the arguments are not those of the operation.
std::optional<boost::json::object> Answer(std::string_view operation, Arguments& arguments);

}  // namespace aval::golden
