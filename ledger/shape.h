#pragma once

#include <cstddef>

#include "base/result.h"
#include "crypto/envelope.h"
#include "ledger/field_checks.h"
#include "ledger/proto/acts.pb.h"

namespace aval::ledger {

/// What the wire must hold beyond its encoding, so that rules may take it for granted: lengths of
/// ids, digests and keys, order of lists, currencies, real days. Amounts, rates, counts and states
/// are the rules'.

/// As many as an envelope has signatures; each lender signs a raised limit beside the platform.
inline constexpr int kSignersMax = crypto::kEnvelopeSignaturesMax;
inline constexpr int kLendersMax = kSignersMax - 1;
inline constexpr int kAttestationsMax = 32;    // That a proposal names.
inline constexpr int kAttestedValuesMax = 32;  // Of one attestation.
inline constexpr int kInstalmentsMax = 60;     // That an act names: as many as a schedule has.
inline constexpr int kReleaseStepsMax = 60;    // Of an escrow.
inline constexpr std::size_t kReasonBytesMax = 64;

/// kInvalidArgument names the field.
Result<void> CheckShape(const act::v1::Act& act);

}  // namespace aval::ledger
