#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "cli/submitter.h"
#include "ledger/types.h"
#include "tests/cluster/hostile/network.h"

namespace aval::hostile {

/// What honest clients do: purchases as in the demo, each a chain of acts, signed beforehand.
/// Threads: one.
class HonestLoad {
 public:
  /// Signs `runs` times `acts` acts or a few more, registers who takes part, and opens `day`.
  static Result<HonestLoad> Prepare(Network& network, ledger::Day day, std::size_t runs,
                                    std::size_t acts, Random& random);

  /// The next run: a closed loop of `clients` clients of the honest nodes. Every act must be
  /// accepted.
  Result<cli::LoadReport> Run(Network& network, std::size_t clients);

 private:
  std::vector<std::vector<std::vector<Bytes>>> runs_;  // The last first.
};

}  // namespace aval::hostile
