#include "tests/cluster/chaos/agreement.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/client.h"
#include "cli/json.h"
#include "crypto/digest.h"
#include "ledger/log/leaf.h"
#include "tests/cluster/chaos/clients.h"
#include "tests/cluster/entries.h"

namespace aval::chaos {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{120};
constexpr milliseconds kLook{50};
constexpr milliseconds kCallTimeout{10'000};

Error Differs(std::string what) { return {.code = Code::kCorruption, .message = std::move(what)}; }

// The leaves that a node shows when it has nothing left to do; kUnavailable while it has.
Result<std::uint64_t> IndexAtRest(cli::ApiClient& node) {
  AVAL_TRY(const auto status, node.GetJson("/v1/node", kCallTimeout));
  AVAL_TRY(const std::uint64_t index, cli::JsonCount(status, "index"));
  AVAL_TRY(const std::uint64_t checkpoint, cli::JsonCount(status, "checkpoint"));
  AVAL_TRY(const bool due, cli::JsonFlag(status, "due_items"));
  AVAL_TRY(const auto raft, cli::JsonMember(status, "raft_index"));
  AVAL_TRY(const std::uint64_t last, cli::JsonCount(*raft, "last"));
  AVAL_TRY(const std::uint64_t applied, cli::JsonCount(*raft, "applied"));
  if (!due && checkpoint == index && applied == last) return index;
  return Error{.code = Code::kUnavailable,
               .message = "still at work, at index " + std::to_string(index)};
}

Result<std::uint64_t> CommonIndex(const std::vector<cli::ApiClient*>& nodes) {
  AVAL_TRY(const std::uint64_t first, IndexAtRest(*nodes.front()));
  for (cli::ApiClient* node : nodes) {
    AVAL_TRY(const std::uint64_t index, IndexAtRest(*node));
    if (index == first) continue;
    return Error{
        .code = Code::kUnavailable,
        .message = "index " + std::to_string(first) + " here, " + std::to_string(index) + " there"};
  }
  return first;
}

}  // namespace

Result<Agreement> AwaitAgreement(const std::vector<cli::ApiClient*>& nodes,
                                 const std::atomic<bool>& stop) {
  const auto deadline = steady_clock::now() + kPatience;
  Result<std::uint64_t> index = CommonIndex(nodes);
  while (!index) {
    if (stop) return Error{.code = Code::kCancelled, .message = "stopped"};
    if (steady_clock::now() > deadline) {
      return Error{.code = Code::kTimeout,
                   .message = "the nodes do not come to one index: " + index.error().message};
    }
    std::this_thread::sleep_for(kLook);
    index = CommonIndex(nodes);
  }
  Agreement agreement{.index = *index, .state_hash = {}};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    AVAL_TRY(const auto report, nodes[i]->GetJson("/v1/reports/state-hash", kCallTimeout));
    AVAL_TRY(const std::string hash, cli::JsonText(report, "state_hash"));
    if (i == 0) agreement.state_hash = hash;
    if (hash == agreement.state_hash) continue;
    return Differs("node " + std::to_string(i + 1) + " has another state than node 1, at index " +
                   std::to_string(*index));
  }
  return agreement;
}

Result<void> CheckAcknowledged(const std::vector<cli::ApiClient*>& nodes, std::uint64_t index,
                               const std::vector<Clients::Acknowledged>& acknowledged) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::vector<Bytes> entries = cluster::EntriesOf(*nodes[i], index);
    if (entries.size() != index) {
      return Differs("node " + std::to_string(i + 1) + " does not give all of its log");
    }
    for (const Clients::Acknowledged& act : acknowledged) {
      const std::string place =
          "node " + std::to_string(i + 1) + ", leaf " + std::to_string(act.leaf) + ": ";
      if (act.leaf >= entries.size()) return Differs(place + "lost, though acknowledged");
      const auto leaf = ledger::DecodeLeaf(entries[act.leaf]);
      if (!leaf) return Differs(place + leaf.error().message);
      if (crypto::Sha256(leaf->body) != act.envelope) {
        return Differs(place + "another act than the acknowledged one");
      }
    }
  }
  return {};
}

}  // namespace aval::chaos
