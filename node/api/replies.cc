#include "node/api/replies.h"

#include <boost/json/serialize.hpp>

#include "base/text.h"

namespace aval::node::api {
namespace {

constexpr std::chrono::milliseconds kTimeout{10'000};
constexpr std::uint64_t kTimeoutMax = 60'000;

struct ErrorForm {
  int status;
  std::string_view code;
};

ErrorForm FormOf(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return {400, "malformed"};
    case Code::kNotFound:
      return {404, "not_found"};
    case Code::kDenied:
      return {403, "denied"};
    case Code::kOverloaded:
      return {429, "overloaded"};
    case Code::kTimeout:
      return {504, "timeout"};
    case Code::kUnavailable:
    case Code::kCancelled:
      return {503, "unavailable"};
    case Code::kFull:
      return {507, "disk_full"};
    case Code::kCorruption:
    case Code::kIo:
      return {500, "internal"};
  }
  return {500, "internal"};
}

}  // namespace

net::HttpResponse JsonReply(int status, const boost::json::value& body) {
  net::HttpResponse reply;
  reply.status = status;
  reply.content_type = kJson;
  reply.body = boost::json::serialize(body) + "\n";
  return reply;
}

net::HttpResponse ErrorReply(int status, std::string_view code, std::string_view message,
                             std::string_view field) {
  // A message may repeat what the client sent, and JSON is UTF-8.
  boost::json::object body{{"code", code},
                           {"message", IsUtf8(message) ? message : "bytes that are not UTF-8"}};
  if (!field.empty()) body.emplace("field", field);
  net::HttpResponse reply = JsonReply(status, body);
  if (status == 429) reply.headers.emplace("Retry-After", "1");
  return reply;
}

net::HttpResponse ErrorReply(const Error& error) {
  // Said by ledger/log/log_reader.h of what lies before the snapshot with which the log began.
  if (error.code == Code::kNotFound && error.message.starts_with("backfilling: ")) {
    return ErrorReply(503, "backfilling", error.message);
  }
  const ErrorForm form = FormOf(error.code);
  return ErrorReply(form.status, form.code, error.message);
}

Result<std::optional<std::uint64_t>> NumberParameter(const net::HttpRequest& request,
                                                     const std::string& name) {
  const auto at = request.query.find(name);
  if (at == request.query.end()) return std::optional<std::uint64_t>{};
  const auto value = ParseDecimal<std::uint64_t>(at->second);
  if (!value) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "the parameter '" + name + "' must be a decimal number"};
  }
  return value;
}

Result<bool> FlagParameter(const net::HttpRequest& request, const std::string& name) {
  const auto at = request.query.find(name);
  if (at == request.query.end() || at->second == "false") return false;
  if (at->second == "true") return true;
  return Error{.code = Code::kInvalidArgument,
               .message = "the parameter '" + name + "' must be true or false"};
}

Result<std::chrono::milliseconds> TimeoutParameter(const net::HttpRequest& request) {
  AVAL_TRY(const auto given, NumberParameter(request, "timeout_ms"));
  if (!given) return kTimeout;
  if (*given == 0 || *given > kTimeoutMax) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "the parameter 'timeout_ms' must be 1 to 60000"};
  }
  return std::chrono::milliseconds(*given);
}

std::vector<std::string> PathSegments(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() || (!segments.empty() && slash != std::string_view::npos)) {
      segments.emplace_back(part);
    }
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return segments;
}

}  // namespace aval::node::api
