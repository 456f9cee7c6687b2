#pragma once

#include <cstddef>
#include <vector>

#include "ledger/record/calendar.h"
#include "ledger/state/overlay.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// The calendar queue as a sweep sees it: at most `limit` items due today or before, all of the
/// lowest-numbered queue that has one, in key order. None: the sweep has nothing to do. Outcomes
/// past their last valid day (Queue::kOutcome) have no items; whoever keeps outcomes deletes them.
std::vector<CalendarItem::Key> DueItems(const Overlay& state, Day today, std::size_t limit);

/// Whether an outcome waits to be deleted: its last valid day is before today.
bool HasPastOutcomes(const Overlay& state, Day today);

}  // namespace aval::ledger::rules
