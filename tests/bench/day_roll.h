#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "tests/bench/purchase_mix.h"

namespace aval::bench {

/// What becomes of a node's applier when a day begins on which much is due, and of people who buy
/// meanwhile. Blocks come as a leader makes them: of the acts that wait as soon as the last block
/// is applied, empty ones while something is due; each is written to a file and synced, as the Raft
/// log is, and applied. Acts arrive at fixed times, whatever becomes of those before; latency
/// counts from then to the end of the rules' work on the act's block. `directory` is changed.
struct DayRoll {
  std::filesystem::path directory{};
  PurchaseMix::People people{};
  double rate = 100;                // Acts a second.
  std::chrono::seconds before{20};  // So long they are alone.
  std::chrono::seconds most{600};   // Then it ends, be the day's work done or not.
};
/// A few lines of text.
Result<std::string> MeasureDayRoll(const DayRoll& roll);

}  // namespace aval::bench
