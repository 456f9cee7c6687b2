#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/copay.h"
#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"
#include "ledger/verdict.h"

namespace aval::ledger::rules {

/// Agreements of co-payers, judged as of today, however far the day's sweep has come. A live one
/// stands in five places, which SignAgreement and EndAgreement change together: its record, the
/// indexes AgreementOn and AgreementBy, the calendar items of the days after its own last day
/// (number 0) and after its guarantee period, unless that has none or a demand stopped it (number
/// 1), and memo account 9200.

/// SIGNED, REVIEWED, ACTIVE or SUSPENDED, whatever the day.
bool HasLiveState(const Agreement& agreement);
/// The last day on which it counts: its own, or that of its guarantee period.
Day LastDayOf(const Agreement& agreement);
/// In a live state, and today is not past that day.
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

/// The co-payer's part of all that is or was due of the instalment (A10), paid or not, as far as
/// its cap allows; `on_loan` are the live agreements on the loan, its own among them. What joint
/// co-payers whose caps are spent have left counts, too.
Amount QuotaOf(const Agreements& on_loan, const Debt& debt, const Id& agreement,
               std::uint16_t number);
/// What of its quotas is unpaid of the covered instalments that are due by today.
Amount AccruedOf(const Context& context, const Agreements& on_loan, const Debt& debt,
                 const Id& agreement);

/// Writes a new agreement, which is SIGNED.
void SignAgreement(Context& context, const Id& id, const Agreement& agreement);

/// Writes the agreement in its last state, which is none of the live ones.
void EndAgreement(Context& context, const Id& id, Agreement agreement, AgreementState last);

/// Covers more instalments, which come after those that it covers. `cap` is at most what it was;
/// one that is paid already exhausts the agreement.
void ExtendAgreement(Context& context, const Id& id, Agreement agreement,
                     const std::vector<std::uint16_t>& numbers, Amount cap);

/// Ends it, as the sweep would, when it is in a live state past its last day: EXPIRED, or by law.
/// Whether it did.
bool EndIfPast(Context& context, const Id& id, const Agreement& agreement);

/// Writes that the creditor has demanded, today: the guarantee period ends no more.
void StopPeriod(Context& context, const Id& id, Agreement agreement, const crypto::Digest& notice);

/// A debit has taken `amount`, which is positive: it is committed no more. A return gives it back,
/// and it is negative.
void PostCopayPaid(Context& context, const Id& id, const Currency& currency, Amount amount);

/// Live, and ACTIVE or SUSPENDED: what a hold stops. It counts, but no debit is created or
/// submitted under it; one that was submitted takes its result.
bool MaySuspend(Context& context, const Id& id);
/// Brings the state of such an agreement in line with its holds. The caller writes it.
void FollowHolds(Agreement& agreement);

/// Ends, COMPLETED, the live agreements on this loan whose instalments have nothing left.
void CompleteAgreements(Context& context, const Debt& debt);

}  // namespace aval::ledger::rules
