// Money for debts, and how they end otherwise than by their schedule.

#include <array>
#include <cstdint>
#include <vector>

#include "ledger/arithmetic/early.h"
#include "ledger/record/calendar.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/record/policy.h"
#include "ledger/record/recovery.h"
#include "ledger/rules/context.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/codes.h"

namespace aval::ledger::rules {
namespace {

using enum Verdict;

constexpr Id kLoan = TestId('P', 1);
constexpr SignerRef kBankCredit{.party = kBankA, .department = Department::kCredit};
constexpr std::int64_t kBilled = 33'833;         // The second instalment.
constexpr std::int64_t kEnds = 33'833 + 33'334;  // The third without its fee.

// The borrower's own debit reserves some of what is billed.
void ReserveSome(Attempt& a) {
  Must(a.copay.Give(1));
  Must(a.copay.Create(a.copay.OwnInstruction(7, 1'000)));
}

// It is 2017-02-24; the second instalment is billed, and due in five days.
act::v1::Repay Payment(std::int64_t amount) {
  act::v1::Repay act;
  act.set_repayment(ToWire(Market::RepaymentId(9)));
  act.set_loan(ToWire(kLoan));
  act.mutable_amount()->set_currency("BRL");
  act.mutable_amount()->set_minor(amount);
  act.set_reference(Text32('r'));
  return act;
}

ActCase Repay() {
  return {
      .name = "Repay",
      .prepare =
          [](Attempt& a) {
            a.copay.OpenLoan();
            a.Say(Payment(kBilled), {kBankOps});
          },
      .reasons =
          {{"a bank and the platform", SignedBy({kBankOps, kPlatformOps}), kRole},
           {"a signer that keeps no accounts", SignedBy({By(kAttester, Department::kOps)}), kRole},
           {"the id exists",
            [](Attempt& a) {
              a.act.mutable_repay()->set_repayment(ToWire(Market::RepaymentId(1)));
            },
            kDuplicate},
           {"an unknown loan", [](Attempt& a) { a.act.mutable_repay()->set_loan(Nowhere()); },
            kUnknown},
           {"the loan is paid off", LoanClosed(), kClosed},
           {"another currency",
            [](Attempt& a) { a.act.mutable_repay()->mutable_amount()->set_currency("EUR"); },
            kCurrency},
           {"nothing", [](Attempt& a) { a.act.mutable_repay()->mutable_amount()->set_minor(0); },
            kRange},
           {"an account that is full", AccountFull(kBankB, account::kDueTo, kBankA.id), kOverflow}},
      .makes = {"repayment"},
      .fields = {
          {"loan", {kUnknown}}, {"amount.minor", {kRange}}, {"amount.currency", {kCurrency}}}};
}

ActCase RepayEarly() {
  return {.name = "Repay, by a quote",
          .prepare =
              [](Attempt& a) {
                a.copay.OpenLoan();
                Must(a.recovery.Agree(a.recovery.Quote(1, 1, kEnds)));
                act::v1::Repay act = Payment(kEnds);
                act.set_quote(ToWire(RecoveryDesk::QuoteId(1)));
                a.Say(act, {kBankOps});
              },
          .reasons = {{"nothing",
                       [](Attempt& a) { a.act.mutable_repay()->mutable_amount()->set_minor(0); },
                       kRange},
                      {"an unknown quote",
                       [](Attempt& a) { a.act.mutable_repay()->set_quote(Nowhere()); }, kUnknown},
                      {"a quote of yesterday", [](Attempt& a) { a.market.RollDay(); }, kQuoteStale},
                      {"a debit is under way", ReserveSome, kReserved, true},
                      {"a refund has lowered what is owed",
                       [](Attempt& a) { Must(a.supply.Refund(SupplyDesk::Return(1, 1, 1'000))); },
                       kQuoteStale}},
          .makes = {"repayment"},
          .fields = {{"loan", {kUnknown}},
                     {"quote", {kUnknown}},
                     {"amount.minor", {kRange}},
                     {"amount.currency", {kCurrency}}}};
}

ActCase EarlyRepay() {
  return {
      .name = "EarlyRepay",
      .prepare =
          [](Attempt& a) {
            a.copay.OpenLoan();
            a.Say(a.recovery.Quote(1, 1, kEnds), {By(kBorrower), kPlatformOps});
          },
      .reasons =
          {{"an unknown loan", [](Attempt& a) { a.act.mutable_early_repay()->set_loan(Nowhere()); },
            kUnknown},
           {"without the platform", SignedBy({By(kBorrower)}), kRole},
           {"the id exists",
            [](Attempt& a) { Must(a.recovery.Agree(a.recovery.Quote(1, 1, kEnds))); }, kDuplicate},
           {"the loan is paid off", LoanClosed(), kClosed},
           {"of tomorrow",
            [](Attempt& a) { a.act.mutable_early_repay()->set_day(ToWire(a.today().Plus(1))); },
            kQuoteStale},
           {"a debit is under way", ReserveSome, kReserved},
           {"another sum", [](Attempt& a) { a.act.mutable_early_repay()->set_total(kEnds + 1); },
            kQuoteStale}},
      .makes = {"quote"},
      .fields = {{"loan", {kUnknown}}, {"day", {kQuoteStale}}, {"total", {kQuoteStale}}}};
}

ActCase EarlyRepayForAPrice() {
  return {
      .name = "EarlyRepay, for a price",
      .prepare =
          [](Attempt& a) {
            WithPolicy([](Policy& policy) {
              policy.early.charges = arithmetic::EarlyCharges::kChargeRemaining;
            })(a);
            a.copay.OpenLoan();
            a.Say(a.recovery.Quote(1, 1, kEnds + 500), {By(kBorrower), kPlatformOps});
          },
      .reasons = {{"too dear", WithPolicy([](Policy& policy) { policy.cost_cap_irr_ppm = 10'000; }),
                   kCostCap},
                  {"another sum", [](Attempt& a) { a.act.mutable_early_repay()->set_total(kEnds); },
                   kQuoteStale}},
      .makes = {"quote"},
      .fields = {{"loan", {kUnknown}}, {"day", {kQuoteStale}}, {"total", {kQuoteStale}}}};
}

// It is 2017-03-06, and nothing is paid: two instalments are overdue, the third is not billed.
void OverdueLoan(Attempt& a) {
  WithPolicy([](Policy& policy) {
    policy.recovery.restructurings = 1;
    policy.recovery.restructure_days = 100;
    policy.recovery.write_off_dpd = 34;
  })(a);
  a.market.Buy(a.market.Order(1));
  a.market.PassTo(*Day::FromDate(2017, 3, 6));
}

void ReserveOverdue(Attempt& a) {
  Must(a.copay.Give(1));
  Must(a.copay.Create(a.copay.OwnInstruction(7, 33'000)));
}

act::v1::RestructurePropose& Proposed(Attempt& a) { return *a.act.mutable_restructure_propose(); }

// Two co-payers stand for 60 % each of two instalments: of one that both cover it would be more
// than the whole.
void ShareTwice(Attempt& a) {
  for (const std::uint8_t number : std::array<std::uint8_t, 2>{1, 2}) {
    auto invitation = a.copay.Invitation(number);
    invitation.set_invitee(ToWire(number == 1 ? kCoPayer : kStranger));
    invitation.set_instalments(0, number);
    invitation.set_share_ppm(600'000);
    Must(a.copay.Agree(invitation, number));
  }
}

std::vector<Reason> ProposalReasons() {
  return {
      {"an unknown loan", [](Attempt& a) { Proposed(a).set_loan(Nowhere()); }, kUnknown},
      {"another borrower", SignedBy({By(kStranger)}), kRole},
      {"the id exists", [](Attempt& a) { Must(a.recovery.Propose(a.recovery.Proposal(1, 1))); },
       kDuplicate},
      {"the loan is paid off", LoanClosed(), kClosed},
      {"another proposal is open",
       [](Attempt& a) { Must(a.recovery.Propose(a.recovery.Proposal(9, 1))); }, kState, true},
      {"a debit is under way", ReserveOverdue, kReserved},
      {"a dispute is open", [](Attempt& a) { Must(a.supply.Open(a.supply.Quarrel(1, 1, {2}, 5))); },
       kDisputed},
      {"once too often", WithPolicy([](Policy& policy) { policy.recovery.restructurings = 0; }),
       kRange},
      {"too many instalments", [](Attempt& a) { Proposed(a).set_instalments(25); }, kProduct},
      {"due today", [](Attempt& a) { Proposed(a).set_first_due_day(ToWire(a.today())); }, kDueDay},
      {"instalments that are too small",
       WithPolicy([](Policy& policy) { policy.min_instalment = {25'001}; }), kMinInstalment},
      {"it lasts too long",
       WithPolicy([](Policy& policy) { policy.recovery.restructure_days = 0; }), kDueDay},
      {"too dear", WithPolicy([](Policy& policy) { policy.cost_cap_irr_ppm = 10'000; }), kCostCap},
      {"co-payers' shares beyond the whole", ShareTwice, kShareMax, true},
      {"open until it is due",
       [](Attempt& a) { Proposed(a).set_expiry_day(Proposed(a).first_due_day()); }, kRange}};
}

ActCase RestructurePropose() {
  return {.name = "RestructurePropose",
          .prepare =
              [](Attempt& a) {
                OverdueLoan(a);
                a.Say(a.recovery.Proposal(1, 1), {By(kBorrower)});
              },
          .reasons = ProposalReasons(),
          .makes = {"restructuring"},
          .fields = {{"loan", {kUnknown}},
                     {"first_due_day", {kDueDay}},
                     {"expiry_day", {kRange}},
                     {"instalments", {kProduct}}}};
}

ActCase RestructureConsent() {
  return {
      .name = "RestructureConsent",
      .prepare =
          [](Attempt& a) {
            OverdueLoan(a);
            Must(a.recovery.Propose(a.recovery.Proposal(1, 1)));
            a.Say(a.recovery.Consent(1), {kBankCredit});
          },
      .reasons =
          {{"two lenders in one envelope",
            SignedBy({kBankCredit, By(kPlatform, Department::kCredit)}), kRole},
           {"an unknown proposal",
            [](Attempt& a) { a.act.mutable_restructure_consent()->set_restructuring(Nowhere()); },
            kUnknown},
           {"somebody has declined",
            [](Attempt& a) { Must(a.recovery.ConsentAs(kPlatform, 1, true)); }, kState},
           {"the loan is paid off", LoanClosed(), kClosed},
           {"a bank that is no lender", SignedBy({By(kBankB, Department::kCredit)}), kConsent},
           {"another proposal's text",
            [](Attempt& a) { a.act.mutable_restructure_consent()->set_proposal(Text32('x')); },
            kConsent}},
      .fields = {{"restructuring", {kUnknown}}}};
}

ActCase WriteOff() {
  return {
      .name = "WriteOff",
      .prepare =
          [](Attempt& a) {
            OverdueLoan(a);
            a.Say(a.recovery.GivingUp(1, true), {kBankCredit});
          },
      .reasons = {{"an unknown loan",
                   [](Attempt& a) { a.act.mutable_write_off()->set_loan(Nowhere()); }, kUnknown},
                  {"a bank that is no lender", SignedBy({By(kBankB, Department::kCredit)}), kRole},
                  {"it has given up", [](Attempt& a) { Must(a.recovery.GiveUp(1, kBankA, true)); },
                   kState},
                  {"the loan is paid off", LoanClosed(), kClosed},
                  {"a debit is under way", ReserveOverdue, kReserved, true},
                  {"not late enough, and no proof",
                   [](Attempt& a) { a.act.mutable_write_off()->clear_proof(); }, kNotEligible}},
      .fields = {{"loan", {kUnknown}}}};
}

ActCase Recover() {
  return {
      .name = "Recover",
      .prepare =
          [](Attempt& a) {
            OverdueLoan(a);
            Must(a.recovery.GiveUp(1, kBankA, true));
            Must(a.recovery.GiveUp(1, kPlatform, true));
            a.Say(a.recovery.Recovering(1, 1, 90'000), {kBankOps});
          },
      .reasons =
          {{"a bank and the platform", SignedBy({kBankOps, kPlatformOps}), kRole},
           {"a signer that keeps no accounts", SignedBy({By(kAttester, Department::kOps)}), kRole},
           {"the id exists",
            [](Attempt& a) { Must(a.recovery.Recover(a.recovery.Recovering(1, 1, 1'000))); },
            kDuplicate},
           {"an unknown loan", [](Attempt& a) { a.act.mutable_recover()->set_loan(Nowhere()); },
            kUnknown},
           {"the loan is not written off", LoanClosed(), kState},
           {"another currency",
            [](Attempt& a) { a.act.mutable_recover()->mutable_amount()->set_currency("EUR"); },
            kCurrency},
           {"nothing", [](Attempt& a) { a.act.mutable_recover()->mutable_amount()->set_minor(0); },
            kRange},
           {"more than is owed",
            [](Attempt& a) { a.act.mutable_recover()->mutable_amount()->set_minor(200'000); },
            kAmount, false, true},
           {"a debit is under way", ReserveOverdue, kReserved}},
      .makes = {"recovery"},
      .fields = {
          {"loan", {kUnknown}}, {"amount.minor", {kRange}}, {"amount.currency", {kCurrency}}}};
}

act::v1::DayRoll& Roll(Attempt& a) { return *a.act.mutable_day_roll(); }

ActCase DayRoll() {
  return {.name = "DayRoll",
          .prepare =
              [](Attempt& a) {
                act::v1::DayRoll act;
                act.set_day(ToWire(a.today().Plus(1)));
                a.Say(act, {kPlatformOps, By(kBankA, Department::kOps)});
              },
          .reasons = {{"the platform alone", SignedBy({kPlatformOps}), kRole},
                      {"a day too far", [](Attempt& a) { Roll(a).set_day(Roll(a).day() + 1); },
                       kDayOrder},
                      {"today's work is not done",
                       [](Attempt& a) {
                         a.book().Put<CalendarItem>(
                             {.day = a.today(), .queue = Queue::kGrant, .subject = {}, .number = 0},
                             {});
                       },
                       kDayBusy},
                      {"the day has not begun",
                       Changed<Book>({}, [](Book& book) { book.replay = false; }), kDayEarly}},
          .fields = {{"day", {kDayOrder}}},
          .open = true};
}

}  // namespace

std::vector<ActCase> DebtCases() {
  return {Repay(),
          RepayEarly(),
          EarlyRepay(),
          EarlyRepayForAPrice(),
          RestructurePropose(),
          RestructureConsent(),
          WriteOff(),
          Recover(),
          DayRoll()};
}

}  // namespace aval::ledger::rules
