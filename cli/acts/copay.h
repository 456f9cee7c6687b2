#pragma once

#include <cstdint>
#include <vector>

#include "cli/acts/money.h"
#include "crypto/digest.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/record/copay.h"
#include "ledger/types.h"

namespace aval::cli::acts {

/// Bodies of the acts of co-payers, from the invitation to the end of the agreement and of the
/// claim that it leaves behind.

struct NewInvitation {
  ledger::Id invitation;
  ledger::Id loan;
  ledger::PartyId invitee;
  std::vector<std::uint32_t> instalments;  // Numbers, ascending.
  std::uint32_t share_ppm = 0;
  Money cap;
  ledger::LiabilityMode mode = ledger::LiabilityMode::kThirdPartyPayment;
  crypto::Digest terms;
  crypto::Digest disclosure;
  ledger::Day expiry;
  bool joint = false;
};
act::v1::Act InviteCoPayer(const NewInvitation& invitation);
act::v1::Act ChangeDisclosure(const ledger::Id& invitation, const crypto::Digest& disclosure);
act::v1::Act DeclineInvitation(const ledger::Id& invitation);
act::v1::Act WithdrawInvitation(const ledger::Id& invitation);

struct Acceptance {
  ledger::Id agreement;
  ledger::Id invitation;
  crypto::Digest terms;  // Those of the invitation, and so the next two.
  crypto::Digest disclosure;
  ledger::LiabilityMode mode = ledger::LiabilityMode::kThirdPartyPayment;
  ledger::PartyId bank;
  crypto::Digest account;
  ledger::Day last_day;
};
act::v1::Act AcceptInvitation(const Acceptance& acceptance);

/// `accepted` is the identity of the act that accepted; `capacity` is zero where the lead lender
/// gives its word, or somebody declines.
struct Review {
  ledger::Id agreement;
  crypto::Digest accepted{};
  ledger::Id capacity{};
  bool decline = false;
};
act::v1::Act ReviewAgreement(const Review& review);
act::v1::Act JoinMandate(const ledger::Id& agreement, const crypto::Digest& accepted);

/// `code` is zero but for BREACH and REGULATORY.
act::v1::Act TerminateAgreement(const ledger::Id& agreement, act::v1::CopayTerminate::Ground ground,
                                std::uint32_t code);
act::v1::Act DemandPayment(const ledger::Id& agreement, const crypto::Digest& notice);

struct RecoursePayment {
  ledger::Id id;
  ledger::Id agreement;
  Money amount;
  crypto::Digest reference;
};
act::v1::Act RepayCoPayer(const RecoursePayment& payment);
act::v1::Act ForgiveClaim(const ledger::Id& agreement, ledger::Amount amount);

}  // namespace aval::cli::acts
