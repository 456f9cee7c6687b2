#include "ledger/record/holds.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "ledger/record/copay.h"
#include "ledger/record/loans.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/grants.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

bool IsSupervisor(Context& context, const SignerRef& hand) {
  const auto institution = context.state().Get<Institution>({.institution = hand.party});
  return hand.department == Department::kLegal && institution &&
         institution->kind == InstitutionKind::kSupervisor;
}

template <class Lenders>
bool Funds(const Lenders& lenders, PartyId party) {
  return std::ranges::any_of(lenders, [&](const auto& part) { return part.lender == party; });
}

bool IsAtRisk(Context& context, Held what, const Id& subject, const SignerRef& hand) {
  if (hand.department != Department::kRisk) return false;
  if (what == Held::kGrant) {
    const auto grant = context.state().Get<Grant>({.grant = subject});
    return grant && (grant->platform == hand.party || Funds(grant->lenders, hand.party));
  }
  if (what == Held::kAgreement) {
    const auto agreement = context.state().Get<Agreement>({.agreement = subject});
    const auto loan =
        agreement ? context.state().Get<Loan>({.loan = agreement->loan}) : std::nullopt;
    return loan && (loan->platform == hand.party || Funds(loan->lenders, hand.party));
  }
  return false;
}

bool Exists(Context& context, Held what, const Id& subject) {
  switch (what) {
    case Held::kParty: {
      const PartyId party{subject};
      return context.state().Has<Participant>({.participant = party}) ||
             context.state().Has<Supplier>({.supplier = party}) ||
             context.state().Has<Institution>({.institution = party});
    }
    case Held::kGrant:
      return context.state().Has<Grant>({.grant = subject});
    case Held::kAgreement:
      return context.state().Has<Agreement>({.agreement = subject});
  }
  return false;
}

// What has ended has nothing left to stop.
bool IsOver(Context& context, Held what, const Id& subject) {
  if (what == Held::kGrant) {
    const auto grant = context.state().Get<Grant>({.grant = subject});
    return !grant || !IsLive(*grant, context.today());
  }
  if (what == Held::kAgreement) return !MaySuspend(context, subject);
  const auto participant = context.state().Get<Participant>({.participant = {subject}});
  const auto institution = context.state().Get<Institution>({.institution = {subject}});
  return (participant && participant->state == ParticipantState::kErased) ||
         (institution && institution->state == InstitutionState::kExited);
}

// One more hold, or one less.
void CountOnParty(Context& context, PartyId party, std::int32_t change) {
  if (auto record = context.state().Get<Participant>({.participant = party})) {
    record->holds += static_cast<std::uint32_t>(change);
    record->state = StateOf(*record, context.today());
    context.state().Put<Participant>({.participant = party}, *record);
  }
  if (auto record = context.state().Get<Supplier>({.supplier = party})) {
    record->holds += static_cast<std::uint32_t>(change);
    context.state().Put<Supplier>({.supplier = party}, *record);
  }
  if (auto record = context.state().Get<Institution>({.institution = party})) {
    record->holds += static_cast<std::uint32_t>(change);
    if (record->state != InstitutionState::kExited) {
      record->state = record->holds > 0 ? InstitutionState::kSuspended : InstitutionState::kActive;
    }
    context.state().Put<Institution>({.institution = party}, *record);
  }
}

void CountOnGrant(Context& context, const Id& id, std::int32_t change) {
  auto grant = context.state().Get<Grant>({.grant = id});
  if (!grant) return;
  grant->holds += static_cast<std::uint32_t>(change);
  FollowHolds(context, *grant);
  context.state().Put<Grant>({.grant = id}, *grant);
}

void CountOnAgreement(Context& context, const Id& id, std::int32_t change) {
  auto agreement = context.state().Get<Agreement>({.agreement = id});
  if (!agreement) return;
  agreement->holds += static_cast<std::uint32_t>(change);
  FollowHolds(*agreement);
  context.state().Put<Agreement>({.agreement = id}, *agreement);
}

void Count(Context& context, Held what, const Id& subject, std::int32_t change) {
  switch (what) {
    case Held::kParty:
      return CountOnParty(context, {subject}, change);
    case Held::kGrant:
      return CountOnGrant(context, subject, change);
    case Held::kAgreement:
      return CountOnAgreement(context, subject, change);
  }
}

// The one signer, and what it may hold.
struct Holder {
  Verdict verdict = Verdict::kAccepted;
  HoldOn::Key key{};
};

Holder FindHolder(Context& context, Held what, const Id& subject) {
  if (!Exists(context, what, subject)) return {.verdict = Verdict::kUnknown};
  if (context.at().signers.size() != 1) return {.verdict = Verdict::kRole};
  const SignerRef& hand = context.at().signers.front();
  if (!IsSupervisor(context, hand) && !IsAtRisk(context, what, subject, hand)) {
    return {.verdict = Verdict::kRole};
  }
  return {
      .key = {
          .what = what, .subject = subject, .holder = hand.party, .department = hand.department}};
}

}  // namespace

// domain.md 2.5 HOLD: what is final stays so.
Verdict Apply(Context& context, const act::v1::Hold& act) {
  const auto [verdict, key] =
      FindHolder(context, static_cast<Held>(act.what()), ToId(act.subject()));
  AVAL_REQUIRE(verdict);
  if (context.state().Has<HoldOn>(key)) return Verdict::kDuplicate;
  if (IsOver(context, key.what, key.subject)) return Verdict::kState;
  context.state().Put<HoldOn>(key, {.reason = act.reason(), .since = context.today()});
  Count(context, key.what, key.subject, 1);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::Lift& act) {
  const auto [verdict, key] =
      FindHolder(context, static_cast<Held>(act.what()), ToId(act.subject()));
  AVAL_REQUIRE(verdict);
  if (!context.state().Has<HoldOn>(key)) return Verdict::kUnknown;
  context.state().Delete<HoldOn>(key);
  Count(context, key.what, key.subject, -1);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
