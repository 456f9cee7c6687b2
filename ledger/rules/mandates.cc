#include "ledger/rules/mandates.h"

#include <optional>

#include "ledger/arithmetic/money.h"
#include "ledger/record/parties.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/signers.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

Mandate Given(const Context& context, const act::v1::MandateGive& act, PartyId borrower,
              const Currency& currency) {
  Mandate mandate;
  mandate.borrower = borrower;
  mandate.platform = ToParty(act.platform());
  mandate.bank = ToParty(act.bank());
  mandate.account = ToDigest(act.account());
  mandate.currency = currency;
  mandate.most = {act.most().minor()};
  mandate.given = context.today();
  mandate.last_day = ToDay(act.last_day());
  return mandate;
}

}  // namespace

bool MandateCounts(const Mandate& mandate, Day today) {
  return mandate.state == MandateState::kGiven && mandate.last_day >= today;
}

// R14: payee, account, condition (what is billed), most and validity; given to the account bank,
// which signs it, before the first debit.
Verdict Apply(Context& context, const act::v1::MandateGive& act) {
  const Id id = ToId(act.mandate());
  const PartyId bank = ToParty(act.bank());
  const PartyId platform = ToParty(act.platform());
  const auto borrower = SignerBeside(context, bank, Department::kNone);
  if (!borrower ||
      !context.SignedBy({{.party = *borrower}, {.party = bank, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (!KeepsAccounts(context, bank)) return Verdict::kRole;
  if (context.state().Has<Mandate>({.mandate = id})) return Verdict::kDuplicate;
  if (!context.state().Has<Institution>({.institution = platform})) return Verdict::kUnknown;
  if (!IsPlatform(context, platform)) return Verdict::kRole;
  AVAL_REQUIRE(CheckStanding(context, *borrower));
  const auto currency = Currency::Parse(act.most().currency());
  if (!currency) return Verdict::kCurrency;
  const Mandate mandate = Given(context, act, *borrower, *currency);
  const bool fits = mandate.most.minor >= 1 && mandate.most <= arithmetic::kMaxAmount &&
                    mandate.last_day >= context.today();
  if (!fits) return Verdict::kRange;
  context.state().Put<Mandate>({.mandate = id}, mandate);
  return Verdict::kAccepted;
}

// A debit that its bank has had takes its result; none is submitted any more.
Verdict Apply(Context& context, const act::v1::MandateRevoke& act) {
  const Id id = ToId(act.mandate());
  auto mandate = context.state().Get<Mandate>({.mandate = id});
  if (!mandate) return Verdict::kUnknown;
  if (!context.SignedBy({{.party = mandate->borrower}}) &&
      !context.SignedBy({{.party = mandate->bank, .department = Department::kOps}})) {
    return Verdict::kRole;
  }
  if (!MandateCounts(*mandate, context.today())) return Verdict::kState;
  mandate->state = MandateState::kRevoked;
  context.state().Put<Mandate>({.mandate = id}, *mandate);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
