#include "tests/ledger/rules/recovery_desk.h"

#include "ledger/record/recovery.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

std::string Text32(char c) { return std::string(32, c); }

}  // namespace

act::v1::EarlyRepay RecoveryDesk::Quote(std::uint8_t number, std::uint8_t loan,
                                        std::int64_t total) const {
  act::v1::EarlyRepay act;
  act.set_quote(ToWire(QuoteId(number)));
  act.set_loan(ToWire(Market::PurchaseId(loan)));
  act.set_day(ToWire(market_.book().today()));
  act.set_total(total);
  return act;
}

Verdict RecoveryDesk::Agree(const act::v1::EarlyRepay& act) {
  const auto loan = market_.book().Find<Loan>({ToId(act.loan())});
  return market_.Apply(
      act, {By(loan ? loan->borrower : market_.borrower(1)), By(kPlatform, Department::kOps)});
}

act::v1::Repay RecoveryDesk::Payment(std::uint8_t repayment, std::uint8_t quote) const {
  const auto quoted = market_.book().Get<EarlyQuote>({QuoteId(quote)});
  act::v1::Repay act;
  act.set_repayment(ToWire(Market::RepaymentId(repayment)));
  act.set_loan(ToWire(quoted.loan));
  act.mutable_amount()->set_currency("BRL");
  act.mutable_amount()->set_minor(quoted.total.minor);
  act.set_reference(Text32('r'));
  act.set_quote(ToWire(QuoteId(quote)));
  return act;
}

Verdict RecoveryDesk::Pay(const act::v1::Repay& act) {
  return market_.Apply(act, {By(kBankB, Department::kOps)});
}

act::v1::WriteOff RecoveryDesk::GivingUp(std::uint8_t loan, bool proof) const {
  act::v1::WriteOff act;
  act.set_loan(ToWire(Market::PurchaseId(loan)));
  if (proof) act.set_proof(Text32('p'));
  return act;
}

Verdict RecoveryDesk::GiveUp(std::uint8_t loan, PartyId lender, bool proof) {
  return market_.Apply(GivingUp(loan, proof), {By(lender, Department::kCredit)});
}

act::v1::Recover RecoveryDesk::Recovering(std::uint8_t number, std::uint8_t loan,
                                          std::int64_t amount) const {
  act::v1::Recover act;
  act.set_recovery(ToWire(RecoveryId(number)));
  act.set_loan(ToWire(Market::PurchaseId(loan)));
  act.mutable_amount()->set_currency("BRL");
  act.mutable_amount()->set_minor(amount);
  act.set_reference(Text32('r'));
  return act;
}

Verdict RecoveryDesk::Recover(const act::v1::Recover& act) {
  return market_.Apply(act, {By(kBankB, Department::kOps)});
}

act::v1::RestructurePropose RecoveryDesk::Proposal(std::uint8_t number, std::uint8_t loan) const {
  act::v1::RestructurePropose act;
  act.set_restructuring(ToWire(RestructuringId(number)));
  act.set_loan(ToWire(Market::PurchaseId(loan)));
  act.set_instalments(4);
  act.set_first_due_day(ToWire(market_.book().today().Plus(30)));
  act.set_rate_ppm(5'000);
  act.set_expiry_day(ToWire(market_.book().today().Plus(5)));
  return act;
}

Verdict RecoveryDesk::Propose(const act::v1::RestructurePropose& act) {
  const auto loan = market_.book().Find<Loan>({ToId(act.loan())});
  return market_.Apply(act, {By(loan ? loan->borrower : market_.borrower(1))});
}

act::v1::RestructureConsent RecoveryDesk::Consent(std::uint8_t number, bool decline) const {
  const auto proposed = market_.book().Find<Restructuring>({RestructuringId(number)});
  act::v1::RestructureConsent act;
  act.set_restructuring(ToWire(RestructuringId(number)));
  act.set_proposal(proposed ? ToWire(proposed->proposal) : Text32('x'));
  act.set_decline(decline);
  return act;
}

Verdict RecoveryDesk::ConsentAs(PartyId party, std::uint8_t number, bool decline) {
  const bool person = market_.book().Find<Participant>({party}).has_value();
  return market_.Apply(Consent(number, decline),
                       {By(party, person ? Department::kNone : Department::kCredit)});
}

}  // namespace aval::ledger::rules
