#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "tests/bench/purchase_mix.h"

namespace aval::bench {

/// How fast one thread applies a mix of purchases, signatures checked beforehand, on the full book
/// in `full` and on one in `empty` where nothing is but who buys, or, for the next purchase of
/// somebody with loans, a book of one district. The two take turns, so that what else the machine
/// does meets both. Both directories are changed.
struct ApplyRate {
  PurchaseMix::Kind kind = PurchaseMix::Kind::kNewCredit;
  std::filesystem::path full{};
  PurchaseMix::People people{};  // Of the full book.
  std::filesystem::path empty{};
  std::uint32_t purchases = 6'000;  // On each.
};
/// A few lines of text.
Result<std::string> MeasureApplyRate(const ApplyRate& rate);

}  // namespace aval::bench
