#include "cli/demo/tally.h"

namespace aval::cli::demo {
namespace {

using act::v1::Act;
using act::v1::CopayTerminate;
using act::v1::DebitResult;
using act::v1::DisputeResolve;

struct Text {
  std::string_view name;
  std::string_view words;
  bool amount = false;
};

// In the order of the enumeration.
constexpr std::array<Text, kHappenings> kTexts{{
    {"borrowers", "borrowers registered"},
    {"suppliers", "suppliers registered"},
    {"attestations", "attestations"},
    {"grants", "grants taken up"},
    {"reviews", "grants reviewed by a lender after a year"},
    {"reviews_declined", "  and declined, which closes them"},
    {"grants_closed", "grants closed by the borrower"},
    {"holds", "grants held by the platform's risk department"},
    {"lifts", "  and holds lifted"},
    {"authorised", "purchases authorised", true},
    {"voided", "  and voided"},
    {"captured", "  and captured", true},
    {"delivered_at_once", "delivered, owed to the supplier at once"},
    {"delivered_later", "delivered, owed to the supplier later"},
    {"escrow_releases", "steps of an escrow released"},
    {"assigned", "claims sold by suppliers, at the price", true},
    {"refunds", "refunds", true},
    {"paid_back", "paid back to participants' accounts", true},
    {"disputes", "disputes opened"},
    {"disputes_upheld", "  and upheld"},
    {"disputes_rejected", "  and rejected"},
    {"disputes_split", "  and split"},
    {"repayments", "repayments", true},
    {"early", "loans ended early by quote", true},
    {"mandates", "borrowers' mandates"},
    {"mandates_revoked", "  and revoked"},
    {"own_debits", "borrowers' debits confirmed", true},
    {"own_debits_failed", "  rejected"},
    {"own_debits_returned", "  returned", true},
    {"restructurings", "restructurings proposed"},
    {"consents", "  consents"},
    {"consents_refused", "  refusals of consent"},
    {"write_offs", "write-offs, each of one lender's share"},
    {"recoveries", "recoveries", true},
    {"invitations", "co-payers invited"},
    {"invitations_declined", "  and declined"},
    {"agreements", "  and accepted"},
    {"demands", "demands on guarantors"},
    {"ended_mutually", "agreements ended by both sides"},
    {"ended_by_breach", "agreements ended for breach"},
    {"co_payments", "co-payers' debits confirmed", true},
    {"co_payments_failed", "  rejected"},
    {"co_payments_returned", "  returned", true},
    {"recourse", "paid back to co-payers by borrowers", true},
    {"forgiven", "forgiven by co-payers", true},
}};

const Text& TextOf(Happening happening) { return kTexts.at(static_cast<std::size_t>(happening)); }

Happening HappeningOf(DisputeResolve::Outcome outcome) {
  if (outcome == DisputeResolve::UPHELD) return Happening::kUpheld;
  return outcome == DisputeResolve::REJECTED ? Happening::kRejected : Happening::kSplit;
}

}  // namespace

std::string_view NameOf(Happening happening) { return TextOf(happening).name; }
std::string_view WordsOf(Happening happening) { return TextOf(happening).words; }
bool HasAmount(Happening happening) { return TextOf(happening).amount; }

void Tally::Add(Happening happening, std::int64_t minor) {
  Line& line = lines_.at(static_cast<std::size_t>(happening));
  ++line.times;
  line.amount.minor += minor;
}

void Tally::Count(const Act& act, ledger::Verdict verdict) {
  if (verdict != ledger::Verdict::kAccepted) {
    ++refused_[ledger::VerdictCode(verdict)];
    return;
  }
  switch (act.body_case()) {
    case Act::kParticipantRegister:
      return Add(Happening::kBorrower);
    case Act::kSupplierRegister:
      return Add(Happening::kSupplier);
    case Act::kAttest:
      return Add(Happening::kAttestation);
    case Act::kGrantActivate:
      return Add(Happening::kGrant);
    case Act::kGrantReview:
      return Add(act.grant_review().decline() ? Happening::kReviewDeclined : Happening::kReview);
    case Act::kGrantClose:
      return Add(Happening::kGrantClosed);
    case Act::kHold:
      return Add(Happening::kHold);
    case Act::kLift:
      return Add(Happening::kLift);
    default:
      break;
  }
  CountSale(act);
  CountDebt(act);
  CountCopay(act);
}

void Tally::CountSale(const Act& act) {
  switch (act.body_case()) {
    case Act::kPurchaseAuthorise:
      return Add(Happening::kAuthorised, act.purchase_authorise().amount().minor());
    case Act::kPurchaseVoid:
      return Add(Happening::kVoided);
    case Act::kPurchaseCapture:
      return Add(Happening::kCaptured, act.purchase_capture().amount());
    case Act::kDeliveryConfirm:
      return Add(act.delivery_confirm().payment_days() == 0 ? Happening::kDeliveredAtOnce
                                                            : Happening::kDeliveredLater);
    case Act::kEscrowRelease:
      return Add(Happening::kReleased);
    case Act::kReceivableAssign:
      return Add(Happening::kAssigned, act.receivable_assign().price());
    case Act::kRefund:
      return Add(Happening::kRefund, act.refund().amount());
    case Act::kPayBack:
      return Add(Happening::kPaidBack, act.pay_back().amount().minor());
    case Act::kDisputeOpen:
      return Add(Happening::kDispute);
    case Act::kDisputeResolve:
      return Add(HappeningOf(act.dispute_resolve().outcome()));
    default:
      return;
  }
}

void Tally::CountDebt(const Act& act) {
  switch (act.body_case()) {
    case Act::kRepay:
      return Add(act.repay().quote().empty() ? Happening::kRepayment : Happening::kEarly,
                 act.repay().amount().minor());
    case Act::kMandateGive:
      return Add(Happening::kMandate);
    case Act::kMandateRevoke:
      return Add(Happening::kMandateRevoked);
    case Act::kDebitCreate:
      debits_[act.debit_create().debit()] = {.own = act.debit_create().agreement().empty(),
                                             .amount = {act.debit_create().amount().minor()}};
      return;
    case Act::kDebitResult: {
      const bool own = debits_[act.debit_result().debit()].own;
      if (act.debit_result().result() == DebitResult::CONFIRMED) {
        return Add(own ? Happening::kOwnDebit : Happening::kCoPayment, act.debit_result().amount());
      }
      return Add(own ? Happening::kOwnDebitFailed : Happening::kCoPaymentFailed);
    }
    case Act::kDebitReturn: {
      const Instruction& debit = debits_[act.debit_return().debit()];
      return Add(debit.own ? Happening::kOwnDebitReturned : Happening::kCoPaymentReturned,
                 debit.amount.minor);
    }
    case Act::kRestructurePropose:
      return Add(Happening::kRestructuringProposed);
    case Act::kRestructureConsent:
      return Add(act.restructure_consent().decline() ? Happening::kConsentRefused
                                                     : Happening::kConsent);
    case Act::kWriteOff:
      return Add(Happening::kWriteOff);
    case Act::kRecover:
      return Add(Happening::kRecovery, act.recover().amount().minor());
    default:
      return;
  }
}

void Tally::CountCopay(const Act& act) {
  switch (act.body_case()) {
    case Act::kCopayInvite:
      return Add(Happening::kInvitation);
    case Act::kCopayDecline:
      return Add(Happening::kDeclined);
    case Act::kCopayAccept:
      return Add(Happening::kAgreement);
    case Act::kDemand:
      return Add(Happening::kDemand);
    case Act::kCopayTerminate:
      return Add(act.copay_terminate().ground() == CopayTerminate::BREACH
                     ? Happening::kEndedByBreach
                     : Happening::kEndedMutually);
    case Act::kRecourseRepay:
      return Add(Happening::kRecourse, act.recourse_repay().amount().minor());
    case Act::kRecourseForgive:
      return Add(Happening::kForgiven, act.recourse_forgive().amount());
    default:
      return;
  }
}

}  // namespace aval::cli::demo
