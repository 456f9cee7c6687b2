// What an operator may ask of the node that leads: to hand over, and to change the members.

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <utility>

#include "config/node_config.h"
#include "node/api/api.h"
#include "node/api/replies.h"

namespace aval::node::api {
namespace {

using consensus::MemberChange;

constexpr std::size_t kRequestBytesMax = 4'096;

Error Bad(const std::string& what) { return {.code = Code::kInvalidArgument, .message = what}; }

// An object with exactly these members, all of them numbers from 1 on.
Result<std::vector<std::uint32_t>> Numbers(const boost::json::value& body,
                                           std::span<const std::string_view> names) {
  const boost::json::object* const object = body.if_object();
  if (object == nullptr) return Bad("the body must be a JSON object");
  if (object->size() != names.size()) return Bad("the body has other members than are asked for");
  std::vector<std::uint32_t> numbers;
  for (const std::string_view name : names) {
    const boost::json::value* const value = object->if_contains(name);
    const std::int64_t* const number = value != nullptr ? value->if_int64() : nullptr;
    if (number == nullptr || *number < 1 || *number > std::numeric_limits<std::int32_t>::max()) {
      return Bad("'" + std::string(name) + "' must be a number from 1 on");
    }
    numbers.push_back(static_cast<std::uint32_t>(*number));
  }
  return numbers;
}

Result<boost::json::value> Parse(const net::HttpRequest& request) {
  if (request.body.size() > kRequestBytesMax) return Bad("the body is too long");
  boost::system::error_code error;
  boost::json::value body = boost::json::parse(AsText(request.body), error);
  if (error) return Bad("the body is not JSON: " + error.message());
  // Of a name that stands twice the parser keeps the last; nobody can have meant that.
  std::string text(AsText(request.body));
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  if (boost::json::serialize(body) != text) return Bad("the body has a name twice, or escapes");
  return body;
}

}  // namespace

Result<MemberChange> Api::ChangeFrom(const net::HttpRequest& request) const {
  AVAL_TRY(const boost::json::value body, Parse(request));
  const boost::json::object* const object = body.if_object();
  if (object == nullptr || object->size() != 1) {
    return Bad(
        "the body must be one of {\"add\": ...}, {\"promote\": ...}, {\"demote\": ...}, "
        "{\"remove\": ...}");
  }
  const auto& [kind, what] = *object->begin();
  if (kind == "add") {
    constexpr std::string_view kNames[] = {"node", "incarnation"};
    AVAL_TRY(const auto numbers, Numbers(what, kNames));
    const ledger::Genesis::NodeEntry* const node = parts_.genesis->FindNode(numbers[0]);
    if (node == nullptr) return Bad("the ledger has no node " + std::to_string(numbers[0]));
    // No node's file could name a higher one, and no lower one is ever taken again.
    if (numbers[1] > config::kIncarnationMax) {
      return Bad("'incarnation' must be at most " + std::to_string(config::kIncarnationMax));
    }
    return MemberChange{
        .kind = MemberChange::Kind::kAdd,
        .node = {numbers[0]},
        .member = {.incarnation = numbers[1], .group = node->institution.InstitutionNumber()}};
  }
  MemberChange change;
  if (kind == "promote") {
    change.kind = MemberChange::Kind::kPromote;
  } else if (kind == "demote") {
    change.kind = MemberChange::Kind::kDemote;
  } else if (kind == "remove") {
    change.kind = MemberChange::Kind::kRemove;
  } else {
    return Bad("members are not changed by '" + std::string(kind) + "'");
  }
  constexpr std::string_view kNames[] = {"node"};
  AVAL_TRY(const auto numbers, Numbers(what, kNames));
  change.node = {numbers[0]};
  return change;
}

// The answer says that it has begun; the node's state says when it is done.
std::function<void(Result<void>)> Api::AnswerBegun(const Respond& respond) const {
  return [respond](const Result<void>& begun) {
    if (!begun) return respond(ErrorReply(begun.error()));
    respond(JsonReply(202, boost::json::object{{"status", "begun"}}));
  };
}

bool Api::RefuseStranger(const net::HttpRequest& request, const Respond& respond) const {
  if (parts_.operators.contains(request.client)) return false;
  respond(ErrorReply(403, "denied", "this client is no operator of this node"));
  return true;
}

void Api::PostTransfer(const net::HttpRequest& request, const Respond& respond) {
  if (RefuseStranger(request, respond)) return;
  constexpr std::string_view kNames[] = {"node"};
  const auto body = Parse(request);
  const auto numbers = body ? Numbers(*body, kNames) : body.error();
  if (!numbers) return respond(ErrorReply(numbers.error()));
  parts_.replica->Transfer({numbers->front()}, AnswerBegun(respond));
}

void Api::PostMembers(const net::HttpRequest& request, const Respond& respond) {
  if (RefuseStranger(request, respond)) return;
  const auto change = ChangeFrom(request);
  if (!change) return respond(ErrorReply(change.error()));
  parts_.replica->ChangeMembers({*change}, AnswerBegun(respond));
}

boost::json::object MembersView(const consensus::Configuration& configuration) {
  boost::json::object members;
  for (const auto& [node, member] : configuration.members) {
    std::string part = "learner";
    if (configuration.voters.contains(node)) part = "voter";
    if (configuration.outgoing.contains(node)) {
      part = configuration.voters.contains(node) ? "voter" : "leaving";
    }
    members.emplace(
        std::to_string(node.value),
        boost::json::object{
            {"part", part}, {"incarnation", member.incarnation}, {"institution", member.group}});
  }
  return members;
}

}  // namespace aval::node::api
