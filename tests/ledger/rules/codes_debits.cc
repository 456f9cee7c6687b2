// Debits, under a co-payer's agreement and under the borrower's own mandate.

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/record/loans.h"
#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/codes.h"

namespace aval::ledger::rules {
namespace {

using enum Verdict;

constexpr Id kAgreement = TestId('A', 1);
constexpr Id kMandateId = TestId('M', 1);
constexpr std::int64_t kHalf = 16'959;
constexpr std::int64_t kOwed = 33'918;

act::v1::DebitCreate& Instruction(Attempt& a) { return *a.act.mutable_debit_create(); }

Spoil ChangedAgreement(std::function<void(Agreement&)> change) {
  return Changed<Agreement>({.agreement = kAgreement}, std::move(change));
}

Spoil ChangedMandate(std::function<void(Mandate&)> change) {
  return Changed<Mandate>({.mandate = kMandateId}, std::move(change));
}

Spoil ChangedSecond(std::function<void(Instalment&)> change) {
  return Changed<Instalment>({.loan = Market::PurchaseId(1), .number = 2}, std::move(change));
}

// It is 2017-03-06, and 339.18 of the second instalment are overdue; the third is not billed.
// Borrower 2 stands for half of either, up to 500.00, and borrower 1 has given a mandate of its
// own.
void AgreeOnTwo(Attempt& a) {
  a.copay.OpenLoan();
  auto invitation = a.copay.Invitation(1);
  invitation.add_instalments(3);
  Must(a.copay.Agree(invitation, 1));
  a.market.PassTo(*Day::FromDate(2017, 3, 6));
  Must(a.copay.Give(1));
}

Spoil Disputed() {
  return [](Attempt& a) { Must(a.supply.Open(a.supply.Quarrel(1, 1, {2}, 5))); };
}

Spoil PaidAlmost() {
  return [](Attempt& a) { Must(a.market.Repay(8, 1, kOwed - 5'000)); };
}

// As much as may be, and leaves too little for half.
Spoil ReservedByTheBorrower() {
  return [](Attempt& a) {
    const bool much = UnpaidInAll(a.market.InstalmentNow(1, 2)).minor > kHalf;
    Must(a.copay.Create(a.copay.OwnInstruction(7, much ? kOwed - kHalf + 1 : 1'000)));
  };
}

std::vector<Reason> UnderAgreementReasons() {
  return {
      {"an unknown agreement", [](Attempt& a) { Instruction(a).set_agreement(Nowhere()); },
       kUnknown},
      {"a lender collects", SignedBy({By(kBankA, Department::kOps)}), kRole},
      {"the id names a repayment",
       [](Attempt& a) { Instruction(a).set_debit(ToWire(Market::RepaymentId(1))); }, kDuplicate},
      {"the loan is paid off", LoanClosed(), kClosed},
      {"the agreement is suspended", [](Attempt& a) { Must(a.copay.Suspend(1)); }, kState, true},
      {"an instalment that it does not cover", [](Attempt& a) { Instruction(a).set_instalment(1); },
       kMandate},
      {"a frozen co-payer", PartyHeld(kCoPayer), kFrozen},
      {"a co-payer whom nobody identifies", Unidentified(kCoPayer), kKyc},
      {"an instalment that is not billed", [](Attempt& a) { Instruction(a).set_instalment(3); },
       kState, false, true},
      {"it is in dispute", Disputed(), kDisputed, true},
      {"a guarantor that may wait", ChangedAgreement([](Agreement& agreement) {
         agreement.mode = LiabilityMode::kGeneralGuarantee;
       }),
       kLiabilityMode},
      {"another currency", [](Attempt& a) { Instruction(a).mutable_amount()->set_currency("EUR"); },
       kCurrency},
      {"it ended yesterday",
       [](Attempt& a) { Instruction(a).set_expiry_day(ToWire(a.today().Plus(-1))); }, kRange},
      {"another is under way",
       [](Attempt& a) { Must(a.copay.Create(a.copay.Instruction(8, 1'000))); }, kReserved, true},
      {"one has failed today", ChangedAgreement([](Agreement& agreement) {
         agreement.parts[0].retry_from = Day{.number = agreement.last_day.number};
       }),
       kRetry},
      {"nothing", [](Attempt& a) { Instruction(a).mutable_amount()->set_minor(0); }, kRange},
      {"less than the least",
       WithCopayPolicy([](CopayPolicy& policy) { policy.min = {kHalf + 1}; }), kCopayMin},
      {"more than the cap leaves",
       ChangedAgreement([](Agreement& agreement) { agreement.cap = {kHalf - 1}; }), kCap},
      {"more than is unpaid", PaidAlmost(), kAmount, true},
      {"more than the borrower's own debit leaves", ReservedByTheBorrower(), kReserved},
      {"more than the borrower's share leaves",
       WithCopayPolicy([](CopayPolicy& policy) { policy.borrower_share_ppm = 600'000; }),
       kShareMax}};
}

ActCase UnderAgreement() {
  return {.name = "DebitCreate, under an agreement",
          .prepare =
              [](Attempt& a) {
                AgreeOnTwo(a);
                a.Say(a.copay.Instruction(1, kHalf), {kPlatformOps});
              },
          .reasons = UnderAgreementReasons(),
          .makes = {"debit"},
          .fields = {{"agreement", {kUnknown}},
                     {"amount.minor", {kRange}},
                     {"amount.currency", {kCurrency}},
                     {"expiry_day", {kRange}},
                     {"instalment", {kMandate}}}};
}

std::vector<Reason> UnderMandateReasons() {
  return {
      {"an unknown mandate", [](Attempt& a) { Instruction(a).set_mandate(Nowhere()); }, kUnknown},
      {"an unknown loan", [](Attempt& a) { Instruction(a).set_loan(Nowhere()); }, kUnknown},
      {"a lender collects", SignedBy({By(kBankA, Department::kOps)}), kRole},
      {"the id names a repayment",
       [](Attempt& a) { Instruction(a).set_debit(ToWire(Market::RepaymentId(1))); }, kDuplicate},
      {"the loan is paid off", LoanClosed(), kClosed},
      {"a mandate that was revoked",
       ChangedMandate([](Mandate& mandate) { mandate.state = MandateState::kRevoked; }), kMandate},
      {"an unknown instalment", [](Attempt& a) { Instruction(a).set_instalment(4); }, kRange},
      {"an instalment that is not billed", [](Attempt& a) { Instruction(a).set_instalment(3); },
       kState, false, true},
      {"it is in dispute", Disputed(), kDisputed},
      {"another currency", [](Attempt& a) { Instruction(a).mutable_amount()->set_currency("EUR"); },
       kCurrency},
      {"it ended yesterday",
       [](Attempt& a) { Instruction(a).set_expiry_day(ToWire(a.today().Plus(-1))); }, kRange},
      {"another is under way",
       [](Attempt& a) { Must(a.copay.Create(a.copay.OwnInstruction(8, 1'000))); }, kReserved, true},
      {"one has failed today", ChangedSecond([](Instalment& instalment) {
         instalment.own.retry_from = Day{.number = instalment.due.number + 100};
       }),
       kRetry},
      {"nothing", [](Attempt& a) { Instruction(a).mutable_amount()->set_minor(0); }, kRange},
      {"more than the mandate allows",
       ChangedMandate([](Mandate& mandate) { mandate.most = {kOwed - 1}; }), kMandate},
      {"more than is unpaid", PaidAlmost(), kAmount, true},
      {"more than a co-payer's debit leaves",
       [](Attempt& a) { Must(a.copay.Create(a.copay.Instruction(7, 1'000))); }, kReserved}};
}

ActCase UnderMandate() {
  return {.name = "DebitCreate, under a mandate",
          .prepare =
              [](Attempt& a) {
                AgreeOnTwo(a);
                a.Say(a.copay.OwnInstruction(1, kOwed), {kPlatformOps});
              },
          .reasons = UnderMandateReasons(),
          .makes = {"debit"},
          .fields = {{"mandate", {kUnknown}},
                     {"loan", {kUnknown}},
                     {"amount.minor", {kRange}},
                     {"amount.currency", {kCurrency}},
                     {"expiry_day", {kRange}},
                     {"instalment", {kRange}}}};
}

void CreateHalf(Attempt& a) {
  AgreeOnTwo(a);
  Must(a.copay.Create(a.copay.Instruction(1, kHalf)));
}

// Four days later it is past its last, and no sweep has come to it.
void Expire(Attempt& a) {
  a.market.PassDays(3);
  a.market.RollDay();
}

ActCase DebitSubmit() {
  return {.name = "DebitSubmit",
          .prepare =
              [](Attempt& a) {
                CreateHalf(a);
                act::v1::DebitSubmit act;
                act.set_debit(ToWire(CopayDesk::DebitId(1)));
                a.Say(act, {kBankOps});
              },
          .reasons = {{"an unknown debit",
                       [](Attempt& a) { a.act.mutable_debit_submit()->set_debit(Nowhere()); },
                       kUnknown},
                      {"another bank", SignedBy({By(kBankA, Department::kOps)}), kRole},
                      {"its last day has passed", Expire, kDebitExpired, true},
                      {"the agreement is suspended", [](Attempt& a) { Must(a.copay.Suspend(1)); },
                       kState},
                      {"a frozen co-payer", PartyHeld(kCoPayer), kFrozen},
                      {"a co-payer whom nobody identifies", Unidentified(kCoPayer), kKyc}},
          .fields = {{"debit", {kUnknown}}}};
}

void SubmitHalf(Attempt& a) {
  CreateHalf(a);
  Must(a.copay.Submit(1));
}

ActCase DebitResult() {
  return {.name = "DebitResult",
          .prepare =
              [](Attempt& a) {
                SubmitHalf(a);
                a.Say(a.copay.Confirmation(1, kHalf), {kBankOps});
              },
          .reasons = {{"an unknown debit",
                       [](Attempt& a) { a.act.mutable_debit_result()->set_debit(Nowhere()); },
                       kUnknown},
                      {"another bank", SignedBy({By(kBankA, Department::kOps)}), kRole},
                      {"its last day has passed", Expire, kDebitExpired},
                      {"it was not submitted",
                       Changed<Debit>({.debit = CopayDesk::DebitId(1)},
                                      [](Debit& debit) { debit.state = DebitState::kCreated; }),
                       kState},
                      {"another amount",
                       [](Attempt& a) { a.act.mutable_debit_result()->set_amount(kHalf - 1); },
                       kAmount},
                      {"an account that is full", AccountFull(kBankB, account::kDueTo, kBankA.id),
                       kOverflow}},
          .fields = {{"debit", {kUnknown}}, {"amount", {kAmount}}}};
}

ActCase DebitReturn() {
  return {
      .name = "DebitReturn",
      .prepare =
          [](Attempt& a) {
            SubmitHalf(a);
            Must(a.copay.Result(a.copay.Confirmation(1, kHalf)));
            act::v1::DebitReturn act;
            act.set_debit(ToWire(CopayDesk::DebitId(1)));
            act.set_reason(7);
            act.set_reference(Text32('b'));
            a.Say(act, {kBankOps});
          },
      .reasons = {{"an unknown debit",
                   [](Attempt& a) { a.act.mutable_debit_return()->set_debit(Nowhere()); },
                   kUnknown},
                  {"another bank", SignedBy({By(kBankA, Department::kOps)}), kRole},
                  {"it was returned", [](Attempt& a) { Must(a.copay.Return(1)); }, kState},
                  {"the lenders have written it off",
                   [](Attempt& a) {
                     Must(a.recovery.GiveUp(1, kBankA, true));
                     Must(a.recovery.GiveUp(1, kPlatform, true));
                   },
                   kClosed},
                  {"too late", [](Attempt& a) { a.market.PassDays(21); }, kWindow},
                  {"the claim has been paid",
                   [](Attempt& a) { Must(a.copay.PayBackBetweenThem(a.copay.PayingBack(1, 1))); },
                   kState}},
      .fields = {{"debit", {kUnknown}}}};
}

ActCase MandateGive() {
  return {
      .name = "MandateGive",
      .prepare = [](Attempt& a) { a.Say(a.copay.Mandate(1), {By(kBorrower), kBankOps}); },
      .reasons = {{"without the bank", SignedBy({By(kBorrower)}), kRole},
                  {"a bank that keeps no accounts",
                   [](Attempt& a) {
                     a.act.mutable_mandate_give()->set_bank(ToWire(kAttester));
                     a.signers = {By(kBorrower), By(kAttester, Department::kOps)};
                   },
                   kRole},
                  {"the id exists", [](Attempt& a) { Must(a.copay.Give(1)); }, kDuplicate},
                  {"an unknown platform",
                   [](Attempt& a) { a.act.mutable_mandate_give()->set_platform(Nowhere()); },
                   kUnknown},
                  {"a bank as platform",
                   [](Attempt& a) { a.act.mutable_mandate_give()->set_platform(ToWire(kBankA)); },
                   kRole, false, true},
                  {"a frozen borrower", PartyHeld(kBorrower), kFrozen},
                  {"a borrower whom nobody identifies", Unidentified(kBorrower), kKyc},
                  {"it ended yesterday",
                   [](Attempt& a) {
                     a.act.mutable_mandate_give()->set_last_day(ToWire(a.today().Plus(-1)));
                   },
                   kRange}},
      .makes = {"mandate"},
      .fields = {{"platform", {kUnknown}},
                 {"bank", {kRole}},
                 {"most.minor", {kRange}},
                 {"most.currency", {kAccepted}},
                 {"last_day", {kRange}}},
      .open = true};
}

ActCase MandateRevoke() {
  return {.name = "MandateRevoke",
          .prepare =
              [](Attempt& a) {
                Must(a.copay.Give(1));
                act::v1::MandateRevoke act;
                act.set_mandate(ToWire(kMandateId));
                a.Say(act, {kBankOps});
              },
          .reasons = {{"an unknown mandate",
                       [](Attempt& a) { a.act.mutable_mandate_revoke()->set_mandate(Nowhere()); },
                       kUnknown},
                      {"another borrower", SignedBy({By(kStranger)}), kRole},
                      {"it was revoked", ChangedMandate([](Mandate& mandate) {
                         mandate.state = MandateState::kRevoked;
                       }),
                       kState}},
          .fields = {{"mandate", {kUnknown}}}};
}

}  // namespace

std::vector<ActCase> DebitCases() {
  return {UnderAgreement(), UnderMandate(), DebitSubmit(),  DebitResult(),
          DebitReturn(),    MandateGive(),  MandateRevoke()};
}

}  // namespace aval::ledger::rules
