#include "node/api/api.h"

#include <algorithm>
#include <utility>

#include "ledger/block.h"
#include "node/api/replies.h"

namespace aval::node::api {
namespace {

constexpr std::size_t kActBytesMax = std::size_t{64} << 20U;
// Few: anybody who may use this API can send acts under keys that do not exist.
constexpr Load kAwaitingKeysMax{.things = 4'096, .bytes = std::size_t{4} << 20U};

// More than connections can have at a time: only of clients who hang up and call again.
constexpr Load kWaitingReadsMax{.things = 4'096, .bytes = Load::kUnbounded};
constexpr Load kWaitingReadsOfClientMax{.things = 1'024, .bytes = Load::kUnbounded};

// What one client may have: a quarter, but a whole batch, which would never be taken otherwise.
Load ShareOf(const Load& all) {
  return {.things = std::max(ledger::kBlockActsMax, all.things / 4),
          .bytes = std::max(ledger::kBlockBytesMax, all.bytes / 4)};
}

}  // namespace

Api::Api(Parts parts)
    : parts_(std::move(parts)),
      reads_(kWaitingReadsMax, kWaitingReadsOfClientMax),
      acts_({.things = parts_.waiting_acts_max, .bytes = kActBytesMax},
            ShareOf({.things = parts_.waiting_acts_max, .bytes = kActBytesMax})),
      awaiting_keys_(kAwaitingKeysMax, ShareOf(kAwaitingKeysMax)) {}

void Api::Handle(net::HttpRequest request, Respond respond) {
  if (request.method != "POST") {  // A read that waits must not keep what it does not need.
    Bytes().swap(request.body);
    request.headers.clear();
  }
  Route(request, respond);
}

void Api::Route(const net::HttpRequest& request, const Respond& respond) {
  const std::string& path = request.path;
  if (parts_.failed() && path != "/metrics") {
    return respond(ErrorReply(503, "failed", "this node is stopping on an error"));
  }
  if (request.method == "POST") {
    if (path == "/v1/acts") return PostAct(request, respond);
    if (path == "/v1/acts:batch") return PostBatch(request, respond);
    if (path == "/v1/node/transfer") return PostTransfer(request, respond);
    if (path == "/v1/node/members") return PostMembers(request, respond);
    return respond(ErrorReply(404, "not_found", "nothing can be posted to " + path));
  }
  if (request.method != "GET") {
    net::HttpResponse reply =
        ErrorReply(405, "method_not_allowed", "this API knows GET and POST only");
    reply.headers.emplace("Allow", "GET, POST");
    return respond(std::move(reply));
  }
  if (path == "/healthz") return respond(GetHealth(/*ready=*/false));
  if (path == "/readyz") return respond(GetHealth(/*ready=*/true));
  if (path == "/metrics") {
    net::HttpResponse reply;
    reply.content_type = "text/plain; version=0.0.4";
    reply.body = parts_.metrics();
    return respond(std::move(reply));
  }
  if (path == "/v1/node") {
    // What is wrong when nothing is flushed, it must still say.
    return WithView(request, respond, Sees::kFlushed, nullptr,
                    [this](const View& view) { return GetNode(view); });
  }
  using Report = net::HttpResponse (Api::*)(const View&);
  const std::pair<std::string_view, Report> reports[] = {
      {"/v1/reports/trial-balance", &Api::GetTrialBalance},
      {"/v1/reports/balances", &Api::GetBalances},
      {"/v1/reports/state-hash", &Api::GetStateHash},
  };
  for (const auto& [name, report] : reports) {
    if (path != name) continue;
    return WithView(request, respond, Sees::kApplied, parts_.reporters,
                    [this, get = report](const View& view) { return (this->*get)(view); });
  }
  struct Place {
    std::string_view prefix;
    net::HttpResponse (Api::*get)(const net::HttpRequest&, const View&);
    Sees least;
  };
  const Place places[] = {
      {"/v1/acts/", &Api::GetAct, Sees::kApplied},
      {"/v1/records/", &Api::GetRecord, Sees::kApplied},
      {"/v1/accounts/", &Api::GetRecord, Sees::kApplied},
      {"/v1/leaves/", &Api::GetLeaf, Sees::kApplied},
      {"/log/", &Api::GetLogFile, Sees::kFlushed},  // By a checkpoint, which is behind anyway.
  };
  for (const Place& place : places) {
    if (!path.starts_with(place.prefix)) continue;
    return WithView(
        request, respond, place.least, parts_.readers,
        [this, request, get = place.get](const View& view) { return (this->*get)(request, view); });
  }
  respond(ErrorReply(404, "not_found", "there is no " + path));
}

void Api::WithView(const net::HttpRequest& request, const Respond& respond, Sees least,
                   WorkerPool* pool, Read read) {
  const auto min_index = NumberParameter(request, "min_index");
  if (!min_index) return respond(ErrorReply(min_index.error()));
  const auto timeout = TimeoutParameter(request);
  if (!timeout) return respond(ErrorReply(timeout.error()));
  auto answer = [this, respond, pool, read = std::move(read)](WaitEnd end) {
    switch (end) {
      case WaitEnd::kTooLate:
        return respond(ErrorReply(504, "index_not_reached",
                                  "this node has not shown the index asked for, or what it had "
                                  "answered, in time"));
      case WaitEnd::kStopping:
        return respond(ErrorReply(503, "unavailable", "this node is going down"));
      case WaitEnd::kReached:
        break;
    }
    auto run = [respond, read, view = parts_.ledger->view()] { respond(read(*view)); };
    if (pool == nullptr) return run();
    if (!pool->TryPost(std::move(run))) {
      respond(ErrorReply(429, "overloaded", "too many reads of this kind are under way"));
    }
  };
  const auto linearizable = FlagParameter(request, "linearizable");
  if (!linearizable) return respond(ErrorReply(linearizable.error()));
  if (*linearizable) {
    auto place = reads_.Take(request.client, {.things = 1, .bytes = 0});
    if (place == nullptr) return respond(ErrorReply(429, "overloaded", "too many reads wait"));
    const Instant deadline = parts_.clock->Now() + *timeout;
    return parts_.replica->Read(deadline, [this, deadline, place, answer = std::move(answer),
                                           least = min_index->value_or(0),
                                           respond](ReadEnd end) mutable {
      switch (end) {
        case ReadEnd::kNoLeader:
          return respond(ErrorReply(503, "no_leader", "no leader is known to this node"));
        case ReadEnd::kTimedOut:
          return respond(ErrorReply(504, "timeout", "no quorum has confirmed the read in time"));
        case ReadEnd::kStopping:
          return answer(WaitEnd::kStopping);
        case ReadEnd::kReadable:
          break;
      }
      AwaitSize(std::max(least, parts_.ledger->applied_size()),
                {.deadline = deadline, .place = place, .done = answer});
    });
  }
  const bool full = parts_.disk_full != nullptr && parts_.disk_full();
  const bool sees_applied = least == Sees::kApplied && !full;
  const std::uint64_t answered = sees_applied ? parts_.ledger->applied_size() : 0;
  const std::uint64_t size = std::max(min_index->value_or(0), answered);
  if (parts_.ledger->view()->tree.size() >= size) return answer(WaitEnd::kReached);
  auto place = reads_.Take(request.client, {.things = 1, .bytes = 0});
  if (place == nullptr) return respond(ErrorReply(429, "overloaded", "too many reads wait"));
  AwaitSize(size, {.deadline = parts_.clock->Now() + *timeout,
                   .place = std::move(place),
                   .done = std::move(answer)});
}

void Api::AwaitSize(std::uint64_t tree_size, Wait wait) {
  {
    const std::scoped_lock lock(mutex_);
    if (!stopped_) waits_.emplace(tree_size, std::exchange(wait, {}));
  }
  if (wait.done) return wait.done(WaitEnd::kStopping);
  OnApplied();  // It may have come already.
}

void Api::OnApplied() {
  const std::uint64_t applied_size = parts_.ledger->applied_size();
  const std::uint64_t visible_size = parts_.ledger->view()->tree.size();
  std::vector<Wait> reached;
  bool waits_for_flush = false;
  {
    const std::scoped_lock lock(mutex_);
    const auto end = waits_.upper_bound(visible_size);
    for (auto at = waits_.begin(); at != end; ++at) reached.push_back(std::move(at->second));
    waits_.erase(waits_.begin(), end);
    waits_for_flush = !waits_.empty() && waits_.begin()->first <= applied_size;
  }
  EndAll(std::move(reached), WaitEnd::kReached);
  if (waits_for_flush) parts_.flush_soon();
}

void Api::ExpireWaits() {
  const Instant now = parts_.clock->Now();
  std::vector<Wait> late;
  {
    const std::scoped_lock lock(mutex_);
    for (auto at = waits_.begin(); at != waits_.end();) {
      if (at->second.deadline > now) {
        ++at;
        continue;
      }
      late.push_back(std::move(at->second));
      at = waits_.erase(at);
    }
  }
  EndAll(std::move(late), WaitEnd::kTooLate);
}

void Api::Stop() {
  std::vector<Wait> waiting;
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    for (auto& [size, wait] : std::exchange(waits_, {})) waiting.push_back(std::move(wait));
  }
  EndAll(std::move(waiting), WaitEnd::kStopping);
}

void Api::EndAll(std::vector<Wait> waits, WaitEnd end) {
  for (const Wait& wait : waits) wait.done(end);
}

}  // namespace aval::node::api
