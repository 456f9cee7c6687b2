#include "cli/submitter.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace aval::cli {
namespace {

constexpr std::chrono::milliseconds kTryTimeout{10'000};
constexpr std::chrono::milliseconds kRetryPause{50};
constexpr std::chrono::seconds kPatience{120};

const SystemClock kMachineClock;

bool IsDecided(const ActReply& reply) {
  return reply.status == ActReply::Status::kDecided || reply.status == ActReply::Status::kMalformed;
}

}  // namespace

std::uint64_t LoadReport::decided() const {
  std::uint64_t count = accepted;
  for (const auto& [code, refused_acts] : refused) count += refused_acts;
  return count;
}

std::uint32_t LoadReport::Percentile(double share) const {
  if (latency_us.empty()) return 0;
  std::vector<std::uint32_t> sorted = latency_us;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  const std::size_t at = std::clamp<std::size_t>(rank, 1, sorted.size()) - 1;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(at), sorted.end());
  return sorted[at];
}

// Batches that have come back, for the one thread that waits for them. Shared with the callbacks,
// which may outlive a submitter that gave up.
struct Landing {
  std::mutex mutex;
  std::condition_variable landed;
  std::deque<std::pair<std::size_t, Result<std::vector<ActReply>>>> replies;  // By flight number.
};

struct Submitter::Flight {
  std::size_t number = 0;
  std::vector<Bytes> batch;  // What is not decided yet, in order.
  std::size_t node = 0;
  Instant start;
  Instant not_before;
  bool under_way = false;
  std::shared_ptr<Landing> landing;
};

Submitter::Submitter(const std::vector<ApiClient*>& nodes, const std::atomic<bool>& stop,
                     Decided decided)
    : Submitter({nodes.begin(), nodes.end()}, kMachineClock, stop, std::move(decided)) {}

Submitter::Submitter(std::vector<ActSink*> nodes, const Clock& clock, const std::atomic<bool>& stop,
                     Decided decided)
    : nodes_(std::move(nodes)), clock_(clock), stop_(stop), decided_(std::move(decided)) {}

void Submitter::Send(Flight& flight) {
  flight.under_way = true;
  nodes_[flight.node]->SubmitBatch(
      flight.batch, kTryTimeout,
      [number = flight.number, landing = flight.landing](Result<std::vector<ActReply>> replies) {
        const std::scoped_lock lock(landing->mutex);
        landing->replies.emplace_back(number, std::move(replies));
        landing->landed.notify_one();
      });
}

void Submitter::Count(Flight& flight, const std::vector<ActReply>& replies) {
  const Instant now = clock_.Now();
  const Duration waited = now - flight.start;
  std::vector<Bytes> undecided;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    const ActReply& reply = replies[i];
    if (!IsDecided(reply)) {
      undecided.push_back(std::move(flight.batch[i]));
      continue;
    }
    last_decision_ = now;
    if (decided_) decided_(flight.batch[i], reply);
    report_.latency_us.push_back(static_cast<std::uint32_t>(waited.count()));
    report_.highest_leaf = std::max(report_.highest_leaf, reply.leaf);
    if (reply.status == ActReply::Status::kDecided && reply.verdict == 0) {
      ++report_.accepted;
      continue;
    }
    ++report_.refused[reply.code()];
  }
  flight.batch = std::move(undecided);
}

Result<void> Submitter::Submit(std::vector<std::vector<Bytes>> batches) {
  const auto landing = std::make_shared<Landing>();
  std::map<std::size_t, Flight> flights;
  std::size_t next = 0;
  last_decision_ = clock_.Now();
  while (next < batches.size() || !flights.empty()) {
    if (stop_) return Error{.code = Code::kCancelled, .message = "stopped"};
    while (next < batches.size() && flights.size() < kUnderWay) {
      Flight flight{.number = next,
                    .batch = std::move(batches[next]),
                    .node = next_node_++ % nodes_.size(),
                    .start = clock_.Now(),
                    .not_before = {},
                    .under_way = false,
                    .landing = landing};
      Send(flights.emplace(next, std::move(flight)).first->second);
      ++next;
    }
    std::deque<std::pair<std::size_t, Result<std::vector<ActReply>>>> replies;
    {
      std::unique_lock lock(landing->mutex);
      landing->landed.wait_for(lock, kRetryPause, [&] { return !landing->replies.empty(); });
      replies.swap(landing->replies);
    }
    for (auto& [number, reply] : replies) {
      Flight& flight = flights.at(number);
      flight.under_way = false;
      if (reply) Count(flight, *reply);
      if (flight.batch.empty()) {
        flights.erase(number);
        continue;
      }
      flight.not_before = clock_.Now() + kRetryPause;
      flight.node = (flight.node + 1) % nodes_.size();
      ++report_.resubmitted;
    }
    for (auto& [number, flight] : flights) {
      if (flight.under_way || clock_.Now() < flight.not_before) continue;
      if (clock_.Now() - last_decision_ > kPatience) {
        return Error{.code = Code::kTimeout, .message = "no act was decided in two minutes"};
      }
      Send(flight);
    }
  }
  return {};
}

std::vector<std::vector<Bytes>> PackChains(std::vector<std::vector<Bytes>> chains) {
  std::vector<std::vector<Bytes>> batches;
  std::size_t bytes = 0;
  for (std::vector<Bytes>& chain : chains) {
    std::size_t chain_bytes = 0;
    for (const Bytes& act : chain) chain_bytes += act.size();
    const bool fits = !batches.empty() &&
                      batches.back().size() + chain.size() <= Submitter::kBatchActs &&
                      bytes + chain_bytes <= Submitter::kBatchBytes;
    if (!fits) {
      batches.emplace_back();
      bytes = 0;
    }
    std::ranges::move(chain, std::back_inserter(batches.back()));
    bytes += chain_bytes;
  }
  return batches;
}

}  // namespace aval::cli
