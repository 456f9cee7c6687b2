#pragma once

#include <cstdint>

#include "ledger/act.h"
#include "ledger/state/overlay.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger {

/// Whether exactly the signers that the act names have signed it, each once, with a key of theirs
/// that is live at `leaf` on `today` (KeyRecord says when that is). Keys that a registration brings
/// are its own party's.
///
/// kAccepted, or the first that applies: kSigners (their number, an owner not named or twice),
/// kSignature (one fails under its key), kKey (one unknown, or not live). Uses what
/// PreparedAct::checks found under the same key, and verifies the rest.
Verdict CheckSigners(const Overlay& state, const PreparedAct& act, std::uint64_t leaf, Day today);

}  // namespace aval::ledger
