#include "cli/story/network_stage.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <chrono>
#include <thread>
#include <utility>

#include "cli/json.h"
#include "ledger/verdict.h"

namespace aval::cli::story {
namespace {

constexpr std::chrono::milliseconds kCallTimeout{10'000};
constexpr std::chrono::milliseconds kPause{2};
constexpr std::chrono::seconds kPatience{60};

Error Stopped() { return {.code = Code::kCancelled, .message = "stopped"}; }

// As a node says it, of an act that has a leaf.
std::string WordsOf(const ActReply& reply) {
  const auto verdict = ledger::VerdictFromNumber(reply.verdict);
  return verdict ? std::string(ledger::VerdictText(*verdict)) : reply.message;
}

}  // namespace

NetworkStage::NetworkStage(demo::DemoNetwork& demo, const std::atomic<bool>& stop)
    : demo_(demo),
      nodes_(demo.clients()),
      stop_(stop),
      submitter_(nodes_, stop, [this](const Bytes&, const ActReply& reply) { reply_ = reply; }) {}

Result<boost::json::value> NetworkStage::Get(const std::string& target) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  const std::string mark = target.find('?') == std::string::npos ? "?" : "&";
  const std::string full = target + mark + "min_index=" + std::to_string(leaves_);
  for (std::size_t turn = 0;; ++turn) {
    if (stop_) return Stopped();
    auto answer = nodes_[turn % nodes_.size()]->GetJson(full, kCallTimeout);
    if (answer || answer.error().code == Code::kNotFound ||
        answer.error().code == Code::kInvalidArgument ||
        std::chrono::steady_clock::now() > deadline) {
      return answer;
    }
    std::this_thread::sleep_for(kPause);
  }
}

Result<boost::json::value> NetworkStage::Leaf(std::uint64_t leaf) {
  return Get("/v1/leaves/" + std::to_string(leaf));
}

Result<Stage::Outcome> NetworkStage::Apply(const Bytes& envelope) {
  reply_.reset();
  std::vector<std::vector<Bytes>> batches;
  batches.push_back({envelope});
  AVAL_CHECK(submitter_.Submit(std::move(batches)));
  if (!reply_ || !reply_->recorded) {
    return Error{.code = Code::kUnavailable,
                 .message = "an act of the story was dropped: " +
                            (reply_ ? reply_->code() + " " + reply_->message : "no answer")};
  }
  Outcome outcome{.accepted = reply_->verdict == 0,
                  .code = reply_->code(),
                  .words = WordsOf(*reply_),
                  .leaf = reply_->leaf};
  leaves_ = std::max(leaves_, outcome.leaf + 1);
  if (!outcome.accepted) return outcome;
  AVAL_TRY(const boost::json::value leaf, Leaf(outcome.leaf));
  if (const auto journal = JsonList(leaf, "journal")) outcome.journal = **journal;
  return outcome;
}

// The leader proposes blocks until nothing is due; each adds a system leaf.
Result<std::vector<Stage::Movement>> NetworkStage::WorkOff() {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    AVAL_TRY(const boost::json::value status, Get("/v1/node"));
    AVAL_TRY(const bool due, JsonFlag(status, "due_items"));
    AVAL_TRY(const std::uint64_t index, JsonCount(status, "index"));
    leaves_ = std::max(leaves_, index);
    if (!due) break;
    if (std::chrono::steady_clock::now() > deadline) {
      return Error{.code = Code::kTimeout, .message = "the nodes did not work the day off in time"};
    }
    std::this_thread::sleep_for(kPause);
  }
  std::vector<Movement> movements;
  for (; watched_ < leaves_; ++watched_) {
    AVAL_TRY(const boost::json::value leaf, Leaf(watched_));
    AVAL_TRY(const std::string kind, JsonText(leaf, "kind"));
    if (kind != "system") continue;
    Movement movement{.leaf = watched_};
    if (const auto journal = JsonList(leaf, "journal")) movement.journal = **journal;
    movements.push_back(std::move(movement));
  }
  return movements;
}

Result<std::optional<boost::json::value>> NetworkStage::Read(const std::string& table,
                                                             const std::vector<std::string>& key) {
  std::string target = "/v1/records/" + table;
  for (const std::string& part : key) target += "/" + part;
  auto answer = Get(target);
  if (!answer) {
    if (answer.error().code == Code::kNotFound) return std::optional<boost::json::value>{};
    return answer.error();
  }
  AVAL_TRY(const boost::json::value* record, JsonMember(*answer, "record"));
  return std::optional<boost::json::value>(*record);
}

Result<boost::json::array> NetworkStage::Balances() {
  AVAL_TRY(const boost::json::value report, Get("/v1/reports/balances"));
  AVAL_TRY(const boost::json::array* lines, JsonList(report, "lines"));
  return *lines;
}

}  // namespace aval::cli::story
