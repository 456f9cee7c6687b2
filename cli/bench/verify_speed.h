#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace aval::cli::bench {

/// Signatures that this machine verifies in a second, as nodes do it (crypto::Verify), on `threads`
/// threads at once for `duration`: over the signed texts of these envelopes, at least one, signed
/// anew by a key of its own.
Result<double> MeasureVerifies(const std::vector<std::vector<Bytes>>& chains, unsigned threads,
                               std::chrono::milliseconds duration);

/// What verification alone allows: every one of `nodes` nodes on a machine that verifies so many
/// signatures a second checks every signature of every act.
struct Limit {
  double verifies_per_second = 0;
  std::size_t nodes = 0;
  double signatures_per_act = 0;

  double ActsPerSecond() const;
  /// The share of it that `acts_per_second` reached, 0 to 1.
  double Share(double acts_per_second) const;
};

}  // namespace aval::cli::bench
