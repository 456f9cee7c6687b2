#include "ledger/rules/calendar.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/assert.h"
#include "base/bytes.h"
#include "ledger/record/codec.h"
#include "ledger/record/parties.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

constexpr std::array kQueues{Queue::kInstalment,    Queue::kReservation, Queue::kGrant,
                             Queue::kAttestation,   Queue::kInvitation,  Queue::kDebit,
                             Queue::kAgreement,     Queue::kPayable,     Queue::kDispute,
                             Queue::kRestructuring, Queue::kClaim};

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::int64_t kMinuteMs = 60LL * 1000;

Bytes QueuePrefix(Day day, Queue queue) {
  ByteWriter out;
  Encoder encoder(out);
  encoder.Write(day);
  encoder.Write(queue);
  return out.Take();
}

// Whether these are the OPS of the ledger's platform and of one other institution, neither of which
// has left. A suspended one may still turn the page: it may not originate, but time must go on.
bool MayRollDay(Context& context) {
  const auto signers = context.at().signers;
  bool platform = false;
  for (const SignerRef& signer : signers) {
    const auto institution = context.state().Get<Institution>({.institution = signer.party});
    if (!institution || institution->state == InstitutionState::kExited) return false;
    if (signer.department != Department::kOps) return false;
    platform = platform || institution->kind == InstitutionKind::kPlatform;
  }
  return platform && signers.size() == 2;
}

}  // namespace

std::vector<CalendarItem::Key> DueItems(const Overlay& state, const DueDays& days,
                                        std::size_t limit) {
  AVAL_ASSERT(limit > 0);
  std::vector<CalendarItem::Key> due;
  // A day begins only when those before have no items left, so that this is today, or nothing.
  for (const Queue queue : kQueues) {
    for (Day day = days.first.day; day <= days.today; day = day.Plus(1)) {
      for (const auto& [key, item] :
           state.ListFrom<CalendarItem>(days.first, QueuePrefix(day, queue), limit - due.size())) {
        due.push_back(key);
      }
      if (due.size() == limit) return due;
    }
    if (!due.empty()) return due;
  }
  return due;
}

CalendarItem::Key FirstItem(const Overlay& state, const CalendarItem::Key& from) {
  const auto first = state.ListFrom<CalendarItem>(from, {}, 1);
  return first.empty() ? CalendarItem::Key{.day = kNever, .subject = {}} : first.front().first;
}

Outcome::Key FirstOutcome(const Overlay& state, const Outcome::Key& from) {
  const auto first = state.ListFrom<Outcome>(from, {}, 1);
  return first.empty() ? Outcome::Key{.last_valid = kNever, .author = {}, .nonce = {}}
                       : first.front().first;
}

Verdict Apply(Context& context, const act::v1::DayRoll& act) {
  if (!MayRollDay(context)) return Verdict::kRole;
  if (act.day() != ToWire(context.today().Plus(1))) return Verdict::kDayOrder;
  if (FirstItem(context.state(), context.at().first_item).day <= context.today() ||
      FirstOutcome(context.state(), context.at().first_outcome).last_valid < context.today()) {
    return Verdict::kDayBusy;
  }
  std::optional<Book> book = context.state().Get<Book>({});
  AVAL_ASSERT(book || context.state().failure());
  if (!book) return Verdict::kState;
  const std::int64_t starts_ms =
      static_cast<std::int64_t>(act.day()) * kDayMs - book->utc_offset_minutes * kMinuteMs;
  if (!book->replay && context.at().time_ms < starts_ms) return Verdict::kDayEarly;
  book->day = ToDay(act.day());
  context.state().Put<Book>({}, *book);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
