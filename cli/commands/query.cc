// aval query, aval node: what a node answers about the book and about itself.

#include <cstdio>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/connection.h"
#include "net/http_target.h"

namespace aval::cli {
namespace {

constexpr std::chrono::milliseconds kTimeout{30'000};

int Print(const ConnectionOptions& options, const std::string& target) {
  auto connection = Connection::Open(options);
  if (!connection) return Report(connection.error());
  const auto body = connection->chosen().GetJson(target, kTimeout);
  if (!body) return Report(body.error());
  std::printf("%s\n", PrettyJson(*body).c_str());
  return 0;
}

}  // namespace

int RunQuery(const QueryOptions& options) {
  std::string target = "/v1/records/" + net::PercentEncode(options.table);
  if (options.table == "trial-balance" || options.table == "state-hash" ||
      options.table == "balances") {
    target = "/v1/reports/" + options.table;
  }
  for (const std::string& part : options.key) target += "/" + net::PercentEncode(part);
  return Print(options.connection, target);
}

// One line for each node, also for those that do not answer.
int RunNodeStatus(const ConnectionOptions& options) {
  if (options.json) return Print(options, "/v1/node");
  auto connection = Connection::Open(options);
  if (!connection) return Report(connection.error());
  int failed = 0;
  std::printf("%-5s %-20s %-10s %6s %7s %10s %10s %10s  %s\n", "node", "institution", "role",
              "term", "leader", "applied", "index", "signed", "day");
  for (std::size_t i = 0; i < connection->file().nodes.size(); ++i) {
    const ClientFile::Node& node = connection->file().nodes[i];
    if (options.node != 0 && node.number != options.node) continue;
    const auto status = connection->client(i).GetJson("/v1/node", kTimeout);
    if (!status) {
      std::printf("%-5u %-20s %s\n", node.number, node.institution.c_str(),
                  status.error().message.c_str());
      failed = 1;
      continue;
    }
    const auto number = [&](const char* name) {
      return static_cast<unsigned long long>(status->at(name).to_number<std::uint64_t>());
    };
    std::printf("%-5u %-20s %-10s %6llu %7llu %10llu %10llu %10llu  %s\n", node.number,
                node.institution.c_str(), status->at("role").as_string().c_str(), number("term"),
                number("leader"),
                static_cast<unsigned long long>(
                    status->at("raft_index").at("applied").to_number<std::uint64_t>()),
                number("index"), number("checkpoint"),
                status->at("day").is_string() ? status->at("day").as_string().c_str() : "");
  }
  return failed;
}

}  // namespace aval::cli
