#include "tests/cli/story/machine_stage.h"

#include <unistd.h>

#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "base/random.h"
#include "cli/story/terms.h"
#include "ledger/act.h"
#include "ledger/effects.h"
#include "ledger/reports.h"
#include "node/api/json_view.h"
#include "node/api/record_tables.h"
#include "tests/ledger/rules/invariants.h"

namespace aval::cli::story {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kPort = 7001;  // Nobody listens: only genesis names it.

NetworkPlan PlanFrom(ledger::Day first_day) {
  NetworkPlan plan{.genesis = StoryGenesis(first_day),
                   .addresses = {},
                   .key_cost = crypto::kCheapestKeyFile,
                   .verify_threads = 0};
  for (int i = 0; i < plan.genesis.nodes_size(); ++i) {
    const auto port = static_cast<std::uint16_t>(kPort + i);
    plan.addresses.push_back(
        {.peers = {.host = "127.0.0.1", .port = port}, .api = {.host = "127.0.0.1", .port = port}});
  }
  return plan;
}

// A network's files. Making them syncs every one, so that a process makes them once.
class Founded {
 public:
  explicit Founded(ledger::Day first_day)
      : directory_(fs::temp_directory_path() /
                   ("aval-story-" + std::to_string(getpid()) + "-" + first_day.Text())),
        found_(Found(first_day)) {}
  ~Founded() {
    std::error_code failed;
    fs::remove_all(directory_, failed);
  }
  Founded(const Founded&) = delete;
  Founded& operator=(const Founded&) = delete;

  const Result<void>& found() const { return found_; }
  const Network& network() const { return *network_; }
  const ledger::Genesis& genesis() const { return *genesis_; }

 private:
  Result<void> Found(ledger::Day first_day) {
    SystemRandom random;
    AVAL_CHECK(InitNetwork(PlanFrom(first_day), directory_, random));
    AVAL_TRY(network_, Network::Open(directory_));
    AVAL_TRY(genesis_, LoadGenesis(directory_ / "genesis.dsse", directory_ / "policy.txt"));
    return {};
  }

  const fs::path directory_;
  std::optional<Network> network_;
  std::optional<ledger::Genesis> genesis_;
  const Result<void> found_;
};

}  // namespace

Result<std::unique_ptr<MachineStage>> MachineStage::Make(ledger::Day first_day) {
  static std::map<ledger::Day, Founded> networks;
  const Founded& founded = networks.try_emplace(first_day, first_day).first->second;
  AVAL_CHECK(founded.found());
  auto stage = std::unique_ptr<MachineStage>(new MachineStage(founded.network()));
  AVAL_CHECK(stage->Begin(founded.genesis()));
  return stage;
}

Result<void> MachineStage::Begin(const ledger::Genesis& genesis) {
  time_ms_ = genesis.message().time_ms();
  AVAL_TRY(const std::vector<ledger::Leaf> leaves, machine_.Begin(genesis));
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    AVAL_TRY(const boost::json::array journal, Note(i, leaves[i]));
  }
  return {};
}

Result<boost::json::array> MachineStage::Note(std::uint64_t index, const ledger::Leaf& leaf) {
  boost::json::array journal;
  if (leaf.effects.empty()) return journal;
  AVAL_TRY(const ledger::Effects effects, ledger::DecodeEffects(leaf.effects));
  life_cycles_.Observe(effects.writes);
  for (const ledger::JournalLine& line : effects.journal) {
    journal.push_back(node::api::ViewOfFields(line));
  }
  for (const std::string& fault : ledger::rules::BrokenInvariants(machine_.state())) {
    broken_.push_back("leaf " + std::to_string(index) + ": " + fault);
  }
  return journal;
}

Result<Stage::Outcome> MachineStage::Apply(const Bytes& envelope) {
  const ledger::Preparation prepared =
      ledger::Prepare(std::make_shared<const Bytes>(envelope), network_.origin());
  if (prepared.malformed) {
    return Error{.code = Code::kUnavailable,
                 .message = "an act of the story is malformed: " + prepared.malformed->place};
  }
  std::vector<ledger::Leaf> leaves;
  AVAL_TRY(const ledger::Machine::Answer answer, machine_.Apply(*prepared.act, ++time_ms_, leaves));
  if (!answer.recorded) {
    return Error{.code = Code::kUnavailable,
                 .message = "an act of the story was dropped: " +
                            std::string(ledger::VerdictCode(answer.verdict))};
  }
  Outcome outcome{.accepted = answer.verdict == ledger::Verdict::kAccepted,
                  .code = std::string(ledger::VerdictCode(answer.verdict)),
                  .words = std::string(ledger::VerdictText(answer.verdict)),
                  .leaf = answer.leaf};
  AVAL_TRY(outcome.journal, Note(answer.leaf, leaves.back()));
  return outcome;
}

Result<std::vector<Stage::Movement>> MachineStage::WorkOff() {
  std::vector<Movement> movements;
  while (true) {
    AVAL_TRY(const bool due, machine_.HasDueItems());
    if (!due) return movements;
    std::vector<ledger::Leaf> leaves;
    AVAL_CHECK(machine_.Sweep(++time_ms_, leaves));
    for (const ledger::Leaf& leaf : leaves) {
      Movement movement{.leaf = machine_.tail().size - 1};
      AVAL_TRY(movement.journal, Note(movement.leaf, leaf));
      movements.push_back(std::move(movement));
    }
  }
}

Result<std::optional<boost::json::value>> MachineStage::Read(const std::string& table,
                                                             const std::vector<std::string>& key) {
  if (!node::api::IsRecordTable(table)) {
    return Error{.code = Code::kInvalidArgument, .message = "no table " + table};
  }
  AVAL_TRY(auto view, node::api::RecordView(machine_.state(), table, key));
  if (!view) return std::optional<boost::json::value>{};
  return std::optional<boost::json::value>(std::move(view->at("record")));
}

Result<boost::json::array> MachineStage::Balances() {
  AVAL_TRY(const std::vector<ledger::BalanceLine> lines, ledger::Balances(machine_.state()));
  boost::json::array view;
  for (const ledger::BalanceLine& line : lines) {
    view.push_back(boost::json::object{{"owner", node::api::PartyText(line.owner)},
                                       {"code", line.code},
                                       {"debits", line.debits.minor},
                                       {"credits", line.credits.minor}});
  }
  return view;
}

}  // namespace aval::cli::story
