#include "tests/bench/book_numbering.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/assert.h"

namespace aval::bench {

BookNumbering::BookNumbering(std::vector<DayOfOne> days, std::uint32_t districts)
    : days_(std::move(days)) {
  AVAL_ASSERT(!days_.empty());
  end_ = days_.front().first;
  for (const DayOfOne& day : days_) {
    firsts_.push_back(end_);
    end_ += day.shared + districts * day.own;
  }
}

std::uint64_t BookNumbering::Of(std::uint64_t number, std::uint32_t district) const {
  const auto after = std::ranges::upper_bound(days_, number, {}, &DayOfOne::first);
  AVAL_ASSERT(after != days_.begin());
  const auto at = static_cast<std::size_t>(after - days_.begin()) - 1;
  const DayOfOne& day = days_[at];
  const std::uint64_t offset = number - day.first;
  AVAL_ASSERT(offset < day.shared + day.own);
  return firsts_[at] + offset + (offset < day.shared ? 0 : district * day.own);
}

}  // namespace aval::bench
