#include "tests/cluster/history.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/result.h"

namespace aval::cluster {
namespace {

namespace json = boost::json;

constexpr std::size_t kMembers = 7;

Error Wrong(std::string what) {
  return {.code = Code::kInvalidArgument, .message = std::move(what)};
}

json::value OutcomeToJson(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return true;
    case Outcome::kRefused:
      return false;
    case Outcome::kUnknown:
      return nullptr;
  }
  AVAL_UNREACHABLE("an outcome of no kind");
}

std::string FormatCall(const Call& call) {
  return json::serialize(json::object{
      {"client", call.client},
      {"call", call.called.count()},
      {"return", call.returned.count()},
      {"op", call.operation == Operation::kWrite ? "write" : "read"},
      {"key", call.key},
      {"value", call.value},
      {"ok", OutcomeToJson(call.outcome)},
  });
}

Result<const json::value*> Member(const json::object& object, std::string_view name) {
  const json::value* member = object.if_contains(name);
  if (member == nullptr) return Wrong(std::string(name) + " is not there");
  return member;
}

Result<std::int64_t> Integer(const json::object& object, std::string_view name) {
  AVAL_TRY(const json::value* member, Member(object, name));
  if (!member->is_int64()) return Wrong(std::string(name) + " is not a whole number of 64 bits");
  return member->get_int64();
}

Result<std::string> Text(const json::object& object, std::string_view name) {
  AVAL_TRY(const json::value* member, Member(object, name));
  if (!member->is_string()) return Wrong(std::string(name) + " is not a text");
  return std::string(member->get_string());
}

Result<Operation> ReadOperation(const json::object& object) {
  AVAL_TRY(const std::string text, Text(object, "op"));
  if (text == "write") return Operation::kWrite;
  if (text == "read") return Operation::kRead;
  return Wrong("op is neither write nor read");
}

Result<Outcome> ReadOutcome(const json::object& object) {
  AVAL_TRY(const json::value* member, Member(object, "ok"));
  if (member->is_null()) return Outcome::kUnknown;
  if (!member->is_bool()) return Wrong("ok is not true, false or null");
  return member->get_bool() ? Outcome::kDone : Outcome::kRefused;
}

Result<Call> ParseCall(std::string_view line) {
  json::error_code failure;
  const json::value root = json::parse(line, failure);
  if (failure) return Wrong(failure.message());
  const json::object* object = root.if_object();
  if (object == nullptr) return Wrong("not an object");

  Call call;
  AVAL_TRY(const std::int64_t client, Integer(*object, "client"));
  if (client < 0 || client > std::numeric_limits<std::uint32_t>::max()) {
    return Wrong("client is not a number of 32 bits");
  }
  call.client = static_cast<std::uint32_t>(client);
  AVAL_TRY(const std::int64_t called, Integer(*object, "call"));
  call.called = std::chrono::nanoseconds(called);
  AVAL_TRY(const std::int64_t returned, Integer(*object, "return"));
  call.returned = std::chrono::nanoseconds(returned);
  AVAL_TRY(call.operation, ReadOperation(*object));
  AVAL_TRY(call.key, Text(*object, "key"));
  AVAL_TRY(call.value, Integer(*object, "value"));
  AVAL_TRY(call.outcome, ReadOutcome(*object));
  if (!TimesInOrder(call)) return Wrong("call and return are not in order from 0 on");
  if (object->size() != kMembers) return Wrong("a member that is not known");
  // Also finds a member that is there twice: json::parse keeps the last without a word.
  const std::string written = FormatCall(call);
  if (written != line) return Wrong("not in the form of " + written);
  return call;
}

}  // namespace

bool TimesInOrder(const Call& call) {
  return call.called.count() >= 0 && call.called <= call.returned;
}

std::string Describe(const Call& call) {
  const bool open = call.operation == Operation::kWrite && call.outcome == Outcome::kUnknown;
  return "client " + std::to_string(call.client) +
         (call.operation == Operation::kWrite ? " wrote " : " read ") + std::to_string(call.value) +
         " [" + std::to_string(call.called.count()) + ", " +
         (open ? "?" : std::to_string(call.returned.count())) + "]";
}

std::string FormatHistory(std::span<const Call> calls) {
  std::string text;
  for (const Call& call : calls) text += FormatCall(call) + '\n';
  return text;
}

Result<std::vector<Call>> ParseHistory(std::string_view text) {
  std::vector<Call> calls;
  while (!text.empty()) {
    const std::string place = "line " + std::to_string(calls.size() + 1) + ": ";
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return Wrong(place + "cut off");
    auto call = ParseCall(text.substr(0, end));
    if (!call) return Wrong(place + call.error().message);
    calls.push_back(*std::move(call));
    text.remove_prefix(end + 1);
  }
  return calls;
}

void HistoryRecorder::Add(Call call) {
  AVAL_ASSERT(TimesInOrder(call));
  const std::scoped_lock lock(mutex_);
  calls_.push_back(std::move(call));
}

std::vector<Call> HistoryRecorder::calls() const {
  const std::scoped_lock lock(mutex_);
  return calls_;
}

}  // namespace aval::cluster
