#include "cli/acts/debts.h"

#include "ledger/wire.h"

namespace aval::cli::acts {

using ledger::ToWire;

act::v1::Act Repay(const PaymentIn& payment) {
  act::v1::Act act;
  act::v1::Repay& body = *act.mutable_repay();
  body.set_repayment(ToWire(payment.id));
  body.set_loan(ToWire(payment.loan));
  SetMoney(*body.mutable_amount(), payment.amount);
  body.set_reference(ToWire(payment.reference));
  if (payment.quote != ledger::Id{}) body.set_quote(ToWire(payment.quote));
  return act;
}

act::v1::Act Recover(const PaymentIn& payment) {
  act::v1::Act act;
  act::v1::Recover& body = *act.mutable_recover();
  body.set_recovery(ToWire(payment.id));
  body.set_loan(ToWire(payment.loan));
  SetMoney(*body.mutable_amount(), payment.amount);
  body.set_reference(ToWire(payment.reference));
  return act;
}

act::v1::Act QuoteEarly(const Quote& quote) {
  act::v1::Act act;
  act::v1::EarlyRepay& body = *act.mutable_early_repay();
  body.set_quote(ToWire(quote.quote));
  body.set_loan(ToWire(quote.loan));
  body.set_day(ToWire(quote.day));
  body.set_total(quote.total.minor);
  return act;
}

act::v1::Act ProposeRestructuring(const NewSchedule& schedule) {
  act::v1::Act act;
  act::v1::RestructurePropose& body = *act.mutable_restructure_propose();
  body.set_restructuring(ToWire(schedule.restructuring));
  body.set_loan(ToWire(schedule.loan));
  body.set_instalments(schedule.instalments);
  body.set_first_due_day(ToWire(schedule.first_due));
  body.set_rate_ppm(schedule.rate_ppm);
  body.set_expiry_day(ToWire(schedule.expiry));
  return act;
}

act::v1::Act ConsentToRestructuring(const ledger::Id& restructuring, const crypto::Digest& proposal,
                                    bool decline) {
  act::v1::Act act;
  act::v1::RestructureConsent& body = *act.mutable_restructure_consent();
  body.set_restructuring(ToWire(restructuring));
  body.set_proposal(ToWire(proposal));
  body.set_decline(decline);
  return act;
}

act::v1::Act WriteOff(const ledger::Id& loan) {
  act::v1::Act act;
  act.mutable_write_off()->set_loan(ToWire(loan));
  return act;
}

act::v1::Act WriteOff(const ledger::Id& loan, const crypto::Digest& legal_proof) {
  act::v1::Act act = WriteOff(loan);
  act.mutable_write_off()->set_proof(ToWire(legal_proof));
  return act;
}

}  // namespace aval::cli::acts
