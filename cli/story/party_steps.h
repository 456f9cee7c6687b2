#pragma once

#include "base/result.h"
#include "cli/story/scene.h"
#include "ledger/types.h"

namespace aval::cli::story {

/// The attester says what somebody can pay a month.
Result<void> AttestCapacity(Scene& scene, const Member& attester, const Member& person,
                            ledger::Amount capacity, ledger::Day expiry);

/// For how long it counts where a sentence does not say.
inline constexpr std::int64_t kCapacityDays = 180;

}  // namespace aval::cli::story
