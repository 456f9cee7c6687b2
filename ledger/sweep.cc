#include <span>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ledger/effects.h"
#include "ledger/machine.h"
#include "ledger/rules/calendar.h"

namespace aval::ledger {
namespace {

// An item may have deleted what one before it wrote: net, that is nothing.
void DropDeletionsOfNothing(Overlay& overlay) {
  std::vector<Bytes> deleted;
  for (const auto& [key, value] : overlay.writes()) {
    if (!value) deleted.push_back(key);
  }
  for (Bytes& key : deleted) overlay.DeleteBytes(std::move(key));
}

// Outcome keys begin with the last valid day, so what is past lies in front.
Bytes OutcomesOfDay(Day day) {
  ByteWriter out;
  out.U8(static_cast<std::uint8_t>(ledger::Outcome::kTable));
  Encoder(out).Write(day);
  return out.Take();
}

}  // namespace

Result<void> Machine::Sweep(std::int64_t time_ms, std::vector<Leaf>& leaves) {
  AVAL_TRY(const Standing standing, AtNextLeaf());
  const Day today = standing.today;
  const bool items = ItemsDue(today);
  if (state_.failure()) return *state_.failure();
  if (!items) return SweepOutcomes(today, time_ms, leaves);
  const auto due = rules::DueItems(state_, {.first = items_from_, .today = today}, kMaxSystemItems);
  if (state_.failure()) return *state_.failure();

  Overlay overlay(&state_);
  std::vector<JournalLine> journal;
  std::size_t size = 0;  // Of each item's effects, added up.
  SystemChunk chunk{.day = today, .queue = due.front().queue, .items = 0, .last_key = {}};
  const rules::Context::Position at{.leaf = tail_.size,
                                    .time_ms = LeafTime(time_ms),
                                    .today = today,
                                    .identity = {},
                                    .signers = {}};
  std::uint32_t alerts = 0;
  for (const CalendarItem::Key& item : due) {
    if (size >= kSystemEffectsSize) break;
    // An item before it may have worked this one off, too.
    if (!overlay.Has<CalendarItem>(item)) continue;
    Overlay step(&overlay);
    step.Delete<CalendarItem>(item);
    ++chunk.items;
    chunk.last_key = EncodeKey<CalendarItem>(item);
    const std::size_t lines = journal.size();
    AVAL_TRY(const Verdict verdict, RunItem(*standing.rules, item, at, step, journal));
    if (verdict != Verdict::kAccepted) {
      // What the item stood for has not happened. An instalment whose account is full (kOverflow)
      // keeps its next day, so that acts on its loan are refused after this sweep as before it.
      step.Put<Alert>({.leaf = at.leaf, .number = alerts++},
                      {.day = item.day,
                       .queue = item.queue,
                       .subject = item.subject,
                       .item = item.number,
                       .verdict = static_cast<std::uint16_t>(verdict)});
    }
    size += EffectsSize(step.writes(), std::span(journal).subspan(lines));
    overlay.Absorb(std::move(step));
  }
  DropDeletionsOfNothing(overlay);
  if (overlay.failure()) return *overlay.failure();
  AVAL_TRY(const CalendarItem::Key last, DecodeKey<CalendarItem>(chunk.last_key));
  AppendSystem(chunk, time_ms, EncodeEffects(overlay.writes(), journal), leaves);
  // Of the first day that has items, none is left before the last that was worked off.
  if (last.day == items_from_.day) items_from_ = last;
  Absorb(std::move(overlay));
  if (state_.failure()) return *state_.failure();
  return {};
}

Result<Verdict> Machine::RunItem(const RuleVersion& rules, const CalendarItem::Key& item,
                                 const rules::Context::Position& at, Overlay& leaf,
                                 std::vector<JournalLine>& journal) {
  Overlay attempt(&leaf);
  rules::Context context(attempt, at);
  const Verdict verdict = rules.run_item(context, item);
  if (attempt.failure()) return *attempt.failure();
  if (verdict != Verdict::kAccepted) return verdict;
  if (context.overflowed()) return Verdict::kOverflow;
  CheckInvariants(attempt, context.journal(), at.today);
  journal.insert(journal.end(), context.journal().begin(), context.journal().end());
  leaf.Absorb(std::move(attempt));
  return verdict;
}

Result<void> Machine::SweepOutcomes(Day today, std::int64_t time_ms, std::vector<Leaf>& leaves) {
  const bool outcomes = OutcomesPast(today);
  if (state_.failure()) return *state_.failure();
  if (!outcomes) return {};
  std::vector<Bytes> past;
  AVAL_CHECK(state_.Scan(EncodeKey<ledger::Outcome>(outcomes_from_), OutcomesOfDay(today),
                         [&past](ByteView key, ByteView) {
                           past.push_back(CopyBytes(key));
                           return past.size() < kMaxSystemItems;
                         }));
  if (past.empty()) return {};
  AVAL_TRY(outcomes_from_, DecodeKey<ledger::Outcome>(past.back()));
  const SystemChunk chunk{.day = today,
                          .queue = Queue::kOutcome,
                          .items = static_cast<std::uint32_t>(past.size()),
                          .last_key = past.back()};
  for (Bytes& key : past) state_.DeleteBytes(std::move(key));
  // Outcomes are no part of effects, so this leaf has none.
  AppendSystem(chunk, time_ms, {}, leaves);
  if (state_.failure()) return *state_.failure();
  return {};
}

void Machine::AppendSystem(const SystemChunk& chunk, std::int64_t time_ms, Bytes effects,
                           std::vector<Leaf>& leaves) {
  const Bytes body = EncodeSystemChunk(chunk);
  Append(
      {.kind = LeafKind::kSystem, .time_ms = time_ms, .body = body, .effects = std::move(effects)},
      leaves);
}

Result<bool> Machine::HasDueItems() {
  AVAL_TRY(const Day today, Today());
  const bool due = ItemsDue(today) || OutcomesPast(today);
  if (state_.failure()) return *state_.failure();
  return due;
}

bool Machine::ItemsDue(Day today) {
  if (items_from_.day <= today) items_from_ = rules::FirstItem(state_, items_from_);
  return items_from_.day <= today;
}

bool Machine::OutcomesPast(Day today) {
  if (outcomes_from_.last_valid < today) {
    outcomes_from_ = rules::FirstOutcome(state_, outcomes_from_);
  }
  return outcomes_from_.last_valid < today;
}

}  // namespace aval::ledger
