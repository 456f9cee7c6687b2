#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "cli/story/scene.h"
#include "ledger/record/copay.h"
#include "ledger/types.h"

namespace aval::cli::story {

/// Steps by which somebody becomes a co-payer, that several sentences are made of.

struct Invited {
  const Member* borrower = nullptr;
  const Member* invitee = nullptr;
  Thing loan;
  std::vector<std::uint32_t> instalments;
  std::uint32_t share_ppm = 0;
  ledger::Amount cap;
  ledger::LiabilityMode mode = ledger::LiabilityMode::kThirdPartyPayment;
  bool joint = false;
  ledger::Day expiry;
};
/// Gives the invitation.
Result<Thing> InviteCoPayer(Scene& scene, const Invited& invited);

/// On the invitation's own terms; gives the agreement.
Result<Thing> AcceptInvitation(Scene& scene, const Thing& invitation, const Member& bank,
                               ledger::Day last_day);

/// Bureau attests what the co-payer can pay, 5,000.00 a month, and endorses the agreement; the lead
/// lender gives its word, and the bank joins: four acts.
Result<void> EndorseByAll(Scene& scene, const Thing& agreement);

/// How long an agreement lasts where its sentence does not say.
inline constexpr std::int64_t kAgreementDays = 365;

}  // namespace aval::cli::story
