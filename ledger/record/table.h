#pragma once

#include <cstdint>

namespace aval::ledger {

/// First byte of every state key. Numbers are for ever. Tables below 0x10 are the node's own
/// bookkeeping (applied index, frontier) and no part of the replicated records.
enum class Table : std::uint8_t {
  kNodeMeta = 0x01,

  kBook = 0x10,
  kInstitution = 0x11,
  kNode = 0x12,
  kKey = 0x13,
  kKeyOfParty = 0x14,
  kParticipant = 0x15,
  kSupplier = 0x16,
  kNullifier = 0x17,
  kAttestation = 0x18,
  kAttestationOf = 0x19,
  kPolicy = 0x1a,
  kProduct = 0x1b,
  kSequence = 0x1c,
  kHoldOn = 0x1d,
  kNotice = 0x1e,
  kSupplierSales = 0x1f,

  kGrant = 0x20,
  kGrantOf = 0x21,
  kPurchase = 0x22,
  kLoan = 0x23,
  kInstalment = 0x24,
  kBill = 0x25,
  kDebit = 0x26,
  kRepayment = 0x27,
  kReservationOf = 0x28,
  kHeldOf = 0x29,
  kInvitation = 0x2a,
  kInvitationOf = 0x2b,
  kAgreement = 0x2c,
  kAgreementOn = 0x2d,
  kAgreementBy = 0x2e,
  kDebitOn = 0x2f,

  kAccount = 0x30,
  kObligation = 0x31,
  kRecourseClaim = 0x32,
  kCopaid = 0x33,
  kRefund = 0x34,
  kDispute = 0x35,
  kDisputeOn = 0x36,
  kEarlyQuote = 0x37,
  kMandate = 0x38,
  kRestructuring = 0x39,
  kRestructuringOf = 0x3a,
  kRecovery = 0x3b,
  kPayment = 0x3c,
  kRecoursePayment = 0x3d,
  kCreditBalance = 0x3e,
  kClaimOn = 0x3f,

  kCalendar = 0x40,
  kAlert = 0x41,
  kOutcome = 0x50,
};

}  // namespace aval::ledger
