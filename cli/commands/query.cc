// aval query, aval act show, aval node: what a node answers about the book and about itself.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "net/http_target.h"

namespace aval::cli {
namespace {

constexpr std::chrono::milliseconds kTimeout{30'000};

int Print(const ReadOptions& options, std::string target) {
  auto connection = Connection::Open(options.connection);
  if (!connection) return Report(connection.error());
  if (options.min_index > 0) target += "?min_index=" + std::to_string(options.min_index);
  const auto body = connection->chosen().GetJson(target, kTimeout);
  if (!body) return ReportAnswer(body.error());
  std::printf("%s\n", PrettyJson(*body).c_str());
  return 0;
}

// What is wrong with a node that answers, for the end of its line.
std::string TroubleOf(const boost::json::value& status) {
  std::string trouble;
  if (const auto unready = JsonMember(status, "unready")) {
    const auto message = JsonText(**unready, "message");
    if (message) trouble += "  NOT READY: " + *message;
  }
  // Whatever else is said first.
  const auto at_odds = JsonFlag(status, "at_odds");
  if (at_odds && *at_odds) trouble += "  AT ODDS with its leader: see its log lines";
  const auto signing_failure = JsonText(status, "signing_failure");
  if (signing_failure) trouble += "  SIGNS NO MORE: " + *signing_failure;
  const auto damaged = JsonFlag(status, "damaged");
  if (damaged && *damaged) trouble += "  DAMAGED: it asks its peers for entries that it has lost";
  return trouble;
}

// The columns of `aval node status`, after those that client.toml gives.
Result<std::string> StatusLine(const boost::json::value& status) {
  AVAL_TRY(const std::string role, JsonText(status, "role"));
  AVAL_TRY(const std::uint64_t term, JsonCount(status, "term"));
  AVAL_TRY(const std::uint64_t leader, JsonCount(status, "leader"));
  AVAL_TRY(const boost::json::value* raft, JsonMember(status, "raft_index"));
  AVAL_TRY(const std::uint64_t applied, JsonCount(*raft, "applied"));
  AVAL_TRY(const std::uint64_t index, JsonCount(status, "index"));
  AVAL_TRY(const std::uint64_t checkpoint, JsonCount(status, "checkpoint"));
  AVAL_TRY(const std::string root, JsonText(status, "root"));
  AVAL_TRY(const std::uint64_t alarms, JsonCount(status, "alarms"));
  AVAL_TRY(const boost::json::value* day, JsonMember(status, "day"));
  // There is no day before the ledger has begun.
  const std::string day_text = day->is_string() ? std::string(day->get_string()) : "";
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  char line[256];
  std::snprintf(line, sizeof(line), "%-10s %6llu %7llu %10llu %10llu %-12.12s %10llu %6llu  %s",
                role.c_str(), number(term), number(leader), number(applied), number(index),
                root.c_str(), number(checkpoint), number(alarms), day_text.c_str());
  return std::string(line) + TroubleOf(status);
}

}  // namespace

int RunQuery(const QueryOptions& options) {
  std::string target = "/v1/records/" + net::PercentEncode(options.table);
  if (options.table == "trial-balance" || options.table == "state-hash" ||
      options.table == "balances") {
    target = "/v1/reports/" + options.table;
  }
  for (const std::string& part : options.key) target += "/" + net::PercentEncode(part);
  return Print(options.read, target);
}

int RunActShow(const ActShowOptions& options) {
  const bool leaf = options.what.find_first_not_of("0123456789") == std::string::npos;
  return Print(options.read,
               (leaf ? "/v1/leaves/" : "/v1/acts/") + net::PercentEncode(options.what));
}

// One line, or one object, for each node, also for those that do not answer.
int RunNodeStatus(const ConnectionOptions& options) {
  auto connection = Connection::Open(options);
  if (!connection) return Report(connection.error());
  int failed = 0;
  boost::json::array answers;
  if (!options.json) {
    std::printf("%-5s %-20s %-10s %6s %7s %10s %10s %-12s %10s %6s  %s\n", "node", "institution",
                "role", "term", "leader", "applied", "index", "root", "signed", "alarms", "day");
  }
  for (std::size_t i = 0; i < connection->file().nodes.size(); ++i) {
    const ClientFile::Node& node = connection->file().nodes[i];
    if (options.node != 0 && node.number != options.node) continue;
    const auto status = connection->client(i).GetJson("/v1/node", kTimeout);
    const Result<std::string> line = status ? StatusLine(*status) : status.error();
    if (!line) failed = 1;
    if (!options.json) {
      std::printf("%-5u %-20s %s\n", node.number, node.institution.c_str(),
                  line ? line->c_str() : line.error().message.c_str());
    } else if (line) {
      answers.push_back(*status);
    } else {
      answers.push_back(boost::json::object{{"node", node.number},
                                            {"institution", node.institution},
                                            {"error", line.error().message}});
    }
  }
  if (options.json) std::printf("%s\n", PrettyJson(answers).c_str());
  return failed;
}

}  // namespace aval::cli
