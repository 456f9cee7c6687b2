#include "cli/acts/debits.h"

#include "ledger/wire.h"

namespace aval::cli::acts {

using ledger::ToWire;

act::v1::Act GiveMandate(const NewMandate& mandate) {
  act::v1::Act act;
  act::v1::MandateGive& body = *act.mutable_mandate_give();
  body.set_mandate(ToWire(mandate.mandate));
  body.set_platform(ToWire(mandate.platform));
  body.set_bank(ToWire(mandate.bank));
  body.set_account(ToWire(mandate.account));
  SetMoney(*body.mutable_most(), mandate.most);
  body.set_last_day(ToWire(mandate.last_day));
  return act;
}

act::v1::Act RevokeMandate(const ledger::Id& mandate) {
  act::v1::Act act;
  act.mutable_mandate_revoke()->set_mandate(ToWire(mandate));
  return act;
}

act::v1::Act CreateDebit(const Instruction& instruction) {
  act::v1::Act act;
  act::v1::DebitCreate& body = *act.mutable_debit_create();
  body.set_debit(ToWire(instruction.debit));
  if (instruction.agreement != ledger::Id{}) body.set_agreement(ToWire(instruction.agreement));
  body.set_instalment(instruction.instalment);
  SetMoney(*body.mutable_amount(), instruction.amount);
  body.set_expiry_day(ToWire(instruction.expiry));
  if (instruction.mandate != ledger::Id{}) {
    body.set_mandate(ToWire(instruction.mandate));
    body.set_loan(ToWire(instruction.loan));
  }
  return act;
}

act::v1::Act SubmitDebit(const ledger::Id& debit) {
  act::v1::Act act;
  act.mutable_debit_submit()->set_debit(ToWire(debit));
  return act;
}

act::v1::Act ConfirmDebit(const ledger::Id& debit, ledger::Amount amount,
                          const crypto::Digest& reference) {
  act::v1::Act act;
  act::v1::DebitResult& body = *act.mutable_debit_result();
  body.set_debit(ToWire(debit));
  body.set_result(act::v1::DebitResult::CONFIRMED);
  body.set_amount(amount.minor);
  body.set_reference(ToWire(reference));
  return act;
}

act::v1::Act RejectDebit(const ledger::Id& debit, std::uint32_t reason,
                         const crypto::Digest& reference) {
  act::v1::Act act;
  act::v1::DebitResult& body = *act.mutable_debit_result();
  body.set_debit(ToWire(debit));
  body.set_result(act::v1::DebitResult::REJECTED);
  body.set_reason(reason);
  body.set_reference(ToWire(reference));
  return act;
}

act::v1::Act ReturnDebit(const ledger::Id& debit, std::uint32_t reason,
                         const crypto::Digest& reference) {
  act::v1::Act act;
  act::v1::DebitReturn& body = *act.mutable_debit_return();
  body.set_debit(ToWire(debit));
  body.set_reason(reason);
  body.set_reference(ToWire(reference));
  return act;
}

}  // namespace aval::cli::acts
