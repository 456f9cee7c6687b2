// Records, leaves, reports and the node's own state, from one view each.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "base/text.h"
#include "crypto/envelope.h"
#include "ledger/effects.h"
#include "ledger/machine.h"
#include "ledger/reports.h"
#include "node/api/api.h"
#include "node/api/json_view.h"
#include "node/api/record_tables.h"
#include "node/api/replies.h"

namespace aval::node::api {
namespace {

using boost::json::array;
using boost::json::object;

std::string_view StandingName(consensus::Promises::Standing standing) {
  switch (standing) {
    case consensus::Promises::Standing::kAsking:
      return "asking";
    case consensus::Promises::Standing::kKept:
      return "taking part";
    case consensus::Promises::Standing::kForgotten:
      return "forgotten";
  }
  AVAL_UNREACHABLE("every standing has a name");
}

array JournalView(const std::vector<ledger::JournalLine>& journal) {
  array lines;
  for (const ledger::JournalLine& line : journal) lines.push_back(ViewOfFields(line));
  return lines;
}

std::string_view KindText(ledger::LeafKind kind) {
  switch (kind) {
    case ledger::LeafKind::kAct:
      return "act";
    case ledger::LeafKind::kPolicy:
      return "policy";
    case ledger::LeafKind::kSeal:
      return "seal";
    case ledger::LeafKind::kGenesis:
      return "genesis";
    case ledger::LeafKind::kSystem:
      return "system";
  }
  return "unnamed";
}

}  // namespace

net::HttpResponse Api::GetRecord(const net::HttpRequest& request, const View& view) {
  // "/v1/records/<table>/<key parts>" and "/v1/accounts/<owner>/<code>/<subject>/<currency>".
  std::vector<std::string> parts = PathSegments(request.path);
  std::string table = "account";
  std::size_t used = 2;
  if (parts[1] == "records") {
    if (parts.size() < 3) return ErrorReply(404, "not_found", "there is no " + request.path);
    table = parts[2];
    used = 3;
  }
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(used));
  if (!IsRecordTable(table)) {
    return ErrorReply(404, "not_found", "there is no table '" + table + "'");
  }
  auto record = RecordView(*view.state, table, std::move(parts));
  if (!record) return ErrorReply(record.error());
  if (!*record) return ErrorReply(404, "not_found", "no " + table + " has this key");
  (*record)->emplace("index", view.tree.size());
  return JsonReply(200, **record);
}

net::HttpResponse Api::GetLeaf(const net::HttpRequest& request, const View& view) {
  const std::vector<std::string> parts = PathSegments(request.path);
  const auto number = ParseDecimal<std::uint64_t>(parts.back());
  if (parts.size() != 3 || !number) {
    return ErrorReply(400, "malformed", "a leaf is named by its index", "index");
  }
  const std::uint64_t index = *number;
  if (index >= view.tree.size()) {
    return ErrorReply(404, "not_found", "that leaf is not visible here yet");
  }
  const auto entry = parts_.ledger->log().Entry(index);
  if (!entry) return ErrorReply(entry.error());
  const auto leaf = ledger::DecodeLeaf(*entry);
  if (!leaf) return ErrorReply(leaf.error());
  const auto effects = parts_.ledger->log().Effects(index);
  if (!effects) return ErrorReply(effects.error());

  object body{{"leaf", index},
              {"kind", KindText(leaf->header.kind)},
              {"time_ms", leaf->header.time_ms},
              {"effects_hash", leaf->header.effects.Hex()},
              {"leaf_hash", crypto::LeafHash(*entry).Hex()},
              {"entry", ToBase64(*entry)},
              {"index", view.tree.size()}};
  if (leaf->header.kind == ledger::LeafKind::kAct) {
    const auto verdict = ledger::VerdictFromNumber(leaf->header.outcome);
    body.emplace("code", verdict ? ledger::VerdictCode(*verdict) : "E_UNNUMBERED");
    const auto envelope = crypto::ParseEnvelope(leaf->body);
    if (!envelope) return ErrorReply(envelope.error());
    body.emplace("identity", crypto::IdentityOf(*envelope).Hex());
    body.emplace("envelope", boost::json::parse(crypto::EnvelopeToJson(*envelope)));
  }
  if (!effects->empty()) {
    const auto decoded = ledger::DecodeEffects(*effects);
    if (!decoded) return ErrorReply(decoded.error());
    body.emplace("journal", JournalView(decoded->journal));
    body.emplace("writes", decoded->writes.size());
  }
  return JsonReply(200, body);
}

net::HttpResponse Api::GetTrialBalance(const View& view) {
  const auto lines = ledger::TrialBalance(*view.state);
  if (!lines) return ErrorReply(lines.error());
  array items;
  for (const ledger::TrialBalanceLine& line : *lines) {
    items.push_back(object{{"owner", PartyText(line.owner)},
                           {"currency", line.currency.Text()},
                           {"debits", line.debits.minor},
                           {"credits", line.credits.minor},
                           {"balance", line.debits.minor - line.credits.minor}});
  }
  return JsonReply(200, object{{"index", view.tree.size()}, {"lines", std::move(items)}});
}

net::HttpResponse Api::GetBalances(const View& view) {
  const auto lines = ledger::Balances(*view.state);
  if (!lines) return ErrorReply(lines.error());
  array items;
  for (const ledger::BalanceLine& line : *lines) {
    items.push_back(object{{"owner", PartyText(line.owner)},
                           {"code", line.code},
                           {"currency", line.currency.Text()},
                           {"debits", line.debits.minor},
                           {"credits", line.credits.minor}});
  }
  return JsonReply(200, object{{"index", view.tree.size()}, {"lines", std::move(items)}});
}

net::HttpResponse Api::GetStateHash(const View& view) {
  const auto hash = ledger::StateHash(*view.state);
  if (!hash) return ErrorReply(hash.error());
  return JsonReply(200, object{{"index", view.tree.size()},
                               {"raft_index", view.raft_index},
                               {"state_hash", hash->Hex()}});
}

net::HttpResponse Api::GetNode(const View& view) {
  const Replica::Status status = parts_.replica->status();
  const ledger::Genesis::NodeEntry* self = parts_.genesis->FindNode(parts_.node);
  object followers;
  for (const auto& [peer, match] : status.match) {
    followers.emplace(std::to_string(peer.value), match.value);
  }
  const auto checkpoint = parts_.ledger->checkpoints().highest();
  object body{{"node", parts_.node},
              {"institution", self->institution_name},
              {"origin", parts_.genesis->origin()},
              {"role", consensus::RoleName(status.role)},
              {"term", status.term.value},
              {"leader", status.leader.value},
              {"raft_index", object{{"last", status.last.value},
                                    {"durable", status.stable.value},
                                    {"commit", status.commit.value},
                                    {"applied", view.raft_index}}},
              {"followers", std::move(followers)},
              {"index", view.tree.size()},
              {"root", ToBase64(view.tree.Root())},
              {"day", ViewOf(view.today)},
              {"due_items", view.has_due_items},
              {"time_ms", view.time_ms},
              {"checkpoint", checkpoint ? checkpoint->size : 0},
              {"queued_acts", status.queued_acts},
              {"unanswered_acts", status.unanswered_acts},
              {"waiting_reads", status.reads},
              {"alarms", status.alarms},
              {"at_odds", status.at_odds},
              {"members", MembersView(status.members)},
              {"members_index", status.members_index.value},
              {"members_joint", status.members.joint()},
              {"incarnation", status.incarnation},
              {"standing", StandingName(status.standing)},
              {"room", status.room},
              {"damaged", status.damaged}};
  if (const auto unready = WhyUnready(status)) {
    body.emplace("unready", object{{"code", unready->code}, {"message", unready->message}});
  }
  if (status.clock_off_ms) body.emplace("clock_off_ms", *status.clock_off_ms);
  if (const auto failure = parts_.ledger->signing_failure()) {
    body.emplace("signing_failure", failure->message);
  }
  return JsonReply(200, body);
}

net::HttpResponse Api::GetHealth(bool ready) {
  if (!ready) return JsonReply(200, object{{"status", "ok"}});
  if (const auto unready = WhyUnready(parts_.replica->status())) {
    return ErrorReply(503, unready->code, unready->message);
  }
  return JsonReply(200, object{{"status", "ready"}});
}

std::optional<Api::Unready> Api::WhyUnready(const Replica::Status& status) {
  if (status.standing == consensus::Promises::Standing::kForgotten) {
    return Unready{"forgotten",
                   "this node has lost what it had promised; it takes part no more, and comes "
                   "back as another incarnation"};
  }
  if (status.standing == consensus::Promises::Standing::kAsking) {
    return Unready{"asking", "this node asks the others what it has promised"};
  }
  const auto& members = status.members.members;
  const auto self = members.find({parts_.node});
  if (self == members.end() || self->second.incarnation != status.incarnation) {
    return Unready{"no_member", "by its own log this node, as incarnation " +
                                    std::to_string(status.incarnation) +
                                    ", is none of the members"};
  }
  if (parts_.installing && parts_.installing()) {
    return Unready{"installing",
                   "this node fetches a snapshot: its peers no longer have the entries after "
                   "its own"};
  }
  if (status.leader.value == 0) return Unready{"no_leader", "this node knows of no leader"};
  if (status.at_odds) {
    return Unready{"at_odds",
                   "this node's log and its leader's contradict each other; one has lost or "
                   "forged entries"};
  }
  if (!status.room) return Unready{"no_room", "the disk has no room for what this node writes"};
  if (const auto failure = parts_.ledger->signing_failure()) {
    return Unready{"signing_stopped", failure->message};
  }
  return std::nullopt;
}

}  // namespace aval::node::api
