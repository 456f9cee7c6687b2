#include "tests/ledger/rules/market.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ledger/rules/calendar.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/invariants.h"

namespace aval::ledger::rules {
namespace {

std::string DigestField(std::uint8_t number) { return std::string(31, 'd') + char(number); }

}  // namespace

Market::Market(std::uint8_t borrowers) {
  book_.AddSupplier(1);
  for (std::uint8_t number = 1; number <= borrowers; ++number) {
    book_.AddGrant(number, {.borrower = book_.AddBorrower(number)});
  }
}

act::v1::PurchaseAuthorise Market::Order(std::uint8_t number) const {
  act::v1::PurchaseAuthorise act;
  act.set_purchase(ToWire(PurchaseId(number)));
  act.set_grant(ToWire(grant()));
  act.set_supplier(ToWire(supplier()));
  act.set_order(DigestField(number));
  act.set_scenario(1);
  act.set_product(1);
  act.mutable_amount()->set_currency("BRL");
  act.mutable_amount()->set_minor(100'000);
  act.set_instalments(3);
  act.set_first_due_day(ToWire(book_.today().Plus(31)));
  act.set_expiry_day(ToWire(book_.today().Plus(10)));
  act.set_disclosure(DigestField(0));
  return act;
}

Verdict Market::Authorise(const act::v1::PurchaseAuthorise& act) {
  const Id grant_id = ToId(act.grant());
  const auto signer = book_.Get<Grant>({.grant = grant_id}).borrower;
  return Apply(act, {By(signer), By(kPlatform, Department::kOps)});
}

Verdict Market::Capture(std::uint8_t number, std::int64_t amount) {
  act::v1::PurchaseCapture act;
  act.set_purchase(ToWire(PurchaseId(number)));
  act.set_amount(amount);
  act.set_shipment(DigestField(number));
  return Apply(act, {By(kPlatform, Department::kOps)});
}

Verdict Market::Void(std::uint8_t number) {
  act::v1::PurchaseVoid act;
  act.set_purchase(ToWire(PurchaseId(number)));
  act.set_reason(1);
  return Apply(act, {By(kPlatform, Department::kOps)});
}

Verdict Market::Deliver(std::uint8_t number) {
  act::v1::DeliveryConfirm act;
  act.set_purchase(ToWire(PurchaseId(number)));
  act.set_delivery(DigestField(number));
  return Apply(act, {By(supplier(), Department::kOps), By(kPlatform, Department::kOps)});
}

act::v1::Hold Market::HoldOf(act::v1::Held what, const Id& subject) {
  act::v1::Hold act;
  act.set_what(what);
  act.set_subject(ToWire(subject));
  act.set_reason(7);
  return act;
}

Verdict Market::Hold(act::v1::Held what, const Id& subject, SignerRef by) {
  return Apply(HoldOf(what, subject), {by});
}

Verdict Market::Lift(act::v1::Held what, const Id& subject, SignerRef by) {
  act::v1::Lift act;
  act.set_what(what);
  act.set_subject(ToWire(subject));
  return Apply(act, {by});
}

Verdict Market::Repay(std::uint8_t repayment, std::uint8_t loan, std::int64_t amount) {
  act::v1::Repay act;
  act.set_repayment(ToWire(RepaymentId(repayment)));
  act.set_loan(ToWire(PurchaseId(loan)));
  act.mutable_amount()->set_currency("BRL");
  act.mutable_amount()->set_minor(amount);
  act.set_reference(DigestField(repayment));
  return Apply(act, {By(kBankB, Department::kOps)});
}

void Market::Buy(const act::v1::PurchaseAuthorise& order) {
  ASSERT_EQ(Authorise(order), Verdict::kAccepted);
  act::v1::PurchaseCapture act;
  act.set_purchase(order.purchase());
  act.set_amount(order.amount().minor());
  act.set_shipment(DigestField(0));
  ASSERT_EQ(Apply(act, {By(kPlatform, Department::kOps)}), Verdict::kAccepted);
}

void Market::PassTo(Day day) {
  swept_.clear();
  while (SweepChunk(512) > 0) continue;
  while (book_.today() < day) {
    RollDay();
    while (SweepChunk(512) > 0) continue;
  }
}

void Market::RollDay() {
  act::v1::DayRoll act;
  act.set_day(ToWire(book_.today().Plus(1)));
  ASSERT_EQ(Apply(act, {By(kPlatform, Department::kOps), By(kBankA, Department::kOps)}),
            Verdict::kAccepted);
  book_.SetDay(book_.Get<Book>({}).day);
}

std::size_t Market::SweepChunk(std::size_t limit) {
  const auto due =
      DueItems(book_.state(), {.first = FirstItem(book_.state()), .today = book_.today()}, limit);
  for (const CalendarItem::Key& item : due) {
    // An item before it may have worked this one off, too.
    if (!book_.Find<CalendarItem>(item)) continue;
    book_.state().Delete<CalendarItem>(item);
    book_.With([&](Context& context) {
      EXPECT_EQ(RunItem(context, item), Verdict::kAccepted) << item.subject.Hex();
    });
    swept_.insert(swept_.end(), book_.journal().begin(), book_.journal().end());
  }
  if (!due.empty()) Check();
  return due.size();
}

void Market::Check() { EXPECT_THAT(BrokenInvariants(book_.state()), testing::IsEmpty()); }

}  // namespace aval::ledger::rules
