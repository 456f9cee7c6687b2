#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/client.h"
#include "cli/demo/demo_network.h"
#include "cli/story/stage.h"
#include "cli/submitter.h"

namespace aval::cli::story {

/// A network of nodes as the stage: acts go to one node after another, and what became of them is
/// read from a node that shows them.
/// Threads: one.
class NetworkStage final : public Stage {
 public:
  /// `demo` outlives it, and nobody else submits acts there. `stop` ends a call early.
  NetworkStage(demo::DemoNetwork& demo, const std::atomic<bool>& stop);

  const Network& network() const override { return demo_.network(); }
  Result<Outcome> Apply(const Bytes& envelope) override;
  Result<std::vector<Movement>> WorkOff() override;
  Result<std::optional<boost::json::value>> Read(const std::string& table,
                                                 const std::vector<std::string>& key) override;
  Result<boost::json::array> Balances() override;

  /// Leaves that the nodes have, as far as this has seen.
  std::uint64_t leaves() const { return leaves_; }

 private:
  /// From a node that shows all that this has seen; asks one after another, for a minute at most.
  Result<boost::json::value> Get(const std::string& target);
  Result<boost::json::value> Leaf(std::uint64_t leaf);

  demo::DemoNetwork& demo_;
  const std::vector<ApiClient*> nodes_;
  const std::atomic<bool>& stop_;
  Submitter submitter_;
  std::optional<ActReply> reply_;  // Of the act under way.
  std::uint64_t leaves_ = 0;
  std::uint64_t watched_ = 0;  // Leaves before this are told.
};

}  // namespace aval::cli::story
