#pragma once

#include <cstdint>
#include <vector>

#include "ledger/proto/acts.pb.h"
#include "ledger/record/disputes.h"
#include "ledger/record/refunds.h"
#include "ledger/types.h"
#include "ledger/verdict.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {

/// The acts between supplier, platform and borrower once something is bought in a market. Refunds,
/// payments and disputes are named by numbers.
class SupplyDesk {
 public:
  /// `market` outlives it. Its policy allows payment and assignment within 60 and 183 days,
  /// disputes of 30, bullets of 365, and scenario 2, which is prepaid in up to 4 steps; product 5
  /// is a bullet at 18 %.
  explicit SupplyDesk(Market& market) : market_(market) {}
  static void Agree(Market& market);

  static Id RefundId(std::uint8_t number) { return TestId('F', number); }
  static Id PaymentId(std::uint8_t number) { return TestId('Y', number); }
  static Id DisputeId(std::uint8_t number) { return TestId('Q', number); }

  /// Order `number` of the market, prepaid in scenario 2, with steps today and so many days later.
  act::v1::PurchaseAuthorise PrepaidOrder(std::uint8_t number, const std::vector<int>& later) const;
  static act::v1::DeliveryConfirm Delivery(std::uint8_t purchase, std::uint32_t payment_days);
  Verdict Deliver(const act::v1::DeliveryConfirm& act);
  static act::v1::EscrowRelease Step(std::uint8_t purchase, std::uint32_t step);
  /// Signed by the supplier and the platform.
  Verdict Release(const act::v1::EscrowRelease& act);
  /// To bank B.
  static act::v1::ReceivableAssign Sale(std::uint8_t purchase, std::int64_t price);
  Verdict Assign(const act::v1::ReceivableAssign& act);
  static act::v1::Refund Return(std::uint8_t refund, std::uint8_t purchase, std::int64_t amount);
  Verdict Refund(const act::v1::Refund& act);
  /// Through bank B, to borrower `number`.
  act::v1::PayBack Payment(std::uint8_t payment, std::uint8_t number, std::int64_t amount) const;
  Verdict PayBack(const act::v1::PayBack& act);
  /// Until so many days after today.
  act::v1::DisputeOpen Quarrel(std::uint8_t dispute, std::uint8_t loan,
                               const std::vector<std::uint32_t>& numbers, int days) const;
  /// Signed by the loan's borrower.
  Verdict Open(const act::v1::DisputeOpen& act);
  static act::v1::DisputeResolve Decision(std::uint8_t dispute,
                                          act::v1::DisputeResolve::Outcome outcome);
  /// Signed by platform and supplier.
  Verdict Resolve(const act::v1::DisputeResolve& act);

  ledger::Refund RefundNow(std::uint8_t number) const {
    return market_.book().Get<ledger::Refund>({RefundId(number)});
  }
  Dispute DisputeNow(std::uint8_t number) const {
    return market_.book().Get<Dispute>({DisputeId(number)});
  }
  /// What the platform's 2300 has of borrower `number` that no open loan holds.
  CreditBalance BalanceOf(std::uint8_t number) const;

 private:
  Market& market_;
};

}  // namespace aval::ledger::rules
