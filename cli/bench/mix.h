#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace aval::cli::bench {

/// What a load consists of.
struct Mix {
  std::map<std::string, std::uint64_t> acts_by_type;  // acts.proto's names: "grant_propose".
  std::uint64_t acts = 0;
  std::uint64_t signatures = 0;
  std::uint64_t bytes = 0;  // Of the envelopes.

  double SignaturesPerAct() const;
};

/// Of signed envelopes. kInvalidArgument for what is none.
Result<Mix> MixOf(const std::vector<std::vector<Bytes>>& chains);

}  // namespace aval::cli::bench
