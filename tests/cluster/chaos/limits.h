#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/types.h"
#include "tests/cluster/chaos/nodes.h"
#include "tests/cluster/linearizability.h"

namespace aval::chaos {

/// Grants whose limits clients set and read, each a register.
///
/// The rules let one lender lower a limit by an act that names the new one and the factor that
/// leads to it from the old one. So every write asks for one minor unit less than any before it,
/// and it is refused when the limit is not what its writer thought, for example since another came
/// first: no value comes twice, and refusals are a part of the load.
///
/// Threads: safe from all, after Prepare.
class Limits {
 public:
  static constexpr std::int64_t kFirst = 1'000'000;  // Minor units; also the most writes of a key.

  /// Opens `day` and has the grants granted. `stop` ends it early.
  static Result<std::unique_ptr<Limits>> Prepare(const Nodes& nodes, std::size_t count,
                                                 ledger::Day day, const std::atomic<bool>& stop);

  std::size_t size() const { return grants_.size(); }
  /// The grant's id as hexadecimal.
  const std::string& KeyOf(std::size_t grant) const { return grants_[grant].key; }
  cluster::InitialValues first_values() const;

  struct Write {
    std::int64_t value = 0;
    Bytes envelope;  // Signed, to be sent as it is, also again.
  };
  /// From what was last seen of the limit.
  Write Next(std::size_t grant);
  /// An act that changes nothing, to be refused in the log.
  Bytes Mark(std::size_t grant) const;
  /// An answer said that this is, or was, the limit.
  void Saw(std::size_t grant, std::int64_t value);

 private:
  struct Grant {
    std::string key;
    ledger::Id id;
    std::uint32_t lender = 0;
  };
  struct Values {
    std::atomic<std::int64_t> seen = kFirst;
    std::atomic<std::int64_t> asked = kFirst;  // The lowest so far.
  };
  Bytes Sign(const Grant& grant, std::int64_t limit, std::uint32_t factor_ppm) const;

  Limits(const cli::Network& network, ledger::Day day, std::size_t count)
      : network_(network), last_valid_day_(day.Plus(10)), values_(count) {}

  const cli::Network& network_;
  const ledger::Day last_valid_day_;
  std::vector<Grant> grants_;
  std::vector<Values> values_;  // By grant.
};

}  // namespace aval::chaos
