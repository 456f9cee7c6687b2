#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "ledger/record/parties.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Who stands for half of the first instalment of a loan of the network of ledger_fixture.h, up to
/// 300.00. Bank B attests the co-payer's capacity, reviews and keeps the account; bank A lends.
struct SampleCopay {
  std::uint64_t loan = 0;
  PartyId borrower;
  PartyId co_payer;
  std::uint64_t agreement = 0;
  std::uint64_t capacity = 0;    // The attestation.
  std::uint64_t invitation = 0;  // That is accepted.
  Day last_day;                  // Of agreement and capacity.
};
/// Ids name their acts' nonces, too.
std::shared_ptr<const Bytes> InviteAct(const SampleCopay& copay, std::uint64_t invitation,
                                       Day expiry);
std::shared_ptr<const Bytes> DeclineAct(const SampleCopay& copay, std::uint64_t nonce,
                                        std::uint64_t invitation);
std::shared_ptr<const Bytes> WithdrawAct(const SampleCopay& copay, std::uint64_t nonce,
                                         std::uint64_t invitation);
std::shared_ptr<const Bytes> AcceptAct(const SampleCopay& copay);
std::shared_ptr<const Bytes> AttestCapacityAct(const SampleCopay& copay);
/// By a compliance department, which names the capacity, or a credit department.
std::shared_ptr<const Bytes> ReviewAct(const SampleCopay& copay, std::uint64_t nonce,
                                       const SignerRef& reviewer);
std::shared_ptr<const Bytes> JoinAct(const SampleCopay& copay, std::uint64_t nonce);
/// Of 50.00.
std::shared_ptr<const Bytes> DebitCreateAct(const SampleCopay& copay, std::uint64_t debit,
                                            Day expiry);
std::shared_ptr<const Bytes> DebitSubmitAct(std::uint64_t nonce, std::uint64_t debit);
std::shared_ptr<const Bytes> DebitResultAct(std::uint64_t nonce, std::uint64_t debit,
                                            bool confirmed);

/// What a co-payer's acts add to SampleDays, day by day: participant 2 stands for half of the first
/// instalment of loan 5001, which is overdue. One invitation each is declined, withdrawn and left
/// to expire; one debit each is rejected, confirmed and left to expire; bank B reviews and keeps
/// the account.
std::vector<std::vector<std::shared_ptr<const Bytes>>> SampleCopayDays();

}  // namespace aval::ledger
