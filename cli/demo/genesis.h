#pragma once

#include <cstdint>
#include <string>

#include "ledger/proto/genesis.pb.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// The demo's institutions, policy and products. A platform and two banks, a node each; every one
/// of them lends, the banks keep accounts and attest.

inline constexpr std::uint32_t kPlatform = 1;
inline constexpr std::uint32_t kFirstBank = 2;
inline constexpr std::uint32_t kBanks = 2;

/// Of the policy's scenarios.
inline constexpr std::uint32_t kRetail = 1;
inline constexpr std::uint32_t kPrepaid = 2;  // Paid from escrow, step by step.

/// Products by number: 3 to 6 instalments, of which the first three are free; 2 to 12; 13 to 24.
inline constexpr std::uint32_t kFreeStart = 1;
inline constexpr std::uint32_t kFlatFee = 2;
inline constexpr std::uint32_t kLongAnnuity = 3;
inline constexpr std::uint32_t kFeePpm = 5'000;        // Of the price, a month.
inline constexpr std::uint32_t kAnnuityPpm = 180'000;  // A year.

/// Of the policy; in days after the due day, and after a debit's result.
inline constexpr std::uint32_t kWriteOffDays = 180;
inline constexpr std::int64_t kMinInstalment = 100;  // Minor units of principal.
inline constexpr std::uint32_t kDebitAttempts = 3;   // That may fail in a row.

/// The tier of a score, by the policy's edges.
std::uint32_t TierOf(std::uint32_t score);

/// The demo's genesis but for keys and addresses; the first business day is the one before the
/// first purchase.
genesis::v1::Genesis DemoGenesis(const std::string& origin, ledger::Day first_day);

}  // namespace aval::cli::demo
