#pragma once

#include <cstdint>
#include <vector>

#include "cli/acts/money.h"
#include "crypto/digest.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"

namespace aval::cli::acts {

/// Bodies of the acts on purchases: between borrower, platform and supplier.

struct Order {
  ledger::Id purchase;
  ledger::Id grant;
  ledger::PartyId supplier;
  crypto::Digest order;
  std::uint32_t scenario = 0;
  std::uint32_t product = 0;
  Money amount;
  std::uint32_t instalments = 0;
  ledger::Day first_due;
  ledger::Day expiry;  // Of the reservation.
  crypto::Digest disclosure;
  std::vector<ledger::Day> release_days{};  // Of a prepaid price, ascending; else none.
};
act::v1::Act AuthorisePurchase(const Order& order);

act::v1::Act CapturePurchase(const ledger::Id& purchase, ledger::Amount amount,
                             const crypto::Digest& shipment);
act::v1::Act VoidPurchase(const ledger::Id& purchase, std::uint32_t reason);

/// The platform owes the supplier so many days later; 0: at once.
act::v1::Act ConfirmDelivery(const ledger::Id& purchase, const crypto::Digest& delivery,
                             std::uint32_t payment_days);
act::v1::Act ReleaseEscrow(const ledger::Id& purchase, std::uint32_t step,
                           const crypto::Digest& proof);
act::v1::Act AssignReceivable(const ledger::Id& purchase, const ledger::PartyId& financier,
                              ledger::Amount price);

struct RefundOrder {
  ledger::Id refund;
  ledger::Id purchase;
  ledger::Amount amount;
  std::uint32_t reason = 0;
};
act::v1::Act RefundPurchase(const RefundOrder& refund);

struct PayBackOrder {
  ledger::Id payment;
  ledger::PartyId participant;
  ledger::PartyId bank;
  Money amount;
  crypto::Digest reference;
};
act::v1::Act PayBack(const PayBackOrder& payment);

struct NewDispute {
  ledger::Id dispute;
  ledger::Id loan;
  std::vector<std::uint32_t> instalments;  // Numbers, ascending.
  crypto::Digest grounds;
  ledger::Day last_day;
};
act::v1::Act OpenDispute(const NewDispute& dispute);
act::v1::Act ResolveDispute(const ledger::Id& dispute, act::v1::DisputeResolve::Outcome outcome,
                            const crypto::Digest& decision);

}  // namespace aval::cli::acts
