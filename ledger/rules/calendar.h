#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ledger/record/calendar.h"
#include "ledger/state/overlay.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// The days that a sweep works off: from FirstItemDay to today.
struct DueDays {
  Day first;
  Day today;
};

/// The calendar queue as a sweep sees it: at most `limit` items due on these days, all of the
/// lowest-numbered queue that has one, in key order. None: the sweep has nothing to do. Outcomes
/// past their last valid day (Queue::kOutcome) have no items; whoever keeps outcomes deletes them.
std::vector<CalendarItem::Key> DueItems(const Overlay& state, const DueDays& days,
                                        std::size_t limit);

/// The day of the first calendar item, and of the outcome whose last valid day comes first; kNever
/// when there is none.
inline constexpr Day kNever{.number = INT32_MAX};
Day FirstItemDay(const Overlay& state);
Day FirstOutcomeDay(const Overlay& state);

}  // namespace aval::ledger::rules
