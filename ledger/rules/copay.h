#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "ledger/record/copay.h"
#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::ledger::rules {

/// Agreements of co-payers, judged as of today, however far the day's sweep has come. A live one
/// stands in five places, which SignAgreement and EndAgreement change together: its record, the
/// indexes AgreementOn and AgreementBy, the calendar item of the day after its last, and memo
/// account 9200.

/// SIGNED, REVIEWED or ACTIVE, and today is not past its last day.
bool IsLive(const Agreement& agreement, Day today);

using Agreements = std::vector<std::pair<Id, Agreement>>;  // Ascending by id.

/// On a loan that is caught up.
Agreements LiveAgreementsOn(Context& context, const Id& loan);
/// Of a co-payer; catches up what it stands for (CatchUpCommitments).
Agreements LiveAgreementsBy(Context& context, PartyId co_payer);

/// Catches up those of the loans that a co-payer stands for which hold money, because a bill or the
/// end of a debit that lets one take it may complete an agreement today. The caller has saved the
/// debts that it has loaded.
void CatchUpCommitments(Context& context, PartyId co_payer);

/// The borrowers that a co-payer stands for, ascending, by the index alone: what today's sweep
/// would complete counts, too, unless its loan is caught up.
std::vector<PartyId> BorrowersOf(Context& context, PartyId co_payer);

/// The agreement's part for an instalment; null when it does not cover it.
const CopayPart* FindPart(const Agreement& agreement, std::uint16_t number);
CopayPart* FindPart(Agreement& agreement, std::uint16_t number);

/// What those of the agreements that cover the instalment bear of it together, ppm; of one co-payer
/// alone where it is given.
std::uint32_t ShareTaken(const Agreements& agreements, std::uint16_t number,
                         const PartyId* co_payer = nullptr);

/// What a co-payer whose live agreements these are, all in one currency, still stands for: caps
/// less what is paid (B32).
Amount CommitmentOf(const Agreements& agreements);

/// Writes a new agreement, which is SIGNED.
void SignAgreement(Context& context, const Id& id, const Agreement& agreement);

/// Writes the agreement in its last state, which is none of the live ones.
void EndAgreement(Context& context, const Id& id, Agreement agreement, AgreementState last);

/// A debit has taken `amount`: it is committed no more.
void PostCopayPaid(Context& context, const Id& id, const Currency& currency, Amount amount);

/// Ends, COMPLETED, the live agreements on this loan whose instalments are all finished.
void CompleteAgreements(Context& context, const Debt& debt);

}  // namespace aval::ledger::rules
