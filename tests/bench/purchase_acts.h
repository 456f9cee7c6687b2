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

// A co-payer of the borrower's own stands for half of the first instalment: each once those above
// it are done, the first after kDeliver. One invitation may be declined or withdrawn instead.
std::shared_ptr<const Bytes> RegisterCopayer(std::uint32_t n);
std::shared_ptr<const Bytes> IdentifyCopayer(std::uint32_t n);
std::shared_ptr<const Bytes> InviteCopayer(std::uint32_t n);
std::shared_ptr<const Bytes> AcceptInvitation(std::uint32_t n);
std::shared_ptr<const Bytes> AttestCapacity(std::uint32_t n);
std::shared_ptr<const Bytes> ReviewAsBank(std::uint32_t n);
std::shared_ptr<const Bytes> ReviewAsLender(std::uint32_t n);
std::shared_ptr<const Bytes> JoinMandate(std::uint32_t n);
std::shared_ptr<const Bytes> CreateDebit(std::uint32_t n);  // On kDueDay.
std::shared_ptr<const Bytes> SubmitDebit(std::uint32_t n);
std::shared_ptr<const Bytes> ConfirmDebit(std::uint32_t n);
std::shared_ptr<const Bytes> DeclineInvitation(std::uint32_t n);
std::shared_ptr<const Bytes> WithdrawInvitation(std::uint32_t n);

/// The first instalment's, in days after the first.
inline constexpr std::uint32_t kDueDay = 10;

/// The supplier of every purchase; registered before the first.
std::shared_ptr<const Bytes> RegisterTheSupplier();

}  // namespace aval::bench
