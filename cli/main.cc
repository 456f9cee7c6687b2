// aval: the command line of an Aval network.
//
// Exit codes of every command: 0 done or valid, 1 refused or failed, 2 usage or malformed input.

#include <CLI/CLI.hpp>
#include <functional>
#include <limits>
#include <string>

#include "cli/bench/bench.h"
#include "cli/commands.h"
#include "cli/demo/demo.h"
#include "cli/story/tell.h"

namespace aval::cli {
namespace {

constexpr int kUsage = 2;

// The whole line: options of every command, and what the chosen one does.
class CommandLine {
 public:
  CommandLine() {
    app_.set_version_flag("--version", AVAL_VERSION);
    app_.require_subcommand(1);
    AddKeygen();
    AddNetwork();
    AddAct();
    AddReads();
    AddNodes();
    AddLog();
    AddAudit();
    AddDemo();
    AddBench();
  }

  int Run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? 0 : kUsage;
    }
    return chosen_();
  }

 private:
  CLI::App* Group(const std::string& name, const std::string& help) {
    CLI::App* group = app_.add_subcommand(name, help);
    group->require_subcommand(1);
    return group;
  }

  template <class Action>
  void On(CLI::App* command, Action action) {
    command->callback([this, action] { chosen_ = action; });
  }

  static void Connect(CLI::App* command, ConnectionOptions& options) {
    command->add_option("--network", options.network, "The network's directory, with client.toml")
        ->envname("AVAL_NETWORK");
    command->add_option("--node", options.node,
                        "Number of the node to ask (the first of client.toml)");
    command->add_flag("--json", options.json, "Print JSON");
  }

  static void Connect(CLI::App* command, ReadOptions& options) {
    Connect(command, options.connection);
    command->add_option("--min-index", options.min_index,
                        "Wait until the node shows so many leaves: one more than the leaf of an "
                        "act that another node has answered");
  }

  void AddKeygen() {
    CLI::App* command = app_.add_subcommand("keygen", "Make a key, encrypted by a passphrase");
    command->add_option("--out", keygen_.out, "The key file to write")->required();
    command
        ->add_option("--purpose", keygen_.purpose,
                     "What it signs: log, cosigner, tls, client, ops, credit, ...")
        ->required();
    command->add_option("--name", keygen_.name, "Whose it is")->required();
    command->add_option("--passphrase-file", keygen_.passphrase_file,
                        "Its first line is the passphrase; else AVAL_PASSPHRASE");
    On(command, [this] { return RunKeygen(keygen_); });
  }

  void AddNetwork() {
    CLI::App* command =
        Group("network", "Found a network")
            ->add_subcommand("init",
                             "Make keys, genesis and node files of a network, in one directory");
    command->add_option("plan", network_.plan, "The founders' plan: a TOML file")->required();
    command->add_option("directory", network_.directory, "Where; absent or empty")->required();
    On(command, [this] { return RunNetworkInit(network_); });
  }

  void AddAct() {
    CLI::App* act = Group("act", "Submit and show acts");
    CLI::App* submit = act->add_subcommand("submit", "Submit a signed act, wait for its outcome");
    submit->add_option("file", submit_.file, "The envelope: DSSE JSON or protobuf")->required();
    Connect(submit, submit_.connection);
    On(submit, [this] { return RunActSubmit(submit_); });
    CLI::App* show =
        act->add_subcommand("show", "Show an act by its leaf's index, or its outcome by its id");
    show->add_option("what", show_.what, "Leaf index, or <last valid day>_<author>_<nonce>")
        ->required();
    Connect(show, show_.read);
    On(show, [this] { return RunActShow(show_); });
  }

  void AddReads() {
    CLI::App* query = app_.add_subcommand(
        "query", "Read a record, or a report: trial-balance, balances, state-hash");
    query
        ->add_option("table", query_.table,
                     "book, institution, participant, supplier, attestation, grant, purchase, "
                     "loan, instalment, bill, repayment, account, obligation, ... or a report")
        ->required();
    query->add_option("key", query_.key, "The parts of the record's key");
    Connect(query, query_.read);
    On(query, [this] { return RunQuery(query_); });
  }

  void AddNodes() {
    CLI::App* node = Group("node", "Look after nodes");
    CLI::App* status = node->add_subcommand("status", "What each node says of itself");
    Connect(status, status_);
    On(status, [this] { return RunNodeStatus(status_); });
    const std::pair<const char*, const char*> changes[] = {
        {"add", "Let a node take part that does not: as a learner"},
        {"promote", "Make a learner a voter"},
        {"demote", "Make a voter a learner"},
        {"remove", "End a node's part"},
    };
    for (const auto& [kind, what] : changes) {
      CLI::App* change = node->add_subcommand(kind, what);
      change->add_option("number", change_.subject, "The node's number")->required();
      if (std::string_view(kind) == "add") {
        change->add_option("--incarnation", change_.incarnation,
                           "Higher than before, when it was a member once (1)");
      }
      Connect(change, change_.connection);
      On(change, [this, name = std::string(kind)] { return RunNodeChange(name, change_); });
    }
    CLI::App* transfer = node->add_subcommand("transfer", "Have the leader hand over to a voter");
    transfer->add_option("number", change_.subject, "The voter's number")->required();
    Connect(transfer, change_.connection);
    On(transfer, [this] { return RunNodeTransfer(change_); });
  }

  void AddLog() {
    CLI::App* command =
        Group("log", "Copy the log")
            ->add_subcommand("export", "Write a node's log in the public layout, for an audit");
    command->add_option("directory", export_.directory, "Where; absent or empty")->required();
    command->add_option("--peers", export_.peers,
                        "URLs of nodes whose lines are joined where they signed the same root");
    command->add_flag("--all-checkpoints", export_.all_checkpoints,
                      "Every earlier checkpoint (at most 1,000, spread evenly)");
    command->add_option("--key", export_.key,
                        "The exporting node's log key file (else from the network's directory)");
    command->add_option("--passphrase-file", export_.passphrase_file, "For --key");
    Connect(command, export_.connection);
    On(command, [this] { return RunLogExport(export_); });
  }

  void AddAudit() {
    CLI::App* command = Group("audit", "Check a log, trusting nobody")
                            ->add_subcommand("verify",
                                             "Check files, tree, checkpoints, every signature, and "
                                             "by re-execution every verdict");
    command
        ->add_option("directory", audit_.directory, "An export, or a stopped node's data directory")
        ->required();
    command->add_flag("--no-quorum", audit_.no_quorum,
                      "Do not demand signatures of a majority of institutions");
    command->add_option("--genesis", audit_.genesis,
                        "SHA-256 of the founders' envelope, from elsewhere: hex");
    command->add_option("--threads", audit_.threads, "For signatures (all cores)")
        ->check(CLI::Range(1, 256));
    command->add_flag("--json", audit_.json, "Print JSON");
    On(command, [this] { return RunAuditVerify(audit_); });
  }

  void AddDemo() {
    CLI::App* command = app_.add_subcommand(
        "demo", "Replay real purchases on three nodes of this machine, and audit the result");
    CLI::Option* purchases =
        command->add_option("--purchases", demo_.purchases, "The first so many rows")
            ->check(CLI::PositiveNumber)
            ->capture_default_str();
    CLI::Option* all = command->add_flag("--all", all_purchases_, "All rows")->excludes(purchases);
    command->add_flag("--keep", demo_.keep, "Leave the network running");
    command->add_option(
        "--delays", demo_.delays,
        "Lay real delays over the purchases: those of \"default of credit card clients\" (UCI data "
        "set 350), a CSV of 25 columns, plain or .zst. Each borrower takes one client, by a digest "
        "of its pseudonym; its instalment k takes month k from the oldest on (PAY_6 to PAY_2, "
        "PAY_0), and from the seventh on PAY_0 again. Status -2 to 0: paid on the due day; 1 to 7: "
        "so "
        "many months later; 8 or more, or a seventh or later one with Default 1: never, nor any "
        "after it. Of what is late, PAY_AMT / BILL_AMT of the month is paid on the due day");
    command->add_flag("--json", demo_.json, "Print the summary as JSON, and nothing else");
    CLI::Option* data =
        command->add_option("--data", demo_.data, "The purchases file")->capture_default_str();
    command
        ->add_option("--directory", demo_.directory,
                     "The demo's own directory, emptied at the start")
        ->capture_default_str();
    command
        ->add_option(
            "--story", story_,
            "Instead: tell a life cycle of credit, with its double entries; \"list\" names "
            "those that there are")
        ->excludes(purchases)
        ->excludes(all)
        ->excludes(data);
    On(command, [this] {
      if (story_ == "list") return story::ListStories();
      if (!story_.empty()) {
        return story::TellStory(
            {.story = story_, .directory = demo_.directory, .keep = demo_.keep});
      }
      if (all_purchases_) demo_.purchases = std::numeric_limits<std::size_t>::max();
      return demo::RunDemo(demo_);
    });
  }

  void AddBench() {
    CLI::App* command =
        app_.add_subcommand("bench", "Load nodes with real acts, and say what was reached of what");
    CLI::Option* clients =
        command
            ->add_option("--clients", bench_.clients,
                         "Closed loops: acts under way at any time, several numbers by commas")
            ->delimiter(',')
            ->check(CLI::Range(1, 10'000))
            ->capture_default_str();
    command->add_option("--rate", bench_.rate, "An open loop: so many acts a second")
        ->check(CLI::Range(0.1, 1e6))
        ->excludes(clients);
    command->add_option("--acts", bench_.acts, "Acts to sign for each closed loop")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--seconds", bench_.seconds, "Of a closed loop at most; of an open loop")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str();
    CLI::Option* directory = command
                                 ->add_option("--directory,--dir", bench_.directory,
                                              "The bench's own directory, emptied at the start")
                                 ->capture_default_str();
    command
        ->add_option("--network", bench_.network,
                     "Instead of three nodes of its own: the directory of a network that runs")
        ->excludes(directory);
    command->add_flag("--json", bench_.json, "Print JSON");
    On(command, [this] { return bench::RunBench(bench_); });
  }

  CLI::App app_{"aval speaks to the nodes of an Aval network, and audits what they say."};
  std::function<int()> chosen_;
  KeygenOptions keygen_;
  NetworkInitOptions network_;
  ActSubmitOptions submit_;
  ActShowOptions show_;
  QueryOptions query_;
  ConnectionOptions status_;
  NodeChangeOptions change_;
  LogExportOptions export_;
  AuditVerifyOptions audit_;
  demo::DemoOptions demo_;
  bool all_purchases_ = false;
  std::string story_;
  bench::BenchOptions bench_;
};

}  // namespace
}  // namespace aval::cli

int main(int argc, char** argv) { return aval::cli::CommandLine().Run(argc, argv); }
