#pragma once

#include <algorithm>
#include <optional>

#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// For acts whose body does not say who of its signers is who. What these find still has to be
/// compared with the whole set: Context::SignedBy.

/// The party of the act's only signer, when it signs as `department`.
inline std::optional<PartyId> SoleSigner(const Context& context, Department department) {
  const auto signers = context.at().signers;
  if (signers.size() != 1 || signers.front().department != department) return std::nullopt;
  return signers.front().party;
}

/// The party, other than `party`, that signs as `department`; the lowest when there are several.
inline std::optional<PartyId> SignerBeside(const Context& context, PartyId party,
                                           Department department) {
  const auto signers = context.at().signers;
  const auto found = std::ranges::find_if(signers, [&](const SignerRef& signer) {
    return signer.party != party && signer.department == department;
  });
  if (found == signers.end()) return std::nullopt;
  return found->party;
}

}  // namespace aval::ledger::rules
