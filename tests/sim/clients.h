#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "crypto/digest.h"
#include "tests/base/virtual_time.h"
#include "tests/sim/checks.h"
#include "tests/sim/node.h"
#include "tests/sim/plan.h"
#include "tests/sim/trace.h"

namespace aval::sim {

/// Those who submit acts and read. Each has one call under way: it gives it to some node, waits
/// until its deadline, and gives the same one to another until it has an answer, however long that
/// takes.
///
/// An answer must be true (the act stands where it says, on every node), and in real time: what was
/// answered before an act was first submitted stands before it.
/// Threads: one.
class Clients {
 public:
  using Nodes = std::vector<std::unique_ptr<Node>>;

  Clients(VirtualTime& time, const Plan& plan, Nodes& nodes, Checks& checks, Trace& trace,
          std::uint64_t seed);

  void Start();
  /// No new acts; what is under way goes on until it is answered.
  void Stop() { stopped_ = true; }
  /// From now on they ask these nodes only.
  void Ask(std::vector<consensus::NodeId> nodes) { asked_ = std::move(nodes); }
  /// Acts under way.
  std::size_t waiting() const;

 private:
  struct Client {
    std::uint32_t number = 0;
    std::uint64_t acts = 0;  // Begun so far.
    std::shared_ptr<const Bytes> act;
    crypto::Digest digest;
    std::uint64_t attempt = 0;         // Answers to earlier ones count, too; their timers do not.
    std::uint64_t answered_below = 0;  // Positions answered when it was first submitted.
    bool reads = false;                // A read is under way instead.
  };
  std::shared_ptr<const Bytes> MakeAct(const Client& client);
  void Begin(Client& client);
  void Attempt(Client& client);
  /// A read must see what was answered, to anybody, before its first attempt.
  void AttemptRead(Client& client);
  void OnRead(Client& client, std::uint64_t attempt, node::ReadEnd end, std::uint64_t size);
  void EndCall(Client& client);
  void RetryIn(Client& client, Duration delay);
  void OnAnswer(Client& client, const crypto::Digest& act, const node::ActAnswer& answer);
  Duration UpTo(Duration most);

  VirtualTime& time_;
  const Plan& plan_;
  Nodes& nodes_;
  Checks& checks_;
  Trace& trace_;
  SeededRandom random_;
  std::vector<Client> clients_;
  std::vector<consensus::NodeId> asked_;
  bool stopped_ = false;
  std::uint64_t answered_below_ = 0;  // One more than the highest position that was answered.
};

}  // namespace aval::sim
