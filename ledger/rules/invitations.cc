#include "ledger/rules/invitations.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "ledger/arithmetic/money.h"
#include "ledger/record/copay.h"
#include "ledger/record/parties.h"
#include "ledger/rules/copay.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/instalments.h"
#include "ledger/rules/require.h"
#include "ledger/rules/rules.h"
#include "ledger/rules/standing.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

bool IsOpen(const Invitation& invitation, Day today) {
  return invitation.state == InvitationState::kOpen && invitation.expiry >= today;
}

std::size_t OpenInvitationsOf(Context& context, PartyId borrower) {
  std::size_t open = 0;
  // Until the day's sweep has run, the index still holds what expired yesterday: as many again.
  for (const auto& [key, index] :
       context.state().List<InvitationOf>(borrower.id.bytes, 2 * Agreement::kLiveMax)) {
    const auto invitation = context.state().Get<Invitation>({.invitation = key.invitation});
    if (invitation && IsOpen(*invitation, context.today())) ++open;
  }
  return open;
}

Invitation Invited(const Context& context, const act::v1::CopayInvite& act, const Loan& loan) {
  Invitation invitation;
  invitation.loan = ToId(act.loan());
  invitation.borrower = loan.borrower;
  invitation.invitee = ToParty(act.invitee());
  for (const std::uint32_t number : act.instalments()) {
    invitation.instalments.push_back(static_cast<std::uint16_t>(number));
  }
  invitation.share_ppm = act.share_ppm();
  invitation.currency = loan.currency;
  invitation.cap = {act.cap().minor()};
  invitation.mode = static_cast<LiabilityMode>(act.mode());
  invitation.terms = ToDigest(act.terms());
  invitation.disclosure = ToDigest(act.disclosure());
  invitation.invited = context.today();
  invitation.expiry = ToDay(act.expiry_day());
  invitation.joint = act.joint();
  return invitation;
}

bool AreNumbersOf(const Debt& debt, const act::v1::CopayInvite& act) {
  return std::ranges::all_of(act.instalments(), [&](std::uint32_t number) {
    return number >= 1 && number <= debt.count();
  });
}

// B13: help may be asked for what is unpaid, from so many days before it is due; not for a loan in
// default. The first instalment that is asked for opens the window: those after it are paid for as
// they fall due (B15), by the same agreement.
Verdict CheckWindow(const Context& context, const CopayPolicy& policy, const Debt& debt,
                    const Invitation& invitation) {
  if (debt.loan().defaulted) return Verdict::kWindow;
  const bool open = std::ranges::all_of(invitation.instalments, [&](std::uint16_t number) {
    const Instalment& instalment = debt.At(number);
    return instalment.state == InstalmentState::kScheduled || IsPayable(instalment);
  });
  const Day first_due = debt.At(invitation.instalments.front()).due;
  const bool near = context.today() >= first_due.Plus(-std::int64_t{policy.window_days});
  return open && near ? Verdict::kAccepted : Verdict::kWindow;
}

Verdict CheckTerms(Context& context, const CopayPolicy& policy, const Invitation& invitation) {
  if (invitation.share_ppm < 1 ||
      !SharesFit(LiveAgreementsOn(context, invitation.loan), policy, invitation)) {
    return Verdict::kShareMax;
  }
  if (invitation.instalments.size() > policy.max_instalments) return Verdict::kRange;
  if (invitation.cap.minor < 1 || invitation.cap > arithmetic::kMaxAmount) return Verdict::kRange;
  if (invitation.cap < policy.min) return Verdict::kCopayMin;
  if (invitation.cap > policy.max_commitment) return Verdict::kCap;
  const Day today = context.today();
  if (invitation.expiry < today || invitation.expiry > today.Plus(policy.invitation_days)) {
    return Verdict::kRange;
  }
  const bool room = OpenInvitationsOf(context, invitation.borrower) < policy.open_invitations;
  return room ? Verdict::kAccepted : Verdict::kInviteLimit;
}

// An open invitation, as one of its two parties alone acts on it.
struct OpenInvitation {
  Verdict verdict = Verdict::kAccepted;
  Invitation invitation{};
};

OpenInvitation FindOpen(Context& context, const Id& id, PartyId Invitation::* signer) {
  const auto invitation = context.state().Get<Invitation>({.invitation = id});
  if (!invitation) return {.verdict = Verdict::kUnknown};
  if (!context.SignedBy({{.party = (*invitation).*signer}})) return {.verdict = Verdict::kRole};
  return {.verdict = CheckOpen(*invitation, context.today()), .invitation = *invitation};
}

Verdict Close(Context& context, const Id& id, PartyId Invitation::* closer, InvitationState last) {
  const auto [verdict, invitation] = FindOpen(context, id, closer);
  AVAL_REQUIRE(verdict);
  CloseInvitation(context, id, invitation, last);
  return Verdict::kAccepted;
}

}  // namespace

bool SharesFit(const Agreements& on_loan, const CopayPolicy& policy, const Invitation& invitation) {
  return std::ranges::all_of(invitation.instalments, [&](std::uint16_t number) {
    const std::uint64_t own = ShareTaken(on_loan, number, &invitation.invitee);
    const std::uint64_t all = ShareTaken(on_loan, number);
    return own + invitation.share_ppm <= policy.max_share_ppm &&
           all + invitation.share_ppm + policy.borrower_share_ppm <= arithmetic::kMillion;
  });
}

Verdict CheckOpen(const Invitation& invitation, Day today) {
  if (IsOpen(invitation, today)) return Verdict::kAccepted;
  const bool expired =
      invitation.state == InvitationState::kOpen || invitation.state == InvitationState::kExpired;
  return expired ? Verdict::kInviteExpired : Verdict::kState;
}

void CloseInvitation(Context& context, const Id& id, Invitation invitation, InvitationState last) {
  invitation.state = last;
  context.state().Put<Invitation>({.invitation = id}, invitation);
  context.state().Delete<InvitationOf>({.borrower = invitation.borrower, .invitation = id});
  context.Unschedule(invitation.expiry.Plus(1), Queue::kInvitation, id, 0);
}

Verdict Apply(Context& context, const act::v1::CopayInvite& act) {
  const Id id = ToId(act.invitation());
  std::optional<Debt> debt = Debt::Load(context, ToId(act.loan()));
  if (!debt) return Verdict::kUnknown;
  const Loan& loan = debt->loan();
  if (!context.SignedBy({{.party = loan.borrower}})) return Verdict::kRole;
  if (context.state().Has<Invitation>({.invitation = id})) return Verdict::kDuplicate;
  const Invitation invitation = Invited(context, act, loan);
  if (invitation.invitee == loan.borrower) return Verdict::kSelf;
  if (!context.state().Has<Participant>({.participant = invitation.invitee})) {
    return Verdict::kUnknown;
  }
  CatchUp(context, *debt);
  if (!debt->IsOpen()) return Verdict::kClosed;
  if (IsFrozen(context, loan.borrower)) return Verdict::kFrozen;
  if (act.mode() == act::v1::LIABILITY_MODE_UNSPECIFIED) return Verdict::kLiabilityMode;
  if (act.cap().currency() != loan.currency.Text()) return Verdict::kCurrency;
  if (!AreNumbersOf(*debt, act)) return Verdict::kRange;
  const CopayPolicy policy = context.PolicyOn(context.today()).policy.copay;
  AVAL_REQUIRE(CheckWindow(context, policy, *debt, invitation));
  AVAL_REQUIRE(CheckTerms(context, policy, invitation));

  debt->Save(context);
  context.state().Put<Invitation>({.invitation = id}, invitation);
  context.state().Put<InvitationOf>({.borrower = loan.borrower, .invitation = id}, {});
  context.Schedule(invitation.expiry.Plus(1), Queue::kInvitation, id, 0);
  return Verdict::kAccepted;
}

Verdict Apply(Context& context, const act::v1::CopayDecline& act) {
  return Close(context, ToId(act.invitation()), &Invitation::invitee, InvitationState::kDeclined);
}

Verdict Apply(Context& context, const act::v1::CopayWithdraw& act) {
  return Close(context, ToId(act.invitation()), &Invitation::borrower, InvitationState::kWithdrawn);
}

// What the invitee is shown has changed: who accepts signs the new (B06, A32).
Verdict Apply(Context& context, const act::v1::DisclosureConsent& act) {
  const Id id = ToId(act.invitation());
  auto [verdict, invitation] = FindOpen(context, id, &Invitation::borrower);
  AVAL_REQUIRE(verdict);
  invitation.disclosure = ToDigest(act.disclosure());
  context.state().Put<Invitation>({.invitation = id}, invitation);
  return Verdict::kAccepted;
}

Verdict RunInvitationItem(Context& context, const CalendarItem::Key& item) {
  auto invitation = context.state().Get<Invitation>({.invitation = item.subject});
  if (!invitation) return Verdict::kUnknown;
  if (invitation->state != InvitationState::kOpen || invitation->expiry >= context.today()) {
    return Verdict::kState;
  }
  CloseInvitation(context, item.subject, *std::move(invitation), InvitationState::kExpired);
  return Verdict::kAccepted;
}

}  // namespace aval::ledger::rules
