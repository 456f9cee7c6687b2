#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "ledger/act.h"
#include "tests/ledger/test_ledger.h"

namespace aval::bench {

/// The life of a purchase on the test ledger, borrower `n`'s own, up to a step. Numbers begin at 1;
/// what one number names no other does.
enum class Step : std::size_t {
  kRegister,
  kAttestIdentity,
  kAttestCapacity,
  kAttestScore,
  kPropose,
  kDecidePlatform,
  kDecideBank,
  kActivate,
  kAuthorise,
  kCapture,
  kDeliver,
  kRepay,
};

std::shared_ptr<const Bytes> ActOf(Step step, std::uint32_t n);

// Off that path: each is accepted once the steps that its name tells are done.
std::shared_ptr<const Bytes> RevokeAttestation(std::uint32_t n);  // After kAttestScore.
std::shared_ptr<const Bytes> LowerLimit(std::uint32_t n);         // After kActivate.
std::shared_ptr<const Bytes> VoidPurchase(std::uint32_t n);       // After kAuthorise.
std::shared_ptr<const Bytes> AddKey(std::uint32_t n);             // After kRegister.
std::shared_ptr<const Bytes> RevokeKey(std::uint32_t n);          // After AddKey.
std::shared_ptr<const Bytes> RegisterSupplier(std::uint32_t n);
std::shared_ptr<const Bytes> RollDay(std::uint32_t n);  // To day `n` after the first.

/// The supplier of every purchase; registered before the first.
std::shared_ptr<const Bytes> RegisterTheSupplier();

/// Taken apart, every signature checked, as acts come to their turn on a node.
std::shared_ptr<ledger::PreparedAct> PrepareChecked(std::shared_ptr<const Bytes> envelope);

}  // namespace aval::bench
