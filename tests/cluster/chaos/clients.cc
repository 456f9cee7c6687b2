#include "tests/cluster/chaos/clients.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "cli/json.h"
#include "crypto/digest.h"
#include "ledger/verdict.h"
#include "net/http_client.h"
#include "tests/cluster/chaos/limits.h"
#include "tests/cluster/history.h"

namespace aval::chaos {
namespace {

using cluster::Operation;
using cluster::Outcome;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Between two calls of a client, at most, so that the load does not take all of two cores; and
// after one without an answer, so that calls of nodes that are down do not fill the history.
constexpr std::uint64_t kThinkMs = 20;
constexpr std::uint64_t kPatienceMs = 300;
// A node's own deadline, and how long its answer may take beyond it.
constexpr milliseconds kNodeTimeout{1'000};
constexpr milliseconds kWay{300};
constexpr std::chrono::seconds kWritesPatience{180};
constexpr std::chrono::seconds kLastReadsPatience{60};
constexpr milliseconds kLook{50};
// No act is sent again when its call is older.
constexpr milliseconds kWriteDeadline{4'000};

struct Answer {
  Outcome outcome = Outcome::kUnknown;
  std::int64_t value = 0;  // Of a read.
  std::uint64_t leaf = 0;  // Of a write that is kDone.
  std::string surprise{};  // What is wrong with it; empty: nothing.
};

Result<net::HttpReply> CallAndWait(net::HttpPool& node, net::HttpCall call, milliseconds timeout) {
  std::promise<Result<net::HttpReply>> promise;
  node.Call(std::move(call), timeout,
            [&promise](Result<net::HttpReply> reply) { promise.set_value(std::move(reply)); });
  return promise.get_future().get();
}

Answer Surprising(const net::HttpReply& reply) {
  return {.surprise = std::to_string(reply.status) + " " + std::string(AsText(reply.body))};
}

// Nodes that are down, cut off or overloaded say so by these.
bool IsNoAnswer(int status) { return status == 429 || status == 503 || status == 504; }

boost::json::value BodyOf(const net::HttpReply& reply) {
  boost::system::error_code failed;
  const std::string_view text = AsText(reply.body);
  return boost::json::parse({text.data(), text.size()}, failed);
}

Answer AnswerToRead(const Result<net::HttpReply>& reply) {
  if (!reply) return {};
  if (IsNoAnswer(reply->status)) return {.outcome = Outcome::kRefused};
  if (reply->status != 200) return Surprising(*reply);
  const boost::json::value body = BodyOf(*reply);
  const auto record = cli::JsonMember(body, "record");
  if (!record) return Surprising(*reply);
  const auto limit = cli::JsonInteger(**record, "limit");
  if (!limit) return Surprising(*reply);
  return {.outcome = Outcome::kDone, .value = *limit};
}

// Refused since the limit is another than its writer thought, or already below what it asks for.
bool IsRefusalOfALateWrite(std::string_view code) {
  return code == ledger::VerdictCode(ledger::Verdict::kStep) ||
         code == ledger::VerdictCode(ledger::Verdict::kRole);
}

// Only of what is recorded.
std::optional<std::uint64_t> LeafOf(const Result<net::HttpReply>& reply) {
  if (!reply || IsNoAnswer(reply->status)) return std::nullopt;
  const auto leaf = cli::JsonCount(BodyOf(*reply), "leaf");
  if (!leaf) return std::nullopt;
  return *leaf;
}

Answer AnswerToWrite(const Result<net::HttpReply>& reply) {
  if (!reply || IsNoAnswer(reply->status)) return {};
  const auto leaf = LeafOf(reply);
  const auto code = cli::JsonText(BodyOf(*reply), "code");
  if (!leaf || !code) return Surprising(*reply);
  if (reply->status == 200) return {.outcome = Outcome::kDone, .leaf = *leaf};
  if (reply->status != 422 || !IsRefusalOfALateWrite(*code)) return Surprising(*reply);
  return {.outcome = Outcome::kRefused};
}

}  // namespace

class Clients::Client {
 public:
  Client(Clients& all, std::uint64_t seed) : all_(all), random_(seed) {}

  void Run() {
    while (Think(no_answer_ ? kPatienceMs : kThinkMs)) {
      const std::size_t grant = unsure_of_ ? *unsure_of_ : random_.Below(all_.limits_.size());
      const bool reads = unsure_of_ || random_.Below(2) == 0;
      unsure_of_.reset();
      if (reads) {
        Read(grant, RandomNode());
      } else {
        Write(grant);
      }
    }
  }

  // Whether it was answered with a value.
  bool Read(std::size_t grant, net::HttpPool& node) {
    cluster::Call call = Begin(Operation::kRead, grant);
    const Answer answer = Ask(grant, node);
    call.value = answer.value;
    End(std::move(call), answer);
    if (answer.outcome != Outcome::kDone) return false;
    all_.limits_.Saw(grant, answer.value);
    return true;
  }

 private:
  Answer Ask(std::size_t grant, net::HttpPool& node) {
    net::HttpCall http;
    http.target = "/v1/records/grant/" + all_.limits_.KeyOf(grant) +
                  "?timeout_ms=" + std::to_string(kNodeTimeout.count());
    switch (all_.options_.reads) {
      case Reads::kLinearizable:
        http.target += "&" + std::string(kLinearizable);
        break;
      case Reads::kLogged: {
        const auto leaf = LeafOf(Submit(all_.limits_.Mark(grant), node));
        if (!leaf) return {};
        http.target += "&min_index=" + std::to_string(*leaf + 1);
        break;
      }
      case Reads::kStale:
        break;
    }
    return AnswerToRead(CallAndWait(node, std::move(http), kNodeTimeout + kWay));
  }

  static Result<net::HttpReply> Submit(Bytes envelope, net::HttpPool& node) {
    net::HttpCall http;
    http.method = "POST";
    http.target = "/v1/acts?timeout_ms=" + std::to_string(kNodeTimeout.count());
    http.content_type = "application/x-protobuf";
    http.body = std::move(envelope);
    return CallAndWait(node, std::move(http), kNodeTimeout + kWay);
  }

  net::HttpPool& RandomNode() { return *all_.nodes_[random_.Below(all_.nodes_.size())]; }

  std::chrono::nanoseconds Now() const { return steady_clock::now() - all_.start_; }

  // False when it is time to stop.
  bool Think(std::uint64_t most_ms) {
    const milliseconds pause(random_.Below(most_ms));
    std::unique_lock lock(all_.mutex_);
    return !all_.stopping_.wait_for(lock, pause, [this] { return all_.stop_; });
  }

  void Write(std::size_t grant) {
    Limits::Write write = all_.limits_.Next(grant);
    cluster::Call call = Begin(Operation::kWrite, grant);
    call.value = write.value;
    Answer answer;
    bool again = true;
    while (again) {
      answer = AnswerToWrite(Submit(write.envelope, RandomNode()));
      again = answer.outcome == Outcome::kUnknown && answer.surprise.empty() &&
              Now() - call.called < kWriteDeadline && random_.Below(4) != 0 && Think(kThinkMs);
    }
    if (answer.outcome == Outcome::kDone) {
      all_.limits_.Saw(grant, write.value);
      const std::scoped_lock lock(all_.mutex_);
      all_.acknowledged_.push_back(
          {.leaf = answer.leaf, .envelope = crypto::Sha256(write.envelope)});
    } else {
      unsure_of_ = grant;
    }
    End(std::move(call), answer);
  }

  cluster::Call Begin(Operation operation, std::size_t grant) {
    cluster::Call call;
    call.client = number_;
    call.operation = operation;
    call.key = all_.limits_.KeyOf(grant);
    call.called = Now();
    return call;
  }

  void End(cluster::Call call, const Answer& answer) {
    call.returned = Now();
    call.outcome = answer.outcome;
    no_answer_ = call.outcome == Outcome::kUnknown ||
                 (call.operation == Operation::kRead && call.outcome == Outcome::kRefused);
    if (!answer.surprise.empty()) all_.Surprise(cluster::Describe(call) + ": " + answer.surprise);
    all_.history_.Add(std::move(call));
    if (answer.outcome == Outcome::kUnknown) number_ = all_.next_number_++;
  }

  Clients& all_;
  SeededRandom random_;
  std::uint32_t number_ = all_.next_number_++;
  bool no_answer_ = false;                // To the last call.
  std::optional<std::size_t> unsure_of_;  // A grant whose limit is not what this client thought.
};

Clients::Clients(std::vector<net::HttpPool*> nodes, Limits& limits,
                 cluster::HistoryRecorder& history, const LoadOptions& options)
    : nodes_(std::move(nodes)), limits_(limits), history_(history), options_(options) {
  SeededRandom seeds(options_.seed);
  for (std::size_t i = 0; i < options_.clients; ++i) {
    threads_.emplace_back([this, seed = seeds.U64()] { Client(*this, seed).Run(); });
  }
}

Clients::~Clients() { Stop(); }

void Clients::Stop() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

Result<void> Clients::AwaitAcknowledged(std::size_t least, const std::atomic<bool>& stop) {
  const auto deadline = steady_clock::now() + kWritesPatience;
  std::unique_lock lock(mutex_);
  while (acknowledged_.size() < least) {
    if (stop) return Error{.code = Code::kCancelled, .message = "stopped"};
    if (steady_clock::now() > deadline) {
      return Error{.code = Code::kTimeout,
                   .message = "too few writes are acknowledged, though nothing disturbs the nodes"};
    }
    stopping_.wait_for(lock, kLook);
  }
  return {};
}

Result<void> Clients::Finish() {
  Stop();
  const auto deadline = steady_clock::now() + kLastReadsPatience;
  Client last(*this, options_.seed);
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    for (std::size_t grant = 0; grant < limits_.size(); ++grant) {
      bool answered = last.Read(grant, *nodes_[node]);
      while (!answered && steady_clock::now() < deadline) {
        std::this_thread::sleep_for(kLook);
        answered = last.Read(grant, *nodes_[node]);
      }
      if (answered) continue;
      return Error{.code = Code::kUnavailable,
                   .message = "node " + std::to_string(node + 1) + " does not say the limit of " +
                              limits_.KeyOf(grant) + ", though nothing disturbs it any more"};
    }
  }
  return {};
}

void Clients::Surprise(std::string what) {
  const std::scoped_lock lock(mutex_);
  if (surprise_.empty()) surprise_ = std::move(what);
}

}  // namespace aval::chaos
