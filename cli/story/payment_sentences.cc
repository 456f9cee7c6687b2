// Money in: repayments, mandates and debits.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "cli/acts/debits.h"
#include "cli/acts/debts.h"
#include "cli/json.h"
#include "cli/story/records.h"
#include "cli/story/sentence.h"

namespace aval::cli::story {
namespace {

constexpr std::uint32_t kReason = 1;
constexpr std::int64_t kAnswerDays = 3;

Result<void> Pay(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  acts::PaymentIn payment{.id = scene.NewId("repayment"),
                          .loan = loan.id,
                          .amount = InCurrency(match.Amount("amount")),
                          .reference = scene.NewDigest("bank-record")};
  if (match.Has("quoted")) {
    AVAL_TRY(payment.quote, scene.QuoteOn(loan.id));
  }
  return scene.Submit(acts::Repay(payment), {scene.Ops(scene.Who(match, "bank"))});
}

Result<void> Quote(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  const ledger::Id id = scene.NewId("quote");
  AVAL_CHECK(scene.Submit(
      acts::QuoteEarly(
          {.quote = id, .loan = loan.id, .day = scene.today(), .total = match.Amount("total")}),
      {scene.HandOf(scene.Who(match, "person")), scene.Ops(scene.market())}));
  scene.Quoted(loan.id, id);
  return {};
}

Result<void> GiveMandate(Scene& scene, const Match& match) {
  const Member& person = scene.Who(match, "person");
  const Member& bank = scene.Who(match, "bank");
  const ledger::Id id = scene.NewId("mandate");
  AVAL_CHECK(scene.Submit(acts::GiveMandate({.mandate = id,
                                             .platform = scene.market().id,
                                             .bank = bank.id,
                                             .account = scene.NewDigest("account"),
                                             .most = InCurrency(match.Amount("most")),
                                             .last_day = match.Date("last")}),
                          {scene.HandOf(person), scene.Ops(bank)}));
  scene.Name(Kind::kMandate, id, person);
  return {};
}

Result<void> RevokeMandate(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing mandate, scene.Find(match, "mandate"));
  const Member& by = scene.Who(match, "by");
  const bool person = by.role == Role::kPerson;
  return scene.Submit(acts::RevokeMandate(mandate.id), {person ? scene.HandOf(by) : scene.Ops(by)});
}

// A borrower is debited under its newest mandate, a co-payer under its newest agreement on the
// loan.
Result<acts::Instruction> InstructionFor(Scene& scene, const Match& match) {
  const Member& payer = scene.Who(match, "payer");
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  acts::Instruction instruction{
      .debit = scene.NewId("debit"),
      .instalment = match.Count("number"),
      .amount = InCurrency(match.Amount("amount")),
      .expiry = match.Has("last") ? match.Date("last") : scene.today().Plus(kAnswerDays)};
  if (payer.name == loan.owner) {
    AVAL_TRY(const Thing mandate, scene.Newest(Kind::kMandate, payer));
    instruction.mandate = mandate.id;
    instruction.loan = loan.id;
    return instruction;
  }
  const std::vector<Thing> agreements = scene.AllOf(Kind::kAgreement, payer);
  for (auto agreement = agreements.rbegin(); agreement != agreements.rend(); ++agreement) {
    AVAL_TRY(const boost::json::value record, scene.Read("agreement", {agreement->id.Hex()}));
    AVAL_TRY(const ledger::Id on, JsonId(record, "loan"));
    if (on != loan.id) continue;
    instruction.agreement = agreement->id;
    return instruction;
  }
  return Error{.code = Code::kNotFound, .message = payer.name + " has no agreement on that loan"};
}

Result<void> Instruct(Scene& scene, const Match& match) {
  AVAL_TRY(const acts::Instruction instruction, InstructionFor(scene, match));
  AVAL_CHECK(scene.Submit(acts::CreateDebit(instruction), {scene.Ops(scene.market())}));
  scene.Name(Kind::kDebit, instruction.debit, scene.Who(match, "payer"));
  return {};
}

Result<void> TakeUpDebit(Scene& scene, const ledger::Id& debit, const Member& bank) {
  return scene.Submit(acts::SubmitDebit(debit), {scene.Ops(bank)});
}

Result<void> ConfirmDebit(Scene& scene, const Thing& debit, const Member& bank) {
  AVAL_TRY(const boost::json::value record, scene.Read(debit));
  AVAL_TRY(const std::int64_t amount, JsonInteger(record, "amount"));
  return scene.Submit(acts::ConfirmDebit(debit.id, {amount}, scene.NewDigest("bank-record")),
                      {scene.Ops(bank)});
}

// Instructed, taken up and confirmed.
Result<void> DebitAtOnce(Scene& scene, const Match& match) {
  AVAL_CHECK(Instruct(scene, match));
  const Member& bank = scene.Who(match, "bank");
  AVAL_TRY(const Thing debit, scene.Newest(Kind::kDebit, scene.Who(match, "payer")));
  AVAL_CHECK(TakeUpDebit(scene, debit.id, bank));
  return ConfirmDebit(scene, debit, bank);
}

Result<void> TakeUp(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing debit, scene.Find(match, "debit"));
  return TakeUpDebit(scene, debit.id, scene.Who(match, "bank"));
}

Result<void> Confirm(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing debit, scene.Find(match, "debit"));
  return ConfirmDebit(scene, debit, scene.Who(match, "bank"));
}

Result<void> Reject(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing debit, scene.Find(match, "debit"));
  return scene.Submit(acts::RejectDebit(debit.id, kReason, scene.NewDigest("bank-record")),
                      {scene.Ops(scene.Who(match, "bank"))});
}

Result<void> Return(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing debit, scene.Find(match, "debit"));
  return scene.Submit(acts::ReturnDebit(debit.id, kReason, scene.NewDigest("bank-record")),
                      {scene.Ops(scene.Who(match, "bank"))});
}

constexpr std::array kSentences{
    Sentence{.pattern = "{person:person} pays {amount:amount} on {loan:loan} through "
                        "{bank:institution}[, {quoted=as quoted}]",
             .play = &Pay},
    Sentence{.pattern = "{person:person} and Mercado agree that {total:amount} ends {loan:loan} "
                        "today",
             .play = &Quote},
    Sentence{.pattern = "{person:person} lets Mercado debit {most:amount} at a time at "
                        "{bank:institution} until {last:date}",
             .play = &GiveMandate},
    Sentence{.pattern = "{by:party} revokes {mandate:mandate}", .play = &RevokeMandate},
    Sentence{.pattern = "Mercado instructs a debit of {amount:amount} from {payer:person} for "
                        "instalment {number:count} of {loan:loan}[, to be answered by {last:date}]",
             .play = &Instruct},
    Sentence{.pattern = "{bank:institution} debits {amount:amount} from {payer:person} for "
                        "instalment {number:count} of {loan:loan}",
             .play = &DebitAtOnce},
    Sentence{.pattern = "{bank:institution} takes up {debit:debit}", .play = &TakeUp},
    Sentence{.pattern = "{bank:institution} confirms {debit:debit}", .play = &Confirm},
    Sentence{.pattern = "{bank:institution} rejects {debit:debit}", .play = &Reject},
    Sentence{.pattern = "{bank:institution} returns {debit:debit}", .play = &Return},
};

}  // namespace

std::span<const Sentence> PaymentSentences() { return kSentences; }

}  // namespace aval::cli::story
