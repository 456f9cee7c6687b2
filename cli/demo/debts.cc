#include "cli/demo/debts.h"

#include <algorithm>
#include <vector>

#include "base/assert.h"
#include "cli/acts/debits.h"
#include "cli/acts/debts.h"
#include "cli/acts/derived.h"
#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"
#include "ledger/arithmetic/early.h"

namespace aval::cli::demo {
namespace {

using acts::Derive;
using acts::DerivedId;
using ledger::Amount;
using ledger::Department;
using ledger::Instalment;
using ledger::rules::Debt;

constexpr std::int64_t kDebitDays = 3;
constexpr std::int64_t kConsentDays = 5;
constexpr std::int64_t kNewDueDays = 30;
constexpr std::uint32_t kNoFunds = 1;  // The banks' codes.
constexpr std::uint32_t kObjection = 2;

bool IsUnbilled(const Instalment& instalment) {
  return instalment.state == ledger::InstalmentState::kScheduled;
}

ledger::Id MandateOf(const PurchaseRow& row) { return DerivedId("mandate", row.order); }

// Of the product, in instalments.
struct Range {
  std::uint32_t least = 0;
  std::uint32_t most = 0;
  std::uint32_t rate_ppm = 0;
};

Range RangeOf(const PurchaseRow& row) {
  switch (ProductOf(row)) {
    case kFreeStart:
      return {.least = 3, .most = 6, .rate_ppm = kFeePpm};
    case kFlatFee:
      return {.least = 2, .most = 12, .rate_ppm = kFeePpm};
    default:
      return {.least = 13, .most = 24, .rate_ppm = kAnnuityPpm};
  }
}

}  // namespace

Amount UnpaidUpTo(const Debt& debt, std::uint32_t number) {
  Amount sum;
  if (!debt.IsOpen()) return sum;
  for (std::uint16_t k = 1; k <= std::min<std::uint32_t>(number, debt.count()); ++k) {
    const Instalment& instalment = debt.At(k);
    if (!ledger::rules::IsPayable(instalment)) continue;
    sum.minor += ledger::rules::UnpaidInAll(instalment).minor - instalment.reserved.minor;
  }
  return sum;
}

Amount EarlyTotal(const Debt& debt) {
  std::vector<ledger::arithmetic::FutureInstalment> unbilled;
  std::int64_t total = -debt.loan().held.minor;
  for (std::uint16_t k = 1; k <= debt.count(); ++k) {
    const Instalment& instalment = debt.At(k);
    if (IsUnbilled(instalment)) {
      unbilled.push_back({.principal = instalment.principal.Unpaid(),
                          .charge = ledger::rules::UnbilledCharge(instalment)});
    } else if (ledger::rules::IsPayable(instalment)) {
      total += ledger::rules::UnpaidInAll(instalment).minor;
    }
  }
  const auto quote = ledger::arithmetic::QuoteEarly(
      unbilled,
      {.charges = debt.policy().early.charges, .prepay_ppm = debt.policy().early.prepay_ppm});
  AVAL_ASSERT(quote.has_value());
  return {std::max<std::int64_t>(total + quote->Total().minor, 0)};
}

Amount LeftToRecover(const Debt& debt) {
  Amount left;
  if (debt.loan().state != ledger::LoanState::kWrittenOff) return left;
  for (std::uint16_t k = 1; k <= debt.count(); ++k) {
    const Instalment& instalment = debt.At(k);
    if (!ledger::rules::IsPayable(instalment)) continue;
    left.minor += ledger::rules::UnpaidInAll(instalment).minor - instalment.reserved.minor;
  }
  return left;
}

void WriteRepayment(ActWriter& writer, const PurchaseRow& row, const std::string& name,
                    Amount amount) {
  const std::string full = row.order + "/" + name;
  writer.Write(acts::Repay({.id = DerivedId("repayment", full),
                            .loan = PurchaseOf(row),
                            .amount = InCurrency(amount),
                            .reference = Derive("bank-record", full)}),
               {writer.Office(BankOf(row), Department::kOps)});
}

void WriteEarlyEnd(ActWriter& writer, const PurchaseRow& row, Amount total) {
  const ledger::Id quote = DerivedId("quote", row.order);
  writer.Write(
      acts::QuoteEarly(
          {.quote = quote, .loan = PurchaseOf(row), .day = writer.today(), .total = total}),
      {PartyHand::Borrower(row), writer.Office(kPlatform, Department::kOps)});
  writer.Write(acts::Repay({.id = DerivedId("repayment", row.order + "/early"),
                            .loan = PurchaseOf(row),
                            .amount = InCurrency(total),
                            .reference = Derive("bank-record", row.order + "/early"),
                            .quote = quote}),
               {writer.Office(BankOf(row), Department::kOps)});
}

void WriteMandate(ActWriter& writer, const PurchaseRow& row, ledger::Day last_day) {
  writer.Write(acts::GiveMandate({.mandate = MandateOf(row),
                                  .platform = ledger::PartyId::Institution(kPlatform),
                                  .bank = ledger::PartyId::Institution(BankOf(row)),
                                  .account = Derive("account", CustomerOf(row)),
                                  .most = InCurrency(row.value),
                                  .last_day = last_day}),
               {PartyHand::Borrower(row), writer.Office(BankOf(row), Department::kOps)});
}

void WriteRevocation(ActWriter& writer, const PurchaseRow& row) {
  writer.Write(acts::RevokeMandate(MandateOf(row)), {PartyHand::Borrower(row)});
}

void WriteOwnDebit(ActWriter& writer, const PurchaseRow& row, std::uint32_t number,
                   const std::string& name, Amount amount, bool confirmed) {
  const std::string full = row.order + "/" + name;
  const ledger::Id debit = OwnDebitOf(row, name);
  const crypto::Digest reference = Derive("own-debit-record", full);
  const Hand bank = writer.Office(BankOf(row), Department::kOps);
  writer.Write(acts::CreateDebit({.debit = debit,
                                  .mandate = MandateOf(row),
                                  .loan = PurchaseOf(row),
                                  .instalment = number,
                                  .amount = InCurrency(amount),
                                  .expiry = writer.today().Plus(kDebitDays)}),
               {writer.Office(kPlatform, Department::kOps)});
  writer.Write(acts::SubmitDebit(debit), {bank});
  writer.Write(confirmed ? acts::ConfirmDebit(debit, amount, reference)
                         : acts::RejectDebit(debit, kNoFunds, reference),
               {bank});
}

ledger::Id OwnDebitOf(const PurchaseRow& row, const std::string& name) {
  return DerivedId("own-debit", row.order + "/" + name);
}

void WriteOwnDebitReturn(ActWriter& writer, const PurchaseRow& row, const std::string& name) {
  const std::string full = row.order + "/" + name;
  writer.Write(
      acts::ReturnDebit(OwnDebitOf(row, name), kObjection, Derive("own-debit-return", full)),
      {writer.Office(BankOf(row), Department::kOps)});
}

std::uint32_t InstalmentsAnew(const PurchaseRow& row, const Debt& debt) {
  std::int64_t principal = 0;
  for (const ledger::LenderPart& part : debt.loan().lenders) principal += part.Owed().minor;
  const auto [least, most, rate_ppm] = RangeOf(row);
  const auto count = std::min<std::int64_t>(principal / kMinInstalment, most);
  return count < least ? 0 : static_cast<std::uint32_t>(count);
}

void WriteRestructuring(ActWriter& writer, const PurchaseRow& row, std::uint32_t instalments,
                        bool declined) {
  const ledger::Id id = DerivedId("restructuring", row.order);
  const PartyHand borrower = PartyHand::Borrower(row);
  const crypto::Digest proposal =
      writer.Write(acts::ProposeRestructuring({.restructuring = id,
                                               .loan = PurchaseOf(row),
                                               .instalments = instalments,
                                               .first_due = writer.today().Plus(kNewDueDays),
                                               .rate_ppm = RangeOf(row).rate_ppm / 2,
                                               .expiry = writer.today().Plus(kConsentDays)}),
                   {borrower});
  writer.Write(acts::ConsentToRestructuring(id, proposal, /*decline=*/false), {borrower});
  writer.Write(acts::ConsentToRestructuring(id, proposal, /*decline=*/false),
               {writer.Office(kPlatform, Department::kCredit)});
  writer.Write(acts::ConsentToRestructuring(id, proposal, declined),
               {writer.Office(BankOf(row), Department::kCredit)});
}

void WriteWriteOff(ActWriter& writer, const PurchaseRow& row) {
  for (const std::uint32_t lender : {kPlatform, BankOf(row)}) {
    writer.Write(acts::WriteOff(PurchaseOf(row)), {writer.Office(lender, Department::kCredit)});
  }
}

void WriteRecovery(ActWriter& writer, const PurchaseRow& row, Amount amount) {
  writer.Write(acts::Recover({.id = DerivedId("recovery", row.order),
                              .loan = PurchaseOf(row),
                              .amount = InCurrency(amount),
                              .reference = Derive("recovery-record", row.order)}),
               {writer.Office(BankOf(row), Department::kOps)});
}

}  // namespace aval::cli::demo
