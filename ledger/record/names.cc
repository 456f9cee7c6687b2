#include "ledger/record/names.h"

namespace aval::ledger {
namespace {

constexpr std::string_view kUnnamed = "unnamed";

}  // namespace

std::string_view NameOf(InstitutionKind value) {
  switch (value) {
    case InstitutionKind::kPlatform:
      return "platform";
    case InstitutionKind::kBank:
      return "bank";
    case InstitutionKind::kMicrolender:
      return "microlender";
    case InstitutionKind::kAttester:
      return "attester";
    case InstitutionKind::kSettlementAgent:
      return "settlement_agent";
    case InstitutionKind::kPublicPlatform:
      return "public_platform";
    case InstitutionKind::kSupervisor:
      return "supervisor";
  }
  return kUnnamed;
}

std::string_view NameOf(InstitutionState value) {
  switch (value) {
    case InstitutionState::kActive:
      return "active";
    case InstitutionState::kSuspended:
      return "suspended";
    case InstitutionState::kExited:
      return "exited";
  }
  return kUnnamed;
}

std::string_view NameOf(Department value) {
  switch (value) {
    case Department::kNone:
      return "none";
    case Department::kOps:
      return "ops";
    case Department::kCredit:
      return "credit";
    case Department::kRisk:
      return "risk";
    case Department::kCompliance:
      return "compliance";
    case Department::kLegal:
      return "legal";
    case Department::kTreasury:
      return "treasury";
  }
  return kUnnamed;
}

std::string_view NameOf(KeyAlgorithm value) {
  switch (value) {
    case KeyAlgorithm::kEd25519:
      return "ed25519";
  }
  return kUnnamed;
}

std::string_view NameOf(ParticipantKind value) {
  switch (value) {
    case ParticipantKind::kPerson:
      return "person";
    case ParticipantKind::kSme:
      return "sme";
  }
  return kUnnamed;
}

std::string_view NameOf(ParticipantState value) {
  switch (value) {
    case ParticipantState::kRegistered:
      return "registered";
    case ParticipantState::kKycValid:
      return "kyc_valid";
    case ParticipantState::kKycExpired:
      return "kyc_expired";
    case ParticipantState::kFrozen:
      return "frozen";
    case ParticipantState::kErased:
      return "erased";
  }
  return kUnnamed;
}

std::string_view NameOf(AttestationKind value) {
  switch (value) {
    case AttestationKind::kIdentity:
      return "identity";
    case AttestationKind::kCapacity:
      return "capacity";
    case AttestationKind::kExtScore:
      return "ext_score";
    case AttestationKind::kDefaultHistory:
      return "default_history";
    case AttestationKind::kScore:
      return "score";
    case AttestationKind::kConsumption:
      return "consumption";
    case AttestationKind::kBehaviour:
      return "behaviour";
    case AttestationKind::kSocial:
      return "social";
    case AttestationKind::kSecondOpinion:
      return "second_opinion";
    case AttestationKind::kRegistered:
      return "registered";
  }
  return kUnnamed;
}

std::string_view NameOf(AttestationState value) {
  switch (value) {
    case AttestationState::kIssued:
      return "issued";
    case AttestationState::kExpired:
      return "expired";
    case AttestationState::kRevoked:
      return "revoked";
  }
  return kUnnamed;
}

std::string_view NameOf(Method value) {
  switch (value) {
    case Method::kFeeFlat:
      return "fee_flat";
    case Method::kEqualPrincipal:
      return "equal_principal";
    case Method::kAnnuity:
      return "annuity";
    case Method::kBullet:
      return "bullet";
  }
  return kUnnamed;
}

std::string_view NameOf(Borrowers value) {
  switch (value) {
    case Borrowers::kAll:
      return "all";
    case Borrowers::kPersons:
      return "persons";
    case Borrowers::kSmes:
      return "smes";
  }
  return kUnnamed;
}

std::string_view NameOf(arithmetic::EarlyCharges value) {
  switch (value) {
    case arithmetic::EarlyCharges::kWaiveFuture:
      return "waive_future";
    case arithmetic::EarlyCharges::kCurrentOnly:
      return "current_only";
    case arithmetic::EarlyCharges::kChargeRemaining:
      return "charge_remaining";
  }
  return kUnnamed;
}

std::string_view NameOf(Sponsor value) {
  switch (value) {
    case Sponsor::kNone:
      return "none";
    case Sponsor::kSupplier:
      return "supplier";
    case Sponsor::kPlatform:
      return "platform";
  }
  return kUnnamed;
}

std::string_view NameOf(GrantState value) {
  switch (value) {
    case GrantState::kProposed:
      return "proposed";
    case GrantState::kOffered:
      return "offered";
    case GrantState::kActive:
      return "active";
    case GrantState::kFrozen:
      return "frozen";
    case GrantState::kExpired:
      return "expired";
    case GrantState::kClosed:
      return "closed";
    case GrantState::kDeclined:
      return "declined";
  }
  return kUnnamed;
}

std::string_view NameOf(PurchaseState value) {
  switch (value) {
    case PurchaseState::kAuthorised:
      return "authorised";
    case PurchaseState::kCaptured:
      return "captured";
    case PurchaseState::kDelivered:
      return "delivered";
    case PurchaseState::kVoided:
      return "voided";
    case PurchaseState::kExpired:
      return "expired";
  }
  return kUnnamed;
}

std::string_view NameOf(LoanState value) {
  switch (value) {
    case LoanState::kOpen:
      return "open";
    case LoanState::kOverdue:
      return "overdue";
    case LoanState::kPaidOff:
      return "paid_off";
    case LoanState::kRefunded:
      return "refunded";
    case LoanState::kWrittenOff:
      return "written_off";
    case LoanState::kRecovered:
      return "recovered";
  }
  return kUnnamed;
}

std::string_view NameOf(InstalmentState value) {
  switch (value) {
    case InstalmentState::kScheduled:
      return "scheduled";
    case InstalmentState::kBilled:
      return "billed";
    case InstalmentState::kDue:
      return "due";
    case InstalmentState::kPartPaid:
      return "part_paid";
    case InstalmentState::kOverdue:
      return "overdue";
    case InstalmentState::kPaid:
      return "paid";
    case InstalmentState::kWrittenOff:
      return "written_off";
    case InstalmentState::kCancelled:
      return "cancelled";
  }
  return kUnnamed;
}

std::string_view NameOf(BillState value) {
  switch (value) {
    case BillState::kIssued:
      return "issued";
    case BillState::kSettled:
      return "settled";
    case BillState::kOverdue:
      return "overdue";
  }
  return kUnnamed;
}

std::string_view NameOf(LiabilityMode value) {
  switch (value) {
    case LiabilityMode::kThirdPartyPayment:
      return "third_party_payment";
    case LiabilityMode::kJointGuarantee:
      return "joint_guarantee";
    case LiabilityMode::kGeneralGuarantee:
      return "general_guarantee";
    case LiabilityMode::kDebtJoining:
      return "debt_joining";
  }
  return kUnnamed;
}

std::string_view NameOf(InvitationState value) {
  switch (value) {
    case InvitationState::kOpen:
      return "open";
    case InvitationState::kAccepted:
      return "accepted";
    case InvitationState::kDeclined:
      return "declined";
    case InvitationState::kWithdrawn:
      return "withdrawn";
    case InvitationState::kExpired:
      return "expired";
  }
  return kUnnamed;
}

std::string_view NameOf(AgreementState value) {
  switch (value) {
    case AgreementState::kSigned:
      return "signed";
    case AgreementState::kReviewed:
      return "reviewed";
    case AgreementState::kActive:
      return "active";
    case AgreementState::kDeclined:
      return "declined";
    case AgreementState::kCompleted:
      return "completed";
    case AgreementState::kExhausted:
      return "exhausted";
    case AgreementState::kExpired:
      return "expired";
    case AgreementState::kSuspended:
      return "suspended";
    case AgreementState::kTerminated:
      return "terminated";
    case AgreementState::kExpiredByLaw:
      return "expired_by_law";
  }
  return kUnnamed;
}

std::string_view NameOf(TerminationGround value) {
  switch (value) {
    case TerminationGround::kNone:
      return "none";
    case TerminationGround::kPaid:
      return "paid";
    case TerminationGround::kWithdrawal:
      return "withdrawal";
    case TerminationGround::kBreach:
      return "breach";
    case TerminationGround::kMutual:
      return "mutual";
    case TerminationGround::kRegulatory:
      return "regulatory";
  }
  return kUnnamed;
}

std::string_view NameOf(DebitState value) {
  switch (value) {
    case DebitState::kCreated:
      return "created";
    case DebitState::kSubmitted:
      return "submitted";
    case DebitState::kConfirmed:
      return "confirmed";
    case DebitState::kRejected:
      return "rejected";
    case DebitState::kExpired:
      return "expired";
    case DebitState::kCancelled:
      return "cancelled";
    case DebitState::kReturned:
      return "returned";
  }
  return kUnnamed;
}

std::string_view NameOf(MandateState value) {
  switch (value) {
    case MandateState::kGiven:
      return "given";
    case MandateState::kRevoked:
      return "revoked";
  }
  return kUnnamed;
}

std::string_view NameOf(ClaimState value) {
  switch (value) {
    case ClaimState::kOpen:
      return "open";
    case ClaimState::kPartRecovered:
      return "part_recovered";
    case ClaimState::kRecovered:
      return "recovered";
    case ClaimState::kForgiven:
      return "forgiven";
    case ClaimState::kTimeBarred:
      return "time_barred";
    case ClaimState::kReturned:
      return "returned";
  }
  return kUnnamed;
}

std::string_view NameOf(RestructuringState value) {
  switch (value) {
    case RestructuringState::kOpen:
      return "open";
    case RestructuringState::kApplied:
      return "applied";
    case RestructuringState::kDeclined:
      return "declined";
    case RestructuringState::kExpired:
      return "expired";
  }
  return kUnnamed;
}

std::string_view NameOf(NoticeKind value) {
  switch (value) {
    case NoticeKind::kReceivableAssigned:
      return "receivable_assigned";
  }
  return kUnnamed;
}

std::string_view NameOf(DisputeState value) {
  switch (value) {
    case DisputeState::kOpen:
      return "open";
    case DisputeState::kResolved:
      return "resolved";
    case DisputeState::kLapsed:
      return "lapsed";
  }
  return kUnnamed;
}

std::string_view NameOf(DisputeOutcome value) {
  switch (value) {
    case DisputeOutcome::kNone:
      return "none";
    case DisputeOutcome::kUpheld:
      return "upheld";
    case DisputeOutcome::kRejected:
      return "rejected";
    case DisputeOutcome::kSplit:
      return "split";
  }
  return kUnnamed;
}

std::string_view NameOf(Queue value) {
  switch (value) {
    case Queue::kInstalment:
      return "instalment";
    case Queue::kReservation:
      return "reservation";
    case Queue::kGrant:
      return "grant";
    case Queue::kAttestation:
      return "attestation";
    case Queue::kInvitation:
      return "invitation";
    case Queue::kDebit:
      return "debit";
    case Queue::kAgreement:
      return "agreement";
    case Queue::kPayable:
      return "payable";
    case Queue::kDispute:
      return "dispute";
    case Queue::kRestructuring:
      return "restructuring";
    case Queue::kClaim:
      return "claim";
    case Queue::kOutcome:
      return "outcome";
  }
  return kUnnamed;
}

}  // namespace aval::ledger
