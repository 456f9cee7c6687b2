#include "cli/bench/closed_loop.h"

#include <algorithm>
#include <chrono>
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
  Loop(std::vector<ApiClient*> nodes, std::vector<std::vector<Bytes>> chains)
      : nodes_(std::move(nodes)), chains_(std::move(chains)) {}

  Result<LoopResult> Run(std::size_t clients) {
    const Clock::time_point start = Clock::now();
    running_ = clients;
    for (std::size_t i = 0; i < clients; ++i) {
      Next({.number = i, .chain = 0, .position = 0, .has_chain = false, .sent = {}});
    }
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return running_ == 0; });
    if (failure_) return *failure_;
    result_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return std::move(result_);
  }

 private:
  struct Client {
    std::size_t number;
    std::size_t chain;
    std::size_t position;
    bool has_chain;
    Clock::time_point sent;
  };

  void Next(Client client) {
    {
      const std::scoped_lock lock(mutex_);
      if (!client.has_chain || client.position == chains_[client.chain].size()) {
        if (failure_ || next_chain_ == chains_.size()) {
          if (--running_ == 0) ended_.notify_one();
          return;
        }
        client.chain = next_chain_++;
        client.position = 0;
        client.has_chain = true;
      }
    }
    const Bytes& act = chains_[client.chain][client.position++];
    client.sent = Clock::now();
    nodes_[client.number % nodes_.size()]->SubmitBatch(
        {act}, kTimeout,
        [self = shared_from_this(), client](Result<std::vector<ActReply>> replies) {
          self->OnReply(client, std::move(replies));
        });
  }

  void OnReply(const Client& client, Result<std::vector<ActReply>> replies) {
    const auto waited =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - client.sent);
    {
      const std::scoped_lock lock(mutex_);
      if (!replies || replies->front().status != ActReply::Status::kDecided) {
        failure_ = replies ? Error{.code = Code::kUnavailable, .message = replies->front().message}
                           : replies.error();
        if (--running_ == 0) ended_.notify_one();
        return;
      }
      const ActReply& reply = replies->front();
      result_.load.latency_us.push_back(static_cast<std::uint32_t>(waited.count()));
      if (reply.verdict == 0) {
        ++result_.load.accepted;
      } else {
        ++result_.load.refused[reply.code()];
      }
    }
    Next(client);
  }

  const std::vector<ApiClient*> nodes_;
  const std::vector<std::vector<Bytes>> chains_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
  std::size_t next_chain_ = 0;
  LoopResult result_;
  std::optional<Error> failure_;
};

}  // namespace

Result<LoopResult> RunClosedLoop(const std::vector<ApiClient*>& nodes, std::size_t clients,
                                 std::vector<std::vector<Bytes>> chains) {
  return std::make_shared<Loop>(nodes, std::move(chains))->Run(clients);
}

}  // namespace aval::cli::bench
