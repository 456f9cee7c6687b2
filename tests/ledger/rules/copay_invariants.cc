#include "tests/ledger/rules/copay_invariants.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "ledger/record/calendar.h"
#include "ledger/record/codec.h"
#include "ledger/record/copay.h"
#include "ledger/record/debits.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/record/policy.h"
#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"

namespace aval::ledger::rules {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr std::uint32_t kWhole = 1'000'000;

using Place = std::pair<Id, std::uint16_t>;  // Of a loan or an agreement: an instalment.

class Audit {
 public:
  explicit Audit(const Overlay& state) : state_(state) {}

  std::vector<std::string> Run() {
    Invitations();
    Debits();
    Agreements();
    Instalments();
    Claims();
    Calendar();
    return std::move(broken_);
  }

 private:
  template <Record R>
  void Expect(bool holds, std::string_view rule, const typename R::Key& key) {
    if (!holds) broken_.push_back(std::string(rule) + " at " + ToHex(EncodeKey<R>(key)));
  }
  void Expect(bool holds, std::string_view rule) {
    if (!holds) broken_.emplace_back(rule);
  }

  std::int64_t Memo(std::uint16_t code, const Id& subject, const Currency& currency) const {
    const auto account = state_.Get<Account>(
        {.owner = PartyId::Memo(), .code = code, .subject = subject, .currency = currency});
    return account ? account->debits.minor - account->credits.minor : 0;
  }

  void Invitations() {
    std::set<std::pair<PartyId, Id>> open;
    for (const auto& [key, invitation] : state_.List<Invitation>({}, kAll)) {
      if (invitation.state != InvitationState::kOpen) continue;
      open.emplace(invitation.borrower, key.invitation);
      items_.insert({.day = invitation.expiry.Plus(1),
                     .queue = Queue::kInvitation,
                     .subject = key.invitation});
    }
    std::set<std::pair<PartyId, Id>> indexed;
    for (const auto& [key, index] : state_.List<InvitationOf>({}, kAll)) {
      indexed.emplace(key.borrower, key.invitation);
    }
    Expect(indexed == open, "InvitationOf has the open invitations");
  }

  static std::int64_t Paid(const Debit& debit) {
    std::int64_t paid = 0;
    for (const DebitPart& part : debit.parts) {
      paid += part.paid.InAll().minor;
    }
    return paid;
  }

  void Debits() {
    std::set<std::tuple<Id, Day, Id>> under_way;
    for (const auto& [key, debit] : state_.List<Debit>({}, kAll)) {
      const bool own = debit.agreement == Id{};
      Expect<Debit>(own != (debit.mandate == Id{}), "a debit has an agreement or a mandate", key);
      const bool taken = debit.state == DebitState::kConfirmed;
      Expect<Debit>(
          Paid(debit) == (taken || debit.state == DebitState::kReturned ? debit.amount.minor : 0),
          "a debit's parts are what it paid", key);
      const auto deposit = state_.Get<Account>({.owner = debit.bank,
                                                .code = account::kDepositControl,
                                                .subject = key.debit,
                                                .currency = debit.currency});
      Expect<Debit>((deposit ? deposit->debits.minor - deposit->credits.minor : 0) ==
                        (taken ? debit.amount.minor : 0),
                    "1600 is what a debit has taken", key);
      if (taken && !own) {
        taken_[{debit.agreement, debit.instalment}] += debit.amount.minor;
        taken_on_[{debit.loan, debit.instalment}] += debit.amount.minor;
        taken_of_[{debit.loan, debit.instalment, debit.payer}] += debit.amount.minor;
      }
      if (debit.state != DebitState::kCreated && debit.state != DebitState::kSubmitted) continue;
      under_way.emplace(debit.loan, debit.expiry, key.debit);
      reserved_on_[{debit.loan, debit.instalment}] += debit.amount.minor;
      (own ? reserved_own_[{debit.loan, debit.instalment}]
           : reserved_by_[{debit.agreement, debit.instalment}]) += debit.amount.minor;
      items_.insert({.day = debit.expiry.Plus(1), .queue = Queue::kDebit, .subject = key.debit});
    }
    std::set<std::tuple<Id, Day, Id>> indexed;
    for (const auto& [key, index] : state_.List<DebitOn>({}, kAll)) {
      indexed.emplace(key.loan, key.expiry, key.debit);
    }
    Expect(indexed == under_way, "DebitOn has the debits under way");
    std::map<std::tuple<Id, std::uint16_t, PartyId>, std::int64_t> copaid;
    for (const auto& [key, of_one] : state_.List<Copaid>({}, kAll)) {
      copaid[{key.loan, key.number, key.co_payer}] = of_one.paid.minor;
    }
    Expect(copaid == taken_of_, "Copaid has what each co-payer has paid");
  }

  void Agreements() {
    std::set<std::pair<Id, Id>> on;
    std::set<std::tuple<PartyId, Id, Id, PartyId, Day>> by;
    std::map<PartyId, Currency> currencies;
    std::map<Place, std::uint32_t> shares;
    const Day today = state_.Get<Book>({}).value_or(Book{}).day;
    for (const auto& [key, agreement] : state_.List<Agreement>({}, kAll)) {
      const bool live = agreement.state == AgreementState::kSigned ||
                        agreement.state == AgreementState::kReviewed ||
                        agreement.state == AgreementState::kActive ||
                        agreement.state == AgreementState::kSuspended;
      OneAgreement(key, agreement, live);
      if (agreement.state == AgreementState::kExhausted && agreement.joint) {
        for (const CopayPart& part : agreement.parts) {
          spent_ppm_[{agreement.loan, part.number}] += agreement.share_ppm;
          spent_[{agreement.loan, part.number}] += part.paid.minor;
        }
      }
      if (!live) continue;
      // A guarantee ends with its period, too, until a demand is on ledger.
      const bool period = agreement.period_end != Day{} && agreement.demanded == Day{};
      const Day last_day =
          period ? std::min(agreement.last_day, agreement.period_end) : agreement.last_day;
      if (period) {
        items_.insert({.day = agreement.period_end.Plus(1),
                       .queue = Queue::kAgreement,
                       .subject = key.agreement,
                       .number = 1});
      }
      on.emplace(agreement.loan, key.agreement);
      by.emplace(agreement.co_payer, key.agreement, agreement.loan, agreement.borrower, last_day);
      items_.insert({.day = agreement.last_day.Plus(1),
                     .queue = Queue::kAgreement,
                     .subject = key.agreement});
      if (last_day < today) continue;  // The sweep has not come to it.
      const auto currency = currencies.emplace(agreement.co_payer, agreement.currency).first;
      Expect<Agreement>(currency->second == agreement.currency,
                        "a co-payer stands for one currency", key);
      for (const CopayPart& part : agreement.parts) {
        shares[{agreement.loan, part.number}] += agreement.share_ppm;
      }
    }
    for (const auto& [place, share] : shares) Expect(share <= kWhole, "I8: shares");
    std::set<std::pair<Id, Id>> indexed_on;
    for (const auto& [key, index] : state_.List<AgreementOn>({}, kAll)) {
      indexed_on.emplace(key.loan, key.agreement);
    }
    std::set<std::tuple<PartyId, Id, Id, PartyId, Day>> indexed_by;
    for (const auto& [key, index] : state_.List<AgreementBy>({}, kAll)) {
      indexed_by.emplace(key.co_payer, key.agreement, index.loan, index.borrower, index.last_day);
    }
    Expect(indexed_on == on, "AgreementOn has the live agreements");
    Expect(indexed_by == by, "AgreementBy has the live agreements");
  }

  void OneAgreement(const Agreement::Key& key, const Agreement& agreement, bool live) {
    std::int64_t reserved = 0;
    std::int64_t paid = 0;
    for (const CopayPart& part : agreement.parts) {
      reserved += part.reserved.minor;
      paid += part.paid.minor;
      const Place place{key.agreement, part.number};
      Expect<Agreement>(part.reserved.minor == reserved_by_[place],
                        "a part has reserved what its debit asks for", key);
      Expect<Agreement>(part.paid.minor == taken_[place], "a part has paid what debits took", key);
    }
    Expect<Agreement>(agreement.reserved.minor == reserved && agreement.paid.minor == paid,
                      "an agreement sums its parts", key);
    Expect<Agreement>(paid + reserved <= agreement.cap.minor, "I8: cap", key);
    Expect<Agreement>(live || reserved == 0, "what has ended reserves nothing", key);
    const bool terminated = agreement.ground != TerminationGround::kNone;
    Expect<Agreement>(terminated == (agreement.by != PartyId::Memo()) &&
                          (terminated || agreement.state != AgreementState::kTerminated) &&
                          (terminated || agreement.accrued.minor == 0),
                      "a ground, and who gave it, belong to a termination", key);
    // A debit of before may have come back since.
    Expect<Agreement>(agreement.accrued.minor >= 0 && agreement.accrued <= agreement.cap,
                      "accrued is within the cap", key);
    Expect<Agreement>(Memo(account::kGuaranteeCommitted, key.agreement, agreement.currency) ==
                          (live ? agreement.cap.minor - paid : 0),
                      "9200 is what a live agreement still stands for", key);
    const auto claim = state_.Get<RecourseClaim>({.agreement = key.agreement});
    Expect<Agreement>((claim ? claim->amount.minor : 0) == paid, "a claim is what was paid", key);
  }

  // What a policy has said a borrower keeps at least.
  std::int64_t BorrowersShare() const {
    std::int64_t least = kWhole;
    for (const auto& [key, policy] : state_.List<Policy>({}, kAll)) {
      least = std::min<std::int64_t>(least, policy.copay.borrower_share_ppm);
    }
    return least;
  }

  // All that was charged while debits came. A refund lowers it afterwards: it takes principal off,
  // and charges, too, when it is in full.
  std::int64_t ChargedAtMost(const Instalment::Key& key, const Instalment& instalment) const {
    const std::int64_t charged = ChargedInAll(instalment).minor + instalment.principal.waived.minor;
    const auto loan = state_.Get<Loan>({.loan = key.loan});
    if (!loan || loan->refunded < loan->principal) return charged;
    return charged + instalment.penalty.waived.minor + instalment.fee.waived.minor +
           instalment.interest.waived.minor;
  }

  void Instalments() {
    const std::int64_t share = BorrowersShare();
    for (const auto& [key, instalment] : state_.List<Instalment>({}, kAll)) {
      const Place place{key.loan, key.number};
      Expect<Instalment>(instalment.reserved.minor == reserved_on_[place],
                         "an instalment has reserved what debits ask for", key);
      Expect<Instalment>(instalment.copaid.minor == taken_on_[place],
                         "an instalment knows what co-payers have paid of it", key);
      Expect<Instalment>(instalment.own.reserved.minor == reserved_own_[place],
                         "an instalment has reserved what the borrower's debits ask for", key);
      // What is cancelled has due what was paid of it: the borrower keeps its share of what came in
      // its place.
      if (instalment.state == InstalmentState::kCancelled) continue;
      const std::int64_t due = ChargedAtMost(key, instalment);
      const std::int64_t by_others = instalment.reserved.minor - instalment.own.reserved.minor;
      Expect<Instalment>(instalment.copaid.minor + by_others <= due - due * share / kWhole,
                         "K15: the borrower keeps its share of an instalment", key);
      Expect<Instalment>(instalment.spent_ppm == std::min(spent_ppm_[place], kWhole),
                         "an instalment knows the shares of spent joint co-payers", key);
      // What has come back since is not the other joint ones' to bear.
      Expect<Instalment>(instalment.spent.minor >= spent_[place],
                         "an instalment knows what spent joint co-payers have paid", key);
    }
  }

  void Claims() {
    std::set<std::pair<Id, Id>> claims;
    for (const auto& [key, claim] : state_.List<RecourseClaim>({}, kAll)) {
      claims.emplace(claim.loan, key.agreement);
      const std::int64_t open = claim.Open().minor;
      Expect<RecourseClaim>(open >= 0 && claim.recovered.minor >= 0 && claim.forgiven.minor >= 0 &&
                                claim.barred.minor >= 0,
                            "what is open of a claim is not negative", key);
      const bool can_be_paid =
          claim.state == ClaimState::kOpen || claim.state == ClaimState::kPartRecovered;
      Expect<RecourseClaim>(can_be_paid == (open > 0), "a claim's state says if it is open", key);
      if (open > 0 && claim.last_day != Day{}) {
        items_.insert(
            {.day = claim.last_day.Plus(1), .queue = Queue::kClaim, .subject = key.agreement});
      }
      std::int64_t paid_back = 0;
      for (const auto& [payment, record] : state_.List<RecoursePayment>({}, kAll)) {
        if (record.agreement == key.agreement) paid_back += record.amount.minor;
      }
      const auto loan = state_.Get<Loan>({.loan = claim.loan});
      const bool refunded = loan && loan->refunded.minor > 0;  // That pays claims, too.
      Expect<RecourseClaim>(
          refunded ? paid_back <= claim.recovered.minor : paid_back == claim.recovered.minor,
          "payments are what is recovered", key);
      Expect<RecourseClaim>(
          Memo(account::kRecourseClaim, key.agreement, claim.currency) == open &&
              Memo(account::kRecourseObligation, key.agreement, claim.currency) == -open,
          "I7", key);
    }
    std::set<std::pair<Id, Id>> indexed;
    for (const auto& [key, index] : state_.List<ClaimOn>({}, kAll)) {
      indexed.emplace(key.loan, key.agreement);
    }
    Expect(indexed == claims, "ClaimOn has the claims");
  }

  void Calendar() {
    std::set<CalendarItem::Key> items;
    for (const auto& [key, item] : state_.List<CalendarItem>({}, kAll)) {
      if (key.queue == Queue::kInvitation || key.queue == Queue::kDebit ||
          key.queue == Queue::kAgreement || key.queue == Queue::kClaim) {
        items.insert(key);
      }
    }
    Expect(items == items_, "calendar has what ends of invitations, debits, agreements and claims");
  }

  const Overlay& state_;
  std::map<Place, std::int64_t> reserved_on_;                                // By loan.
  std::map<Place, std::int64_t> reserved_by_;                                // By agreement.
  std::map<Place, std::int64_t> reserved_own_;                               // By loan.
  std::map<Place, std::uint32_t> spent_ppm_;                                 // By loan.
  std::map<Place, std::int64_t> spent_;                                      // By loan.
  std::map<Place, std::int64_t> taken_;                                      // By agreement.
  std::map<Place, std::int64_t> taken_on_;                                   // By loan.
  std::map<std::tuple<Id, std::uint16_t, PartyId>, std::int64_t> taken_of_;  // By co-payer, too.
  std::set<CalendarItem::Key> items_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> BrokenCopayInvariants(const Overlay& state) { return Audit(state).Run(); }

}  // namespace aval::ledger::rules
