#pragma once

#include <cstdint>
#include <vector>

#include "cli/acts/money.h"
#include "crypto/digest.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"

namespace aval::cli::acts {

/// Bodies of the acts on credit grants.

struct Share {
  ledger::PartyId lender;
  std::uint32_t ppm = 0;
};

struct GrantProposal {
  ledger::Id id;
  ledger::PartyId borrower;
  std::vector<Share> lenders;  // Ascending by lender.
  Money limit;
  ledger::Day expiry;
  std::uint32_t tier = 0;
  std::vector<ledger::Id> attestations;  // In any order.
  std::uint32_t score = 0;               // One of the attested values.
  crypto::Digest model;
};
act::v1::Act ProposeGrant(const GrantProposal& proposal);

/// `proposal` is the identity of the accepted act that proposed it.
act::v1::Act DecideGrant(const ledger::Id& grant, const crypto::Digest& proposal,
                         std::uint32_t share_ppm, bool decline);
act::v1::Act ActivateGrant(const ledger::Id& grant, const crypto::Digest& disclosure);

struct LimitChange {
  ledger::Id grant;
  ledger::Amount limit;  // The new one.
  std::uint32_t factor_ppm = 0;
  std::uint32_t reason = 0;
  ledger::Id evidence{};  // The CAPACITY attestation of a raise; zero when lowering.
};
act::v1::Act AdjustLimit(const LimitChange& change);

/// `evidence` is zero when the lender declines.
act::v1::Act ReviewGrant(const ledger::Id& grant, const ledger::Id& evidence);
act::v1::Act CloseGrant(const ledger::Id& grant, std::uint32_t reason);

}  // namespace aval::cli::acts
