#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ledger/record/calendar.h"
#include "ledger/state/overlay.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// What a sweep works off: up to today, from the first item, or a key that none lies before.
struct DueDays {
  CalendarItem::Key first;
  Day today;
};

/// The calendar queue as a sweep sees it: at most `limit` items due on these days, all of the
/// lowest-numbered queue that has one, in key order. None: the sweep has nothing to do. Outcomes
/// past their last valid day (Queue::kOutcome) have no items; whoever keeps outcomes deletes them.
std::vector<CalendarItem::Key> DueItems(const Overlay& state, const DueDays& days,
                                        std::size_t limit);

/// The first calendar item, and the outcome whose last valid day comes first; of the day kNever
/// when there is none. None lies before `from`: a day's many deleted items are not stepped over.
inline constexpr Day kNever{.number = INT32_MAX};
CalendarItem::Key FirstItem(const Overlay& state, const CalendarItem::Key& from = {});
Outcome::Key FirstOutcome(const Overlay& state, const Outcome::Key& from = {});

}  // namespace aval::ledger::rules
