// aval node add, promote, demote, remove, transfer: what the node that leads is asked to do.

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/json.h"

namespace aval::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTimeout{5'000};
constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kLook{100};

struct Leader {
  std::size_t position = 0;  // In client.toml.
  std::uint64_t term = 0;
  boost::json::value status;
};

// Of those that say they lead, the one of the highest term.
std::optional<Leader> FindLeader(Connection& connection) {
  std::optional<Leader> found;
  for (std::size_t i = 0; i < connection.file().nodes.size(); ++i) {
    auto status = connection.client(i).GetJson("/v1/node", kTimeout);
    if (!status) continue;
    const auto role = JsonText(*status, "role");
    const auto term = JsonCount(*status, "term");
    if (!role || !term || *role != "leader" || (found && found->term >= *term)) continue;
    found = Leader{.position = i, .term = *term, .status = *std::move(status)};
  }
  return found;
}

// Until `done` says so of the leader's status.
bool Await(Connection& connection, const std::function<bool(const Leader&)>& done) {
  for (const auto end = Clock::now() + kPatience; Clock::now() < end;) {
    const auto leader = FindLeader(connection);
    if (leader && done(*leader)) return true;
    std::this_thread::sleep_for(kLook);
  }
  return false;
}

// The members in force are committed, and nobody is leaving.
bool IsSettled(const Leader& leader) {
  const auto members_index = JsonCount(leader.status, "members_index");
  const auto raft = JsonMember(leader.status, "raft_index");
  const auto members = JsonMember(leader.status, "members");
  if (!members_index || !raft || !members || !(*members)->is_object()) return false;
  const auto commit = JsonCount(**raft, "commit");
  if (!commit || *commit < *members_index) return false;
  const auto joint = JsonFlag(leader.status, "members_joint");
  return joint && !*joint;
}

int Done(const ConnectionOptions& options, const std::string& what) {
  if (options.json) {
    std::printf("%s\n", PrettyJson(boost::json::object{{"status", "done"}}).c_str());
  } else {
    std::printf("%s\n", what.c_str());
  }
  return 0;
}

int Late(const std::string& what) {
  return Report(
      {.code = Code::kTimeout,
       .message = what + " has begun and is not done after 30 s: see `aval node status`"});
}

int NobodyLeads() {
  return Report({.code = Code::kUnavailable, .message = "no node says that it leads"});
}

}  // namespace

int RunNodeChange(const std::string& kind, const NodeChangeOptions& options) {
  auto connection = Connection::Open(options.connection);
  if (!connection) return Report(connection.error());
  const auto leader = FindLeader(*connection);
  if (!leader) return NobodyLeads();
  boost::json::object what{{"node", options.subject}};
  if (kind == "add") what.emplace("incarnation", options.incarnation);
  const auto begun = connection->client(leader->position)
                         .PostJson("/v1/node/members", boost::json::object{{kind, what}}, kTimeout);
  if (!begun) return ReportAnswer(begun.error());
  const std::string change = kind + " of node " + std::to_string(options.subject);
  return Await(*connection, IsSettled) ? Done(options.connection, change + " is done")
                                       : Late(change);
}

int RunNodeTransfer(const NodeChangeOptions& options) {
  auto connection = Connection::Open(options.connection);
  if (!connection) return Report(connection.error());
  const auto leader = FindLeader(*connection);
  if (!leader) return NobodyLeads();
  const auto leads = [&](const Leader& now) {
    const auto number = JsonCount(now.status, "node");
    return number && *number == options.subject;
  };
  const std::string name = "node " + std::to_string(options.subject);
  if (leads(*leader)) return Done(options.connection, name + " leads already");
  const auto begun =
      connection->client(leader->position)
          .PostJson("/v1/node/transfer", boost::json::object{{"node", options.subject}}, kTimeout);
  if (!begun) return ReportAnswer(begun.error());
  return Await(*connection, leads) ? Done(options.connection, name + " leads")
                                   : Late("the transfer to " + name);
}

}  // namespace aval::cli
