#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aval::cli {

/// Members of a JSON object that a node has sent, checked. One that is absent or of another type is
/// kCorruption, which names it: what a node answers is never taken on trust.
Result<const boost::json::value*> JsonMember(const boost::json::value& object,
                                             std::string_view name);
Result<const boost::json::array*> JsonList(const boost::json::value& object, std::string_view name);
Result<std::string> JsonText(const boost::json::value& object, std::string_view name);
Result<bool> JsonFlag(const boost::json::value& object, std::string_view name);
Result<std::int64_t> JsonInteger(const boost::json::value& object, std::string_view name);
/// A number that is not negative.
Result<std::uint64_t> JsonCount(const boost::json::value& object, std::string_view name);

/// JSON for people: indented by two spaces.
std::string PrettyJson(const boost::json::value& value);

}  // namespace aval::cli
