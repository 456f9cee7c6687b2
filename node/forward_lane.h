#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/pace.h"
#include "base/worker_pool.h"
#include "net/peer_message.h"
#include "node/act_preparation.h"

namespace aval::node {

/// Prepares the acts that one peer forwards, in their order, and never more than a slice of them at
/// a time: whatever else waits for the pool's threads has its turn in between, however much this
/// peer sends. What waits is bounded by its receipts; what has none is over the peer's bound, and
/// is refused, as is all that waits when this node does not lead any more. Acts that turn out to be
/// none, or whose signatures are wrong, cost work that nothing comes of, and an honest peer sends
/// next to none: beyond kInvalid of them nothing is taken for a while. Threads: Add is safe from
/// all; the callbacks come on the pool's.
class ForwardLane final : public std::enable_shared_from_this<ForwardLane> {
 public:
  using Envelopes = std::vector<std::shared_ptr<const Bytes>>;
  static constexpr Pace::Limits kInvalid{
      .times_per_second = 50, .bytes_per_second = 1, .burst = std::chrono::seconds(1)};
  struct Parts {
    const Clock* clock = nullptr;  // Outlives the lane, as the pool.
    WorkerPool* pool = nullptr;
    std::function<bool()> leads;  // Whether prepared acts are of any use.
    std::function<std::shared_ptr<ActPreparation>(Envelopes envelopes)> prepare;
    /// The acts of one frame, all prepared.
    std::function<void(const std::vector<ledger::Preparation>& acts, net::Receipt receipt)> done;
    /// Over a bound, too much was invalid, or this node does not lead.
    std::function<void(net::ForwardRefused refused)> refuse;
  };

  /// Of what waits to be refused; the rest is dropped. Its sender does not lack it: it forwards
  /// again what it hears nothing of.
  static constexpr std::size_t kRefusedBytes = std::size_t{4} << 20U;

  explicit ForwardLane(Parts parts) : parts_(std::move(parts)) {}

  /// Costs next to nothing: it is called where others' messages wait.
  void Add(Envelopes envelopes, net::Receipt receipt);

 private:
  struct Waiting {
    Envelopes envelopes;
    net::Receipt receipt;
  };

  using Reason = net::ForwardRefused::Reason;
  struct Refused {
    Waiting frame;
    Reason reason;
  };

  /// The three below are for whoever has made `working_` true, or is it. False: the pool is full.
  bool Post();
  void Work();
  void GoOn();
  std::optional<Refused> TakeRefused();
  void WorkOnFront();
  /// Everything that waits, which leaves nothing to work on.
  std::deque<Waiting> TakeAll();
  void Refuse(const Envelopes& envelopes, Reason reason);

  const Parts parts_;
  std::shared_ptr<ActPreparation> front_;  // Of the first that waits; whoever works has it.
  std::mutex mutex_;
  bool working_ = false;  // A task of this lane is in the pool.
  std::deque<Waiting> waiting_;
  std::deque<Envelopes> refused_;
  std::size_t refused_bytes_ = 0;
  Pace invalid_{kInvalid};
};

}  // namespace aval::node
