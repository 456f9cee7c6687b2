#pragma once

#include <cstdint>

#include "cli/acts/money.h"
#include "crypto/digest.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"

namespace aval::cli::acts {

/// Bodies of the acts by which money is taken from payers' accounts.

struct NewMandate {
  ledger::Id mandate;
  ledger::PartyId platform;
  ledger::PartyId bank;
  crypto::Digest account;
  Money most;  // Of one debit.
  ledger::Day last_day;
};
act::v1::Act GiveMandate(const NewMandate& mandate);
act::v1::Act RevokeMandate(const ledger::Id& mandate);

/// Under a co-payer's agreement, or under the borrower's own mandate, and then of that loan.
struct Instruction {
  ledger::Id debit;
  ledger::Id agreement{};
  ledger::Id mandate{};
  ledger::Id loan{};
  std::uint32_t instalment = 0;
  Money amount;
  ledger::Day expiry;
};
act::v1::Act CreateDebit(const Instruction& instruction);
act::v1::Act SubmitDebit(const ledger::Id& debit);
act::v1::Act ConfirmDebit(const ledger::Id& debit, ledger::Amount amount,
                          const crypto::Digest& reference);
act::v1::Act RejectDebit(const ledger::Id& debit, std::uint32_t reason,
                         const crypto::Digest& reference);
act::v1::Act ReturnDebit(const ledger::Id& debit, std::uint32_t reason,
                         const crypto::Digest& reference);

}  // namespace aval::cli::acts
