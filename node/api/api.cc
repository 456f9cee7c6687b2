#include "node/api/api.h"

#include <utility>

#include "node/api/replies.h"

namespace aval::node::api {

Api::Api(Parts parts) : parts_(std::move(parts)) {}

void Api::Handle(net::HttpRequest request, Respond respond) { Route(request, respond); }

void Api::Route(const net::HttpRequest& request, const Respond& respond) {
  const std::string& path = request.path;
  if (request.method == "POST") {
    if (path == "/v1/acts") return PostAct(request, respond);
    if (path == "/v1/acts:batch") return PostBatch(request, respond);
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
    return WithView(request, respond, [this](const View& view) { return GetNode(view); }, false);
  }
  if (path == "/v1/reports/trial-balance") {
    return WithView(
        request, respond, [this](const View& view) { return GetTrialBalance(view); }, true);
  }
  if (path == "/v1/reports/balances") {
    return WithView(request, respond, [this](const View& view) { return GetBalances(view); }, true);
  }
  if (path == "/v1/reports/state-hash") {
    return WithView(
        request, respond, [this](const View& view) { return GetStateHash(view); }, true);
  }
  using Getter = net::HttpResponse (Api::*)(const net::HttpRequest&, const View&);
  const std::pair<std::string_view, Getter> prefixes[] = {
      {"/v1/acts/", &Api::GetAct},        {"/v1/records/", &Api::GetRecord},
      {"/v1/accounts/", &Api::GetRecord}, {"/v1/leaves/", &Api::GetLeaf},
      {"/log/", &Api::GetLogFile},
  };
  for (const auto& [prefix, getter] : prefixes) {
    if (!path.starts_with(prefix)) continue;
    return WithView(
        request, respond,
        [this, request, get = getter](const View& view) { return (this->*get)(request, view); },
        false);
  }
  respond(ErrorReply(404, "not_found", "there is no " + path));
}

void Api::WithView(const net::HttpRequest& request, const Respond& respond,
                   std::function<net::HttpResponse(const View&)> read, bool heavy) {
  const auto min_index = NumberParameter(request, "min_index");
  if (!min_index) return respond(ErrorReply(min_index.error()));
  const auto timeout = TimeoutParameter(request);
  if (!timeout) return respond(ErrorReply(timeout.error()));
  auto answer = [this, respond, heavy, read = std::move(read)](bool reached) {
    if (!reached) {
      return respond(ErrorReply(504, "index_not_reached",
                                "this node has not applied the index asked for in time"));
    }
    auto run = [respond, read, view = parts_.ledger->view()] { respond(read(*view)); };
    if (!heavy) return run();
    if (!parts_.readers->TryPost(run)) {
      respond(ErrorReply(429, "overloaded", "too many reports are under way"));
    }
  };
  if (!*min_index || parts_.ledger->view()->tree.size() >= **min_index) return answer(true);
  {
    const std::scoped_lock lock(mutex_);
    waits_.emplace(**min_index,
                   Wait{.deadline = parts_.clock->Now() + *timeout, .done = std::move(answer)});
  }
  // It may have come between the look and the wait.
  OnApplied(parts_.ledger->view()->tree.size());
}

void Api::OnApplied(std::uint64_t tree_size) {
  std::vector<std::function<void(bool)>> reached;
  {
    const std::scoped_lock lock(mutex_);
    const auto end = waits_.upper_bound(tree_size);
    for (auto at = waits_.begin(); at != end; ++at) reached.push_back(std::move(at->second.done));
    waits_.erase(waits_.begin(), end);
  }
  for (const auto& done : reached) done(true);
}

void Api::ExpireWaits() {
  const Instant now = parts_.clock->Now();
  std::vector<std::function<void(bool)>> late;
  {
    const std::scoped_lock lock(mutex_);
    for (auto at = waits_.begin(); at != waits_.end();) {
      if (at->second.deadline > now) {
        ++at;
        continue;
      }
      late.push_back(std::move(at->second.done));
      at = waits_.erase(at);
    }
  }
  for (const auto& done : late) done(false);
}

}  // namespace aval::node::api
