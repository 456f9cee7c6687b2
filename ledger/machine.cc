#include "ledger/machine.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "ledger/begin.h"
#include "ledger/effects.h"
#include "ledger/postings.h"
#include "ledger/signers.h"

namespace aval::ledger {
namespace {

constexpr std::int64_t kValidityDaysMax = 30;  // Business days ahead, DESIGN.md section 3.

std::optional<Machine::Answer> Dropped(Verdict verdict) {
  return Machine::Answer{.verdict = verdict};
}

}  // namespace

Machine::Machine(const Reader* base, const Tail& tail, std::span<const RuleVersion> versions)
    : state_(base), tail_(tail), versions_(versions) {}

Result<std::vector<Leaf>> Machine::Begin(const Genesis& genesis) {
  if (tail_.size != 0 || state_.Has<Book>({})) {
    return Error{.code = Code::kInvalidArgument, .message = "a ledger begins on an empty state"};
  }
  if (state_.failure()) return *state_.failure();
  Overlay overlay(&state_);
  WriteGenesisRecords(genesis, overlay);
  const std::int64_t time_ms = genesis.message().time_ms();
  std::vector<Leaf> leaves;
  Append({.kind = LeafKind::kGenesis,
          .time_ms = time_ms,
          .body = genesis.envelope(),
          .effects = EncodeEffects(overlay.writes(), {})},
         leaves);
  state_.Absorb(std::move(overlay));
  Append(
      {.kind = LeafKind::kPolicy, .time_ms = time_ms, .body = AsBytes(genesis.cosigner_policy())},
      leaves);
  if (state_.failure()) return *state_.failure();
  return leaves;
}

Result<std::optional<Machine::Answer>> Machine::BeforeRules(const Overlay& state,
                                                            const PreparedAct& act,
                                                            std::uint64_t leaf, Day today) {
  const Verdict signers = CheckSigners(state, act, leaf, today);
  if (state.failure()) return *state.failure();
  if (signers != Verdict::kAccepted) return Dropped(signers);
  // An outcome past its last valid day counts as deleted, however far the sweep has come.
  if (act.id.last_valid < today) return Dropped(Verdict::kExpired);
  const auto stored = state.Get<ledger::Outcome>(act.id);
  if (state.failure()) return *state.failure();
  if (stored && stored->identity != act.identity) return Dropped(Verdict::kExistsDifferent);
  if (stored) {
    return std::optional(Answer{.verdict = static_cast<Verdict>(stored->verdict),
                                .recorded = true,
                                .repeated = true,
                                .leaf = stored->leaf});
  }
  if (act.id.last_valid > today.Plus(kValidityDaysMax)) return Dropped(Verdict::kValidity);
  return std::optional<Answer>();
}

Result<Machine::Answer> Machine::Apply(const PreparedAct& act, std::int64_t time_ms,
                                       std::vector<Leaf>& leaves) {
  AVAL_TRY(const Standing standing, AtNextLeaf());
  AVAL_TRY(const std::optional<Answer> before,
           BeforeRules(state_, act, tail_.size, standing.today));
  if (before) return *before;
  return Decide(act, standing, time_ms, leaves);
}

Result<Machine::Answer> Machine::Decide(const PreparedAct& act, const Standing& standing,
                                        std::int64_t time_ms, std::vector<Leaf>& leaves) {
  Overlay overlay(&state_);
  rules::Context context(overlay, {.leaf = tail_.size,
                                   .time_ms = LeafTime(time_ms),
                                   .today = standing.today,
                                   .identity = act.identity,
                                   .signers = act.signers,
                                   .first_item = items_from_,
                                   .first_outcome = outcomes_from_});
  Verdict verdict = standing.rules->decide(context, act.act);
  AVAL_ASSERT(!IsDropped(verdict));
  if (verdict == Verdict::kAccepted && context.overflowed()) verdict = Verdict::kOverflow;
  if (overlay.failure()) return *overlay.failure();
  NewLeaf next{.time_ms = time_ms, .body = *act.bytes, .verdict = verdict};
  if (verdict == Verdict::kAccepted) {
    CheckInvariants(overlay, context.journal(), standing.today);
    next.effects = EncodeEffects(overlay.writes(), context.journal());
    Absorb(std::move(overlay));
  }
  const std::uint64_t leaf = Append(std::move(next), leaves);
  outcomes_from_ = std::min(outcomes_from_, act.id);
  state_.Put<ledger::Outcome>(
      act.id,
      {.identity = act.identity, .leaf = leaf, .verdict = static_cast<std::uint16_t>(verdict)});
  if (state_.failure()) return *state_.failure();
  return Answer{.verdict = verdict, .recorded = true, .leaf = leaf};
}

void Machine::Absorb(Overlay&& leaf) {
  const Bytes first{static_cast<std::uint8_t>(CalendarItem::kTable)};
  for (auto at = leaf.writes().lower_bound(first); at != leaf.writes().end(); ++at) {
    const auto key = DecodeKey<CalendarItem>(at->first);
    if (!key) break;  // Of another table.
    if (!at->second) continue;
    items_from_ = std::min(items_from_, *key);
    break;  // The others are not before it.
  }
  state_.Absorb(std::move(leaf));
}

void Machine::CheckInvariants(const Overlay& after, std::span<const JournalLine> journal,
                              Day today) {
  const std::optional<std::string> fault = PostingFault(after, journal);
  if (fault) AssertFailed(fault->c_str(), __FILE__, __LINE__);
  const std::optional<Book> book = after.Get<Book>({});
  AVAL_ASSERT(after.failure() || (book && book->day >= today));
}

std::int64_t Machine::LeafTime(std::int64_t time_ms) const {
  // A lying leader's clock must not stop the node (DESIGN.md section 5).
  return std::max(tail_.time_ms, time_ms);
}

std::uint64_t Machine::Append(NewLeaf leaf, std::vector<Leaf>& leaves) {
  const LeafHeader header{.kind = leaf.kind,
                          .outcome = static_cast<std::uint16_t>(leaf.verdict),
                          .index = tail_.size,
                          .time_ms = LeafTime(leaf.time_ms),
                          .effects = leaf.effects ? HashEffects(*leaf.effects) : crypto::Digest{}};
  leaves.push_back({.header = header,
                    .entry = EncodeLeaf(header, leaf.body),
                    .effects = std::move(leaf.effects).value_or(Bytes{})});
  tail_ = {.size = header.index + 1, .time_ms = header.time_ms};
  return header.index;
}

Result<Machine::Standing> Machine::AtNextLeaf() const {
  const std::optional<Book> book = state_.Get<Book>({});
  if (state_.failure()) return *state_.failure();
  if (!book) return Error{.code = Code::kNotFound, .message = "the state has no book"};
  const std::uint32_t number = RuleVersionAt(*book, tail_.size);
  const auto rules = std::ranges::find(versions_, number, &RuleVersion::number);
  if (rules == versions_.end()) {
    return Error{.code = Code::kInvalidArgument,
                 .message = "rule version " + std::to_string(number) +
                            " is unknown to this program, whose newest is " +
                            std::to_string(versions_.back().number)};
  }
  return Standing{.today = book->day, .rules = &*rules};
}

Result<Day> Machine::Today() const {
  AVAL_TRY(const Standing standing, AtNextLeaf());
  return standing.today;
}

Writes Machine::TakeWrites() { return state_.TakeWrites(); }

}  // namespace aval::ledger
