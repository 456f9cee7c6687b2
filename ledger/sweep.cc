#include <array>
#include <string>
#include <utility>

#include "base/assert.h"
#include "ledger/effects.h"
#include "ledger/machine.h"
#include "ledger/rules/rules.h"

namespace aval::ledger {
namespace {

// In the order in which they are worked off.
constexpr std::array kCalendarQueues{Queue::kInstalment, Queue::kReservation, Queue::kGrant,
                                     Queue::kAttestation};

Verdict RunItem(rules::Context& context, const CalendarItem::Key& item) {
  switch (item.queue) {
    case Queue::kInstalment:
      return rules::RunInstalmentItem(context, item);
    case Queue::kReservation:
      return rules::RunReservationItem(context, item);
    case Queue::kGrant:
      return rules::RunGrantItem(context, item);
    case Queue::kAttestation:
      return rules::RunAttestationItem(context, item);
    case Queue::kOutcome:  // Never in the calendar.
      break;
  }
  AVAL_ASSERT(!"a queue without a rule");
  return Verdict::kState;
}

Bytes KeysOfDay(Table table, Day day) {
  ByteWriter out;
  out.U8(static_cast<std::uint8_t>(table));
  Encoder(out).Write(day);
  return out.Take();
}

// The day of the first key of a table whose keys begin with a day, from `from` to `to`.
Result<std::optional<Day>> FirstDay(const Reader& state, Table table, Day from, Day to) {
  std::optional<Day> first;
  AVAL_CHECK(state.Scan(KeysOfDay(table, from), KeysOfDay(table, to.Plus(1)),
                        [&first](ByteView key, ByteView) {
                          ByteReader in(key.subspan(1));
                          first = Day{static_cast<std::int32_t>(in.U32())};
                          return false;
                        }));
  return first;
}

// Up to kMaxSystemItems keys of the first queue that has any, the oldest day first.
Result<std::vector<CalendarItem::Key>> DueItems(const Overlay& state, Day today) {
  std::vector<Day> days;  // One, unless an item was put into the past.
  AVAL_TRY(std::optional<Day> day, FirstDay(state, CalendarItem::kTable, {}, today));
  while (day) {
    days.push_back(*day);
    AVAL_TRY(day, FirstDay(state, CalendarItem::kTable, day->Plus(1), today));
  }
  std::vector<CalendarItem::Key> due;
  for (const Queue queue : kCalendarQueues) {
    for (const Day of : days) {
      ByteWriter prefix;
      Encoder(prefix).Write(of);
      Encoder(prefix).Write(queue);
      const std::size_t room = kMaxSystemItems - due.size();
      if (room == 0) break;
      for (const auto& [key, item] : state.List<CalendarItem>(prefix.bytes(), room)) {
        due.push_back(key);
      }
    }
    if (!due.empty()) break;
  }
  if (state.failure()) return *state.failure();
  return due;
}

}  // namespace

Result<void> Machine::Sweep(std::int64_t time_ms, std::vector<Leaf>& leaves) {
  AVAL_TRY(const Day today, Today());
  AVAL_TRY(const std::vector<CalendarItem::Key> due, DueItems(state_, today));
  if (due.empty()) return SweepOutcomes(today, time_ms, leaves);

  Overlay overlay(&state_);
  std::vector<rules::JournalLine> journal;
  SystemChunk chunk{.day = today, .queue = due.front().queue, .items = 0, .last_key = {}};
  std::uint32_t alerts = 0;
  for (const CalendarItem::Key& item : due) {
    // An item before it may have worked this one off, too.
    if (!overlay.Has<CalendarItem>(item)) continue;
    overlay.Delete<CalendarItem>(item);
    ++chunk.items;
    chunk.last_key = EncodeKey<CalendarItem>(item);
    Overlay attempt(&overlay);
    rules::Context context(attempt, {.leaf = tail_.size,
                                     .time_ms = LeafTime(time_ms),
                                     .today = today,
                                     .identity = {},
                                     .signers = {}});
    Verdict verdict = RunItem(context, item);
    if (attempt.failure()) return *attempt.failure();
    if (verdict == Verdict::kAccepted && context.overflowed()) verdict = Verdict::kOverflow;
    if (verdict == Verdict::kAccepted) {
      CheckInvariants(attempt, context.journal(), today);
      journal.insert(journal.end(), context.journal().begin(), context.journal().end());
      overlay.Absorb(std::move(attempt));
    } else {
      overlay.Put<Alert>({.leaf = tail_.size, .number = alerts++},
                         {.day = item.day,
                          .queue = item.queue,
                          .subject = item.subject,
                          .item = item.number,
                          .verdict = static_cast<std::uint16_t>(verdict)});
    }
  }
  if (overlay.failure()) return *overlay.failure();
  Append(LeafKind::kSystem, time_ms, EncodeSystemChunk(chunk),
         EncodeEffects(overlay.writes(), journal), leaves);
  state_.Absorb(std::move(overlay));
  if (state_.failure()) return *state_.failure();
  return {};
}

Result<void> Machine::SweepOutcomes(Day today, std::int64_t time_ms, std::vector<Leaf>& leaves) {
  const Bytes first{static_cast<std::uint8_t>(ledger::Outcome::kTable)};
  std::vector<Bytes> past;
  AVAL_CHECK(state_.Scan(first, KeysOfDay(ledger::Outcome::kTable, today),
                         [&past](ByteView key, ByteView) {
                           past.push_back(CopyBytes(key));
                           return past.size() < kMaxSystemItems;
                         }));
  if (past.empty()) return {};
  const SystemChunk chunk{.day = today,
                          .queue = Queue::kOutcome,
                          .items = static_cast<std::uint32_t>(past.size()),
                          .last_key = past.back()};
  for (Bytes& key : past) state_.DeleteBytes(std::move(key));
  // Outcomes are no part of effects, so this leaf has none.
  Append(LeafKind::kSystem, time_ms, EncodeSystemChunk(chunk), {}, leaves);
  if (state_.failure()) return *state_.failure();
  return {};
}

Result<bool> Machine::HasDueItems() const {
  AVAL_TRY(const Day today, Today());
  AVAL_TRY(const std::optional<Day> item, FirstDay(state_, CalendarItem::kTable, {}, today));
  if (item) return true;
  AVAL_TRY(const std::optional<Day> outcome,
           FirstDay(state_, ledger::Outcome::kTable, {}, today.Plus(-1)));
  return outcome.has_value();
}

}  // namespace aval::ledger
