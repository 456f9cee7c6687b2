#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aval::ledger {

/// What the rules said of an act: a value of the replicated state, numbered for ever.
///
/// Numbers below 16 are no outcomes: the envelope is dropped on every node, without a leaf, and
/// binds nothing (docs/adr/0011). All others from 16 up are refusals that bind the id.
enum class Verdict : std::uint16_t {
  kAccepted = 0,

  // Dropped, in this order of precedence.
  kFormat = 1,     // E_FORMAT: not an act, or of the wrong shape.
  kOrigin = 2,     // E_ORIGIN: of another ledger.
  kSigners = 3,    // E_SIGNERS: signatures and named signers differ: one missing, twice, unnamed.
  kSignature = 4,  // E_SIGNATURE: does not verify under its key.
  kKey = 5,        // E_KEY_UNKNOWN: not a key of that party and department, live at this position.
  kExpired = 6,    // E_EXPIRED: the last valid day has passed.
  kValidity = 7,   // E_VALIDITY: the last valid day is more than 30 days ahead.
  kExistsDifferent = 8,  // E_EXISTS_DIFFERENT: the id is bound to another act.

  // Refused.
  kRole = 17,       // E_ROLE: not the signers that this act on this object needs.
  kState = 18,      // E_STATE: the object is not in a state that allows it.
  kUnknown = 19,    // E_UNKNOWN: an object named does not exist.
  kDuplicate = 20,  // E_DUP: an object of that id exists.
  kRange = 21,      // E_RANGE: a number outside its bounds.
  kCurrency = 22,   // E_CURRENCY: another currency than the object's.
  kOverflow = 23,   // E_OVERFLOW: a sum leaves int64.
  kSuspended = 24,  // E_SUSPENDED: the institution may not originate.

  kNullifierDuplicate = 32,  // E_NULLIFIER_DUP
  kKeyDuplicate = 33,        // E_KEY_DUP
  kKeyRefused = 34,          // E_KEY: key add or revoke not allowed so, or possession not proven.
  kIssuer = 35,              // E_ISSUER: not licensed to attest this.
  kAttestExpired = 36,       // E_ATTEST_EXPIRED: expiry before today.
  kAttestMissing = 37,       // E_ATTEST_MISSING: a required kind is absent, expired or another's.
  kKyc = 38,                 // E_KYC: the participant has no valid identity attestation.

  kTier = 48,           // E_TIER: tier does not follow from the score, or limit above the tier's.
  kShareSum = 49,       // E_SHARE_SUM
  kPartnerFloor = 50,   // E_PARTNER_FLOOR (R01)
  kConcentration = 51,  // E_CONCENTRATION (R02, R03)
  kLimitCap = 52,       // E_LIMIT_CAP (R06)
  kProposal = 53,       // E_PROPOSAL: names another proposal or share than the grant's.
  kCapacityStale = 54,  // E_CAPACITY_STALE
  kStep = 55,           // E_STEP: the new limit is not what A22 gives.
  kLenderPair = 56,     // E_PAIR (R12a)
  kVelocity = 57,       // E_VELOCITY (A17)

  kLimit = 64,          // E_LIMIT: amount above what is available.
  kFrozen = 65,         // E_FROZEN
  kCostCap = 66,        // E_COST_CAP (A14)
  kMinInstalment = 67,  // E_MIN_INSTALMENT (A4)
  kScenario = 68,       // E_SCENARIO
  kProduct = 69,        // E_PRODUCT: no such product, or it does not allow these terms.
  kDueDay = 70,         // E_DUE_DAY: first due day not after today or too far.
  kAuthState = 71,      // E_AUTH_STATE
  kAmount = 72,         // E_AMOUNT
  kOrder = 73,          // E_ORDER: delivery does not match the order's state or supplier.
  kClosed = 74,         // E_CLOSED: the loan is paid, refunded or written off.
  kRefundRange = 75,  // E_REFUND_RANGE: of nothing, or of more than was captured and not refunded.

  kQuoteStale = 76,    // E_QUOTE_STALE: of another day, or no longer what ends the loan.
  kNotEligible = 77,   // E_NOT_ELIGIBLE: not late enough to be written off, and no proof.
  kDoubleAssign = 78,  // E_DOUBLE_ASSIGN
  kTenor = 79,         // E_TENOR (R19, R20): due later than the policy allows.

  kSelf = 80,            // E_SELF: nobody is a co-payer for itself.
  kLiabilityMode = 81,   // E_MODE: not given, another than the invitation's, or forbids this debit.
  kTerms = 82,           // E_TERMS: other terms, disclosure or acceptance than the object's.
  kCycle = 83,           // E_CYCLE (K04): a circle of guarantees, or too many to be sure.
  kWindow = 84,          // E_WINDOW (B13): not yet, or no more, a time to ask for help.
  kInviteLimit = 85,     // E_INVITE_LIMIT: too many open invitations.
  kShareMax = 86,        // E_SHARE_MAX: above what a co-payer, or all of them, may bear.
  kCopayMin = 87,        // E_COPAY_MIN: a cap or a debit below the policy's least.
  kInviteExpired = 88,   // E_INVITE_EXPIRED
  kCap = 89,             // E_CAP: above what the cap, or the co-payer's budget, leaves.
  kCapacity = 90,        // E_CAPACITY: commitments above the attested capacity.
  kNotIndependent = 91,  // E_NOT_INDEPENDENT
  kMandate = 92,         // E_MANDATE: none that the bank joined covers this debit.
  kReserved = 93,        // E_RESERVED: another debit has reserved it.
  kDebitExpired = 94,    // E_DEBIT_EXPIRED
  kRetry = 95,           // E_RETRY: too soon after a failed debit, or too many.

  kDayOrder = 96,  // E_DAY_ORDER: not the next day.
  kDayBusy = 97,   // E_DAY_BUSY: the current day's queue is not empty.
  kDayEarly = 98,  // E_DAY_EARLY: the block time has not reached the day's start.

  kDisputed = 112,  // E_DISPUTED: paused by a dispute.
  kConsent = 113,   // E_CONSENT: not asked for, given already, or to another proposal.
  kGround = 114,    // E_GROUND: this ground does not end this agreement.
  kNotice = 115,    // E_NOTICE: the next due day is nearer than the notice.
  kRank = 116,      // E_RANK (R15): the lenders are not paid yet.
};

/// True for verdicts that leave no leaf.
constexpr bool IsDropped(Verdict verdict) {
  return verdict != Verdict::kAccepted && static_cast<std::uint16_t>(verdict) < 16;
}

/// "E_LIMIT" and so on, "ACCEPTED"; the code that API and exports show. Never changes meaning.
std::string_view VerdictCode(Verdict verdict);
/// One English sentence for people.
std::string_view VerdictText(Verdict verdict);
std::optional<Verdict> VerdictFromNumber(std::uint16_t number);

}  // namespace aval::ledger
