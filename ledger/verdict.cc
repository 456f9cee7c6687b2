#include "ledger/verdict.h"

#include <array>

namespace aval::ledger {
namespace {

struct Entry {
  Verdict verdict;
  std::string_view code;
  std::string_view text;
};

// Codes never change meaning; texts may be worded anew.
constexpr std::array kEntries{
    Entry{Verdict::kAccepted, "ACCEPTED", "The act was accepted."},
    Entry{Verdict::kFormat, "E_FORMAT", "This is not an act, or it has the wrong shape."},
    Entry{Verdict::kOrigin, "E_ORIGIN", "The act is meant for another ledger."},
    Entry{Verdict::kSigners, "E_SIGNERS",
          "The signatures are not those of exactly the signers that the act names."},
    Entry{Verdict::kSignature, "E_SIGNATURE", "A signature does not verify under its key."},
    Entry{Verdict::kKey, "E_KEY_UNKNOWN",
          "A signature's key is not a live key of that party and department."},
    Entry{Verdict::kExpired, "E_EXPIRED", "The act's last valid day has passed."},
    Entry{Verdict::kValidity, "E_VALIDITY", "The act's last valid day is more than 30 days ahead."},
    Entry{Verdict::kExistsDifferent, "E_EXISTS_DIFFERENT",
          "Another act has this author, last valid day and nonce."},
    Entry{Verdict::kRole, "E_ROLE", "These are not the signers that this act needs."},
    Entry{Verdict::kState, "E_STATE", "The object is not in a state that allows this."},
    Entry{Verdict::kUnknown, "E_UNKNOWN", "An object that the act names does not exist."},
    Entry{Verdict::kDuplicate, "E_DUP", "An object with this id exists already."},
    Entry{Verdict::kRange, "E_RANGE", "A number is outside its bounds."},
    Entry{Verdict::kCurrency, "E_CURRENCY", "The currency is not the object's."},
    Entry{Verdict::kOverflow, "E_OVERFLOW", "A sum is too large for the book."},
    Entry{Verdict::kSuspended, "E_SUSPENDED", "The institution is suspended."},
    Entry{Verdict::kNullifierDuplicate, "E_NULLIFIER_DUP",
          "A party with this nullifier is registered already."},
    Entry{Verdict::kKeyDuplicate, "E_KEY_DUP", "This key is registered already."},
    Entry{Verdict::kKeyRefused, "E_KEY",
          "The key may not be added or revoked so, or its possession is not proven."},
    Entry{Verdict::kIssuer, "E_ISSUER", "The issuer is not licensed to attest this."},
    Entry{Verdict::kAttestExpired, "E_ATTEST_EXPIRED", "The attestation's expiry has passed."},
    Entry{Verdict::kAttestMissing, "E_ATTEST_MISSING",
          "A required attestation is missing, expired or another party's."},
    Entry{Verdict::kKyc, "E_KYC", "The participant has no valid identity attestation."},
    Entry{Verdict::kTier, "E_TIER",
          "The tier does not follow from the score, or the limit is above the tier's."},
    Entry{Verdict::kShareSum, "E_SHARE_SUM", "The lenders' shares do not sum to the whole."},
    Entry{Verdict::kPartnerFloor, "E_PARTNER_FLOOR",
          "A bank's partners fund less than the floor of the policy."},
    Entry{Verdict::kConcentration, "E_CONCENTRATION", "Joint lending is too concentrated."},
    Entry{Verdict::kLimitCap, "E_LIMIT_CAP", "The limit is above the policy's ceiling."},
    Entry{Verdict::kProposal, "E_PROPOSAL", "The decision names another proposal or share."},
    Entry{Verdict::kCapacityStale, "E_CAPACITY_STALE", "The capacity attestation is too old."},
    Entry{Verdict::kStep, "E_STEP", "The new limit does not follow from factor and step."},
    Entry{Verdict::kLenderPair, "E_PAIR", "The bank does not list this partner."},
    Entry{Verdict::kVelocity, "E_VELOCITY", "Too many grants in a short time."},
    Entry{Verdict::kLimit, "E_LIMIT", "The amount is above what is available."},
    Entry{Verdict::kFrozen, "E_FROZEN", "The grant or the party is frozen."},
    Entry{Verdict::kCostCap, "E_COST_CAP", "The credit would cost more than the cap."},
    Entry{Verdict::kMinInstalment, "E_MIN_INSTALMENT", "An instalment would be too small."},
    Entry{Verdict::kScenario, "E_SCENARIO", "The policy does not allow this scenario."},
    Entry{Verdict::kProduct, "E_PRODUCT",
          "There is no such product, or it does not allow these terms."},
    Entry{Verdict::kDueDay, "E_DUE_DAY", "The first due day is not after today, or too far."},
    Entry{Verdict::kAuthState, "E_AUTH_STATE", "The authorisation is not live."},
    Entry{Verdict::kAmount, "E_AMOUNT", "The amount is not allowed here."},
    Entry{Verdict::kOrder, "E_ORDER", "The delivery does not match the order."},
    Entry{Verdict::kClosed, "E_CLOSED", "The loan is closed."},
    Entry{Verdict::kRefundRange, "E_REFUND_RANGE",
          "The refund is of nothing, or of more than was captured and not refunded."},
    Entry{Verdict::kQuoteStale, "E_QUOTE_STALE",
          "The quote is of another day, or no longer what ends the loan."},
    Entry{Verdict::kNotEligible, "E_NOT_ELIGIBLE",
          "The loan is not late enough to be written off, and there is no proof."},
    Entry{Verdict::kDoubleAssign, "E_DOUBLE_ASSIGN", "The receivable is assigned already."},
    Entry{Verdict::kTenor, "E_TENOR", "The receivable is due later than the policy allows."},
    Entry{Verdict::kSelf, "E_SELF", "Nobody is a co-payer for itself."},
    Entry{Verdict::kLiabilityMode, "E_MODE",
          "The liability mode is not given, is another, or does not allow this debit."},
    Entry{Verdict::kTerms, "E_TERMS", "The act names other terms, disclosure or acceptance."},
    Entry{Verdict::kCycle, "E_CYCLE",
          "This would close a circle of guarantees, or there are too many to be sure."},
    Entry{Verdict::kWindow, "E_WINDOW", "The borrower may not ask for help with this now."},
    Entry{Verdict::kInviteLimit, "E_INVITE_LIMIT", "The borrower has too many open invitations."},
    Entry{Verdict::kShareMax, "E_SHARE_MAX", "The share is above what co-payers may bear."},
    Entry{Verdict::kCopayMin, "E_COPAY_MIN", "The amount is below the least for co-payers."},
    Entry{Verdict::kInviteExpired, "E_INVITE_EXPIRED", "The invitation has expired."},
    Entry{Verdict::kCap, "E_CAP", "The amount is above what the co-payer's cap leaves."},
    Entry{Verdict::kCapacity, "E_CAPACITY",
          "The co-payer's commitments are above the attested capacity."},
    Entry{Verdict::kNotIndependent, "E_NOT_INDEPENDENT",
          "The reviewer is a lender, or has attested for the borrower's grant."},
    Entry{Verdict::kMandate, "E_MANDATE", "No mandate that the bank has joined covers this debit."},
    Entry{Verdict::kReserved, "E_RESERVED", "Another debit has reserved this amount."},
    Entry{Verdict::kDebitExpired, "E_DEBIT_EXPIRED", "The debit's last day has passed."},
    Entry{Verdict::kRetry, "E_RETRY", "It is too soon, or too often, to debit again."},
    Entry{Verdict::kDayOrder, "E_DAY_ORDER", "Only the next day can begin."},
    Entry{Verdict::kDayBusy, "E_DAY_BUSY", "The current day still has work to do."},
    Entry{Verdict::kDayEarly, "E_DAY_EARLY", "The day has not begun by the block time."},
    Entry{Verdict::kDisputed, "E_DISPUTED", "A dispute has paused this instalment."},
    Entry{Verdict::kConsent, "E_CONSENT",
          "This consent is not asked for, is given already, or is to another proposal."},
    Entry{Verdict::kGround, "E_GROUND", "The agreement does not end on this ground."},
    Entry{Verdict::kNotice, "E_NOTICE", "The next due day is nearer than the notice."},
    Entry{Verdict::kRank, "E_RANK", "The lenders come first, and are not paid yet."},
};

const Entry* Find(std::uint16_t number) {
  for (const Entry& entry : kEntries) {
    if (static_cast<std::uint16_t>(entry.verdict) == number) return &entry;
  }
  return nullptr;
}

}  // namespace

std::string_view VerdictCode(Verdict verdict) {
  const Entry* entry = Find(static_cast<std::uint16_t>(verdict));
  return entry != nullptr ? entry->code : "E_UNNUMBERED";
}

std::string_view VerdictText(Verdict verdict) {
  const Entry* entry = Find(static_cast<std::uint16_t>(verdict));
  return entry != nullptr ? entry->text : "This verdict has no number.";
}

std::optional<Verdict> VerdictFromNumber(std::uint16_t number) {
  const Entry* entry = Find(number);
  if (entry == nullptr) return std::nullopt;
  return entry->verdict;
}

}  // namespace aval::ledger
