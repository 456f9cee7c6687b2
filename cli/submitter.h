#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "cli/client.h"

namespace aval::cli {

/// What became of acts, and how long their submitters waited.
struct LoadReport {
  std::uint64_t accepted = 0;
  std::map<std::string, std::uint64_t> refused;  // By code, "E_LIMIT" and so on.
  std::uint64_t resubmitted = 0;                 // Batches sent again, to the same or another node.
  std::vector<std::uint32_t> latency_us;         // Submit to durable commit, one for each act.
  std::uint64_t highest_leaf = 0;

  std::uint64_t decided() const;
  /// The latency that `share` (0 to 1) of the acts did not exceed, by the nearest rank; 0 when
  /// there were none.
  std::uint32_t Percentile(double share) const;
};

/// Submits batches to several nodes until every act is decided: a node that does not answer, is
/// overloaded or does not know costs another try, elsewhere. The same envelopes are sent again, so
/// nothing is done twice.
/// Threads: one.
class Submitter {
 public:
  /// Hears of every act that is decided: its envelope and its answer.
  using Decided = std::function<void(const Bytes& envelope, const ActReply& reply)>;

  /// `nodes` outlive the submitter. `stop` ends it early.
  Submitter(const std::vector<ApiClient*>& nodes, const std::atomic<bool>& stop,
            Decided decided = {});
  /// By another clock than the machine's, which outlives the submitter, too.
  Submitter(std::vector<ActSink*> nodes, const Clock& clock, const std::atomic<bool>& stop,
            Decided decided = {});

  /// Decides all batches, at most `kUnderWay` at a time, each in its own order. kCancelled when
  /// stopped; kTimeout when no act was decided for two minutes.
  Result<void> Submit(std::vector<std::vector<Bytes>> batches);

  const LoadReport& report() const { return report_; }

  static constexpr std::size_t kUnderWay = 6;
  static constexpr std::size_t kBatchActs = 500;
  static constexpr std::size_t kBatchBytes = std::size_t{512} << 10U;

 private:
  struct Flight;
  void Send(Flight& flight);
  /// Counts what is decided and leaves the rest in the flight.
  void Count(Flight& flight, const std::vector<ActReply>& replies);

  const std::vector<ActSink*> nodes_;
  const Clock& clock_;
  const std::atomic<bool>& stop_;
  const Decided decided_;
  std::size_t next_node_ = 0;
  Instant last_decision_;
  LoadReport report_;
};

/// Packs chains, whose inner order counts, into batches of at most kBatchActs and kBatchBytes; a
/// longer chain is a batch of its own.
std::vector<std::vector<Bytes>> PackChains(std::vector<std::vector<Bytes>> chains);

}  // namespace aval::cli
