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
Agreements LiveAgreementsOn(Context& context, const Id& loan);
Agreements LiveAgreementsBy(Context& context, PartyId co_payer);

/// The agreement's part for an instalment; null when it does not cover it.
const CopayPart* FindPart(const Agreement& agreement, std::uint16_t number);
CopayPart* FindPart(Agreement& agreement, std::uint16_t number);

/// What those of the agreements that cover the instalment bear of it together, ppm; of one co-payer
/// alone where it is given.
std::uint32_t ShareTaken(const Agreements& agreements, std::uint16_t number,
                         const PartyId* co_payer = nullptr);

/// What a co-payer whose live agreements these are still stands for in a currency: caps less what
/// is paid (B32).
Amount CommitmentIn(const Agreements& agreements, const Currency& currency);

/// Writes a new agreement, which is SIGNED.
void SignAgreement(Context& context, const Id& id, const Agreement& agreement);

/// Writes the agreement in its last state, which is none of the live ones.
void EndAgreement(Context& context, const Id& id, Agreement agreement, AgreementState last);

/// A debit has taken `amount`: it is committed no more.
void PostCopayPaid(Context& context, const Id& id, const Currency& currency, Amount amount);

/// Ends, COMPLETED, the live agreements on this loan whose instalments are all paid.
void CompleteAgreements(Context& context, const Debt& debt);

}  // namespace aval::ledger::rules
