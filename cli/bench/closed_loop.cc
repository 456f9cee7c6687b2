#include "cli/bench/closed_loop.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace aval::cli::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTimeout{60'000};

class Loop : public std::enable_shared_from_this<Loop> {
 public:
  Loop(std::vector<ActSink*> nodes, std::vector<std::vector<Bytes>> chains,
       const std::atomic<bool>& stop)
      : nodes_(std::move(nodes)), chains_(std::move(chains)), stop_(stop) {}

  Result<LoopResult> Run(const ClosedLoop& loop) {
    const Clock::time_point start = Clock::now();
    deadline_ = start + loop.most;
    running_ = loop.clients;
    for (std::size_t i = 0; i < loop.clients; ++i) Next({.number = i});
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return running_ == 0; });
    if (failure_) return *failure_;
    result_.seconds = std::chrono::duration<double>(*window_end_ - start).count();
    return std::move(result_);
  }

 private:
  struct Client {
    std::size_t number = 0;
    const std::vector<Bytes>* chain = nullptr;
    std::size_t position = 0;
    Clock::time_point sent{};
  };

  void Next(Client client) {
    if (client.chain == nullptr || client.position == client.chain->size()) {
      client.chain = TakeChain();
      client.position = 0;
      if (client.chain == nullptr) return End();
    }
    const Bytes& act = (*client.chain)[client.position++];
    client.sent = Clock::now();
    nodes_[client.number % nodes_.size()]->SubmitBatch(
        {act}, kTimeout,
        [self = shared_from_this(), client](Result<std::vector<ActReply>> replies) {
          self->OnReply(client, replies);
        });
  }

  // Null when the measured part is over.
  const std::vector<Bytes>* TakeChain() {
    const std::scoped_lock lock(mutex_);
    if (failure_) return nullptr;
    if (next_chain_ < chains_.size() && !window_end_) return &chains_[next_chain_++];
    if (!window_end_) window_end_ = Clock::now();
    return nullptr;
  }

  void End() {
    const std::scoped_lock lock(mutex_);
    if (--running_ == 0) ended_.notify_one();
  }

  void OnReply(const Client& client, const Result<std::vector<ActReply>>& replies) {
    if (const std::optional<Error> failure = FailureOf(replies)) {
      {
        const std::scoped_lock lock(mutex_);
        failure_ = failure;
      }
      return End();
    }
    const Clock::time_point now = Clock::now();
    Count(replies->front(), client.sent, now);
    Next(client);
  }

  std::optional<Error> FailureOf(const Result<std::vector<ActReply>>& replies) const {
    if (stop_) return Error{.code = Code::kCancelled, .message = "stopped"};
    if (!replies) return replies.error();
    const ActReply& reply = replies->front();
    if (reply.status == ActReply::Status::kDecided) return std::nullopt;
    return Error{.code = Code::kUnavailable, .message = reply.message};
  }

  void Count(const ActReply& reply, Clock::time_point sent, Clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    if (!window_end_ && now >= deadline_) window_end_ = now;
    if (window_end_ && now > *window_end_) return;
    const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(now - sent);
    result_.load.latency_us.push_back(static_cast<std::uint32_t>(waited.count()));
    if (reply.verdict == 0) {
      ++result_.load.accepted;
    } else {
      ++result_.load.refused[reply.code()];
    }
  }

  const std::vector<ActSink*> nodes_;
  const std::vector<std::vector<Bytes>> chains_;
  const std::atomic<bool>& stop_;
  Clock::time_point deadline_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
  std::size_t next_chain_ = 0;
  std::optional<Clock::time_point> window_end_;
  LoopResult result_;
  std::optional<Error> failure_;
};

}  // namespace

Result<LoopResult> RunClosedLoop(const std::vector<ActSink*>& nodes, const ClosedLoop& loop,
                                 std::vector<std::vector<Bytes>> chains,
                                 const std::atomic<bool>& stop) {
  return std::make_shared<Loop>(nodes, std::move(chains), stop)->Run(loop);
}

}  // namespace aval::cli::bench
