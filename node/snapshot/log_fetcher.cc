#include "node/snapshot/log_fetcher.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "ledger/log/bundle.h"

namespace aval::node {

namespace {

using ledger::kTileWidth;

std::uint64_t EndOfBundle(std::uint64_t leaf) { return (leaf / kTileWidth + 1) * kTileWidth; }

}  // namespace

LogFetcher::LogFetcher(const Options& options)
    : options_(options),
      news_(options.peers, options.ask_interval),
      pull_(options.pull),
      next_(options.from),
      asked_to_(options.from) {
  AVAL_ASSERT(options.ahead > 0 && options.from <= options.tree.size());
}

void LogFetcher::Receive(std::uint32_t from, const SnapshotMessage& message, Instant now,
                         FetchActions& out) {
  if (const auto* newest = std::get_if<Newest>(&message)) {
    if (!news_.Take(from, *newest, now)) return;
  } else if (const auto* leaves = std::get_if<Leaves>(&message)) {
    Take(from, *leaves, now, out);
  } else if (const auto* refused = std::get_if<SnapshotRefused>(&message)) {
    if (refused->asked != SnapshotRefused::Asked::kLeaves) return;
    if (refused->reason == SnapshotRefused::Reason::kBusy) {
      pull_.Postponed(from, refused->number, std::chrono::milliseconds(refused->rest_ms), now);
    } else {
      pull_.Failed(from, refused->number, now);
    }
  } else {
    return;
  }
  Proceed(now, out);
}

void LogFetcher::Tick(Instant now, FetchActions& out) {
  if (complete()) return;
  news_.Tick(now, out);
  pull_.Tick(now);
  Proceed(now, out);
}

void LogFetcher::LinkLost(std::uint32_t node, Instant now, FetchActions& out) {
  pull_.LinkLost(node, now);
  Proceed(now, out);
}

std::optional<Instant> LogFetcher::NextDeadline(Instant now) const {
  if (complete()) return std::nullopt;
  const std::optional<Instant> pull = pull_.NextDeadline(now);
  return pull ? std::min(*pull, news_.next()) : news_.next();
}

void LogFetcher::Take(std::uint32_t from, const Leaves& answer, Instant now, FetchActions& out) {
  const std::uint64_t size = options_.tree.size();
  const std::uint64_t first = answer.range.first;
  if (answer.size != size || !pull_.IsAsked(from, first)) return;
  if (const auto checked = ledger::CheckLeafRange(answer.range, options_.tree); !checked) {
    pull_.Failed(from, first, now);
    barred_.insert(from);
    out.alarms.push_back({.peer = from,
                          .what = "sent leaves from " + std::to_string(first) +
                                  " on that the log does not have: " + checked.error().message});
    return;
  }
  pull_.Answered(from, first);
  const std::uint64_t end = answer.range.end();
  if (end < std::min(EndOfBundle(first), size)) pull_.Want(end);
  early_.emplace(first, answer.range);
  for (auto at = early_.find(next_); at != early_.end(); at = early_.find(next_)) {
    next_ = at->second.end();
    out.leaves.push_back(std::move(at->second));
    early_.erase(at);
  }
}

std::set<std::uint32_t> LogFetcher::Holders() const {
  std::set<std::uint32_t> holders;
  for (const auto& [node, newest] : news_.newest()) {
    const bool has = newest.log_first <= next_ && newest.log_size >= options_.tree.size();
    if (has && !barred_.contains(node)) holders.insert(node);
  }
  return holders;
}

void LogFetcher::Proceed(Instant now, FetchActions& out) {
  if (complete()) return;
  const std::uint64_t size = options_.tree.size();
  const std::uint64_t last = next_ / kTileWidth + options_.ahead;  // Bundle that is too far.
  for (; asked_to_ < size && asked_to_ / kTileWidth < last;
       asked_to_ = std::min(EndOfBundle(asked_to_), size)) {
    pull_.Want(asked_to_);
  }
  for (const Pull::Ask& ask : pull_.Next(Holders(), now)) {
    out.messages.push_back({.to = ask.node, .message = AskLeaves{.first = ask.item, .size = size}});
  }
}

}  // namespace aval::node
