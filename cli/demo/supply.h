#pragma once

#include <cstdint>

#include "cli/demo/act_writer.h"
#include "cli/demo/purchases_file.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// A purchase's acts on the supplier's side, after its delivery or instead of it.

/// The next part of a prepaid price leaves escrow; `step` from 1. The borrower signs with the
/// supplier, or else the platform does.
void WriteRelease(ActWriter& writer, const PurchaseRow& row, std::uint32_t step, bool by_borrower);
/// The supplier sells its claim to the bank that does not lend.
void WriteAssignment(ActWriter& writer, const PurchaseRow& row, ledger::Amount price);

/// Once for each purchase.
void WriteRefund(ActWriter& writer, const PurchaseRow& row, ledger::Amount amount);
/// What lies with the platform in the name of a participant goes to its account at `bank`; once for
/// each participant of a purchase.
void WritePayBack(ActWriter& writer, const PurchaseRow& row, const ledger::PartyId& participant,
                  std::uint32_t bank, ledger::Amount amount);

/// By the borrower, on one instalment, from 1; ends by itself after `last_day`.
void WriteDispute(ActWriter& writer, const PurchaseRow& row, std::uint32_t instalment,
                  ledger::Day last_day);
ledger::Id DisputeOf(const PurchaseRow& row);
/// By supplier and platform.
void WriteResolution(ActWriter& writer, const PurchaseRow& row,
                     act::v1::DisputeResolve::Outcome outcome);

}  // namespace aval::cli::demo
