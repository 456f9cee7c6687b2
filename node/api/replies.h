#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "consensus/core/configuration.h"
#include "net/http.h"

namespace aval::node::api {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kProtobuf = "application/x-protobuf";

net::HttpResponse JsonReply(int status, const boost::json::value& body);
/// {"code", "message"}, with `field` where one is to blame.
net::HttpResponse ErrorReply(int status, std::string_view code, std::string_view message,
                             std::string_view field = {});
/// The status that fits an operation's failure, with its code in lower case.
net::HttpResponse ErrorReply(const Error& error);

/// Who takes part: by number {"part": "voter", "learner" or "leaving", "incarnation",
/// "institution"}.
boost::json::object MembersView(const consensus::Configuration& configuration);

/// One query parameter as a decimal; kInvalidArgument names it.
Result<std::optional<std::uint64_t>> NumberParameter(const net::HttpRequest& request,
                                                     const std::string& name);
/// A parameter that is `true` or `false`; false when it is not there. kInvalidArgument for anything
/// else.
Result<bool> FlagParameter(const net::HttpRequest& request, const std::string& name);
/// `timeout_ms`, 1 to 60,000; 10 s where absent.
Result<std::chrono::milliseconds> TimeoutParameter(const net::HttpRequest& request);

/// The parts of a path between slashes, without empty ones at the ends.
std::vector<std::string> PathSegments(std::string_view path);

}  // namespace aval::node::api
