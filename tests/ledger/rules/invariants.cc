#include "tests/ledger/rules/invariants.h"

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
#include "ledger/record/credit.h"
#include "ledger/record/disputes.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/record/recovery.h"
#include "ledger/record/refunds.h"
#include "ledger/rules/debt.h"
#include "ledger/rules/pauses.h"
#include "tests/ledger/rules/copay_invariants.h"

namespace aval::ledger::rules {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr std::uint32_t kWhole = 1'000'000;

using Pair = std::tuple<PartyId, PartyId, Currency>;  // Creditor, debtor.

/// One walk over the state; each method judges one kind of record.
class Audit {
 public:
  explicit Audit(const Overlay& state) : state_(state) {
    for (const auto& [key, account] : state_.List<Account>({}, kAll)) {
      balances_[key] = account.debits.minor - account.credits.minor;
    }
  }

  std::vector<std::string> Run() {
    Books();
    Signs();
    Debts();
    Refunds();
    Loans();
    Recoveries();
    Restructurings();
    Overpayments();
    Grants();
    Purchases();
    Payables();
    Bills();
    Disputes();
    Calendar();
    return std::move(broken_);
  }

 private:
  void Expect(bool holds, std::string_view rule) {
    if (!holds) broken_.emplace_back(rule);
  }
  template <Record R>
  void Expect(bool holds, std::string_view rule, const typename R::Key& key) {
    if (!holds) broken_.push_back(std::string(rule) + " at " + ToHex(EncodeKey<R>(key)));
  }

  std::int64_t Balance(PartyId owner, std::uint16_t code, const Id& subject,
                       const Currency& currency) const {
    const auto found =
        balances_.find({.owner = owner, .code = code, .subject = subject, .currency = currency});
    return found == balances_.end() ? 0 : found->second;
  }

  void Books() {
    std::map<std::pair<PartyId, Currency>, std::int64_t> sums;
    for (const auto& [key, balance] : balances_) sums[{key.owner, key.currency}] += balance;
    for (const auto& [owner, sum] : sums) {
      Expect(sum == 0, "trial balance is zero of " + owner.first.Hex());
    }
  }

  // I5; but for 1300 and 2200: a returned debit mirrors what may have been settled meanwhile.
  void Signs() {
    static const std::set<std::uint16_t> kDebit{
        account::kLoanPrincipal,     account::kFeeReceivable,  account::kInterestReceivable,
        account::kPenaltyReceivable, account::kCostReceivable, account::kPlatformReceivable,
        account::kReceivableFinanced};
    static const std::set<std::uint16_t> kCredit{account::kMerchantPayable,
                                                 account::kBorrowerOverpayment};
    for (const auto& [key, balance] : balances_) {
      Expect<Account>(!kDebit.contains(key.code) || balance >= 0, "I5", key);
      Expect<Account>(!kCredit.contains(key.code) || balance <= 0, "I5", key);
    }
  }

  static std::map<Pair, std::int64_t> Between(const std::map<Pair, std::int64_t>& owed) {
    std::map<Pair, std::int64_t> between;
    for (const auto& [pair, amount] : owed) {
      const auto& [creditor, debtor, currency] = pair;
      const bool first = creditor < debtor;
      const Pair both = first ? pair : Pair{debtor, creditor, currency};
      if ((between[both] += first ? amount : -amount) == 0) between.erase(both);
    }
    return between;
  }

  // I2, and that obligations, none settled, say the same.
  void Debts() {
    std::map<Pair, std::int64_t> claims;
    std::map<Pair, std::int64_t> liabilities;
    std::map<Pair, std::int64_t> obligations;
    for (const auto& [key, balance] : balances_) {
      const PartyId other{key.subject};
      if (key.code == account::kDueFrom) claims[{key.owner, other, key.currency}] += balance;
      if (key.code == account::kDueTo) liabilities[{other, key.owner, key.currency}] -= balance;
    }
    for (const auto& [key, owed] : state_.List<Obligation>({}, kAll)) {
      Expect<Obligation>(owed.amount.minor > 0 && owed.from != owed.to, "obligation is one", key);
      obligations[{owed.to, owed.from, owed.currency}] += owed.amount.minor;
    }
    Expect(claims == liabilities, "I2: 1300 against 2200");
    // A return is a new obligation the other way, and takes from the account of the old one: only
    // what is left between two is the same.
    Expect(Between(claims) == Between(obligations), "I2: 1300 against obligations");
  }

  void Refunds() {
    for (const auto& [key, refund] : state_.List<Refund>({}, kAll)) {
      Expect<Refund>(refund.amount.minor > 0 && refund.undue <= refund.amount &&
                         refund.principal <= refund.amount,
                     "refund is within its amount", key);
      Refund& sum = refunds_[refund.purchase];
      sum.amount.minor += refund.amount.minor;
      sum.principal.minor += refund.principal.minor;
    }
  }

  void Loans() {
    std::set<std::pair<Id, Id>> holding;
    for (const auto& [key, loan] : state_.List<Loan>({}, kAll)) {
      const auto rows = state_.List<Instalment>(key.loan.bytes, kAll);
      Expect<Loan>(rows.size() == loan.instalments, "loan has its instalments", key);
      OneLoan(key, loan, rows);
      outstanding_[loan.grant] += Principal(loan);
      overpaid_[{.owner = loan.platform,
                 .code = account::kBorrowerOverpayment,
                 .subject = loan.borrower.id,
                 .currency = loan.currency}] -= loan.held.minor;
      WrittenOff(key, loan);
      const bool open = loan.state == LoanState::kOpen || loan.state == LoanState::kOverdue;
      Expect<Loan>(open || loan.held.minor == 0, "what is closed holds nothing", key);
      if (open && loan.held.minor > 0) holding.emplace(loan.grant, key.loan);
    }
    std::set<std::pair<Id, Id>> indexed;
    for (const auto& [key, index] : state_.List<HeldOf>({}, kAll)) {
      indexed.emplace(key.grant, key.loan);
    }
    Expect(indexed == holding, "HeldOf has the open loans that hold money");
  }

  void Overpayments() {
    for (const auto& [key, balance] : state_.List<CreditBalance>({}, kAll)) {
      Expect<CreditBalance>(balance.fresh.minor >= 0 && balance.fresh <= balance.amount,
                            "what is fresh is part of a balance", key);
      overpaid_[{.owner = key.platform,
                 .code = account::kBorrowerOverpayment,
                 .subject = key.participant.id,
                 .currency = key.currency}] -= balance.amount.minor;
    }
    for (const auto& [key, balance] : balances_) {
      if (key.code != account::kBorrowerOverpayment) continue;
      Expect<Account>(balance == overpaid_[key], "2300 is what loans hold and what is free", key);
    }
  }

  static std::int64_t Principal(const Loan& loan) {
    std::int64_t sum = 0;
    for (const LenderPart& part : loan.lenders) sum += part.outstanding.minor;
    return sum;
  }

  static bool GaveUp(const LenderPart& part) { return part.gave_up != Day{}; }

  // What lenders have given up of a loan, and what that means for it and for its grant.
  void WrittenOff(const Loan::Key& key, const Loan& loan) {
    std::int64_t lost = 0;
    std::int64_t income = 0;
    for (const LenderPart& part : loan.lenders) {
      lost += part.written_off.InAll().minor;
      income -= Balance(part.lender, account::kRecoveryIncome, key.loan, loan.currency);
      const auto& [cost, penalty, fee, interest, principal] = part.written_off;
      for (const Amount& amount : {cost, penalty, fee, interest, principal}) {
        Expect<Loan>(amount.minor >= 0 && (GaveUp(part) || amount.minor == 0),
                     "only who gives up has written off", key);
      }
      for (const std::uint16_t code :
           {account::kLoanPrincipal, account::kFeeReceivable, account::kInterestReceivable,
            account::kPenaltyReceivable, account::kCostReceivable}) {
        Expect<Loan>(!GaveUp(part) || Balance(part.lender, code, key.loan, loan.currency) == 0,
                     "who has given up has no receivable", key);
      }
    }
    const PartyId memo = PartyId::Memo();
    Expect<Loan>(
        Balance(memo, account::kWrittenOffClaim, key.loan, loan.currency) == lost &&
            Balance(memo, account::kWrittenOffClaimContra, key.loan, loan.currency) == -lost,
        "9400 is what is written off", key);
    Expect<Loan>(loan.recovered.minor == income, "4300 is what is recovered", key);
    const bool all = std::ranges::all_of(loan.lenders, GaveUp);
    Expect<Loan>(
        all == (loan.state == LoanState::kWrittenOff || loan.state == LoanState::kRecovered),
        "a loan is written off when every lender has given up", key);
    if (std::ranges::none_of(loan.lenders, GaveUp)) return;
    const auto grant = state_.Get<Grant>({.grant = loan.grant});
    const Day today = state_.Get<Book>({}).value_or(Book{}).day;
    const bool ended = grant && (grant->state == GrantState::kClosed ||
                                 grant->state == GrantState::kExpired || grant->expiry < today);
    Expect<Loan>(ended && grant->reserved.minor == 0, "no new credit after a write-off", key);
  }

  void Recoveries() {
    std::map<Id, std::int64_t> recovered;
    for (const auto& [key, recovery] : state_.List<Recovery>({}, kAll)) {
      recovered[recovery.loan] += recovery.amount.minor;
      Expect<Recovery>(Balance(recovery.bank, account::kDepositControl, key.recovery,
                               recovery.currency) == recovery.amount.minor,
                       "1600 has what was recovered", key);
    }
    for (const auto& [loan, sum] : recovered) {
      const auto record = state_.Get<Loan>({.loan = loan});
      Expect(record && sum <= record->recovered.minor, "recoveries are of written-off loans");
    }
  }

  void Restructurings() {
    std::map<Id, Id> open;
    for (const auto& [key, restructuring] : state_.List<Restructuring>({}, kAll)) {
      Expect<Restructuring>(std::ranges::is_sorted(restructuring.consents), "consents ascend", key);
      if (restructuring.state != RestructuringState::kOpen) continue;
      Expect<Restructuring>(open.emplace(restructuring.loan, key.restructuring).second,
                            "one open proposal on a loan", key);
      expected_items_.insert({.day = restructuring.expiry.Plus(1),
                              .queue = Queue::kRestructuring,
                              .subject = key.restructuring});
    }
    std::map<Id, Id> indexed;
    for (const auto& [key, index] : state_.List<RestructuringOf>({}, kAll)) {
      indexed.emplace(key.loan, index.restructuring);
    }
    Expect(indexed == open, "RestructuringOf has the open proposals");
  }

  using Rows = std::vector<std::pair<Instalment::Key, Instalment>>;

  void OneLoan(const Loan::Key& key, const Loan& loan, const Rows& rows) {
    std::uint32_t shares = 0;
    std::int64_t owed = 0;
    std::map<std::uint16_t, std::int64_t> receivable;  // With what is written off of it.
    for (const LenderPart& part : loan.lenders) {
      shares += part.share_ppm;
      Expect<Loan>(Balance(part.lender, account::kLoanPrincipal, key.loan, loan.currency) ==
                       part.outstanding.minor,
                   "lender's part equals its account", key);
      owed += part.outstanding.minor + part.written_off.principal.minor;
      receivable[account::kFeeReceivable] += part.written_off.fee.minor;
      receivable[account::kInterestReceivable] += part.written_off.interest.minor;
      receivable[account::kPenaltyReceivable] += part.written_off.penalty.minor;
      receivable[account::kCostReceivable] += part.written_off.cost.minor;
      for (const std::uint16_t code : {account::kFeeReceivable, account::kInterestReceivable,
                                       account::kPenaltyReceivable, account::kCostReceivable}) {
        receivable[code] += Balance(part.lender, code, key.loan, loan.currency);
      }
    }
    Expect<Loan>(shares == kWhole, "I12", key);

    Instalment sum;
    std::uint32_t first_unpaid = loan.instalments + 1;
    bool late = false;
    bool written_off = false;
    std::int64_t scheduled = 0;
    std::int64_t taken_off = 0;
    for (const auto& [number, row] : rows) {
      OneInstalment(number, row);
      scheduled += row.principal.due.minor;
      taken_off += row.principal.waived.minor;
      const bool billed = row.billed != Day{};
      sum.principal.due.minor += row.principal.Unpaid().minor;
      sum.fee.due.minor += row.fee.Unpaid().minor;
      sum.interest.due.minor += row.interest.Unpaid().minor;
      if (!billed) {
        sum.fee.due.minor -= UncarriedUnpaid(row.fee, row.carried_fee).minor;
        sum.interest.due.minor -= UncarriedUnpaid(row.interest, row.carried_interest).minor;
      }
      sum.penalty.due.minor += row.penalty.Unpaid().minor;
      sum.cost.due.minor += row.cost.Unpaid().minor;
      late = late || IsLate(row);
      written_off = written_off || row.state == InstalmentState::kWrittenOff;
      if (IsFinished(row)) continue;
      first_unpaid = std::min<std::uint32_t>(first_unpaid, number.number);
    }
    // What a lender has written off is owed as before.
    Expect<Loan>(owed == sum.principal.due.minor, "I3", key);
    Expect<Loan>(receivable[account::kFeeReceivable] == sum.fee.due.minor, "1200 is unpaid fee",
                 key);
    Expect<Loan>(receivable[account::kInterestReceivable] == sum.interest.due.minor,
                 "1210 is unpaid interest", key);
    Expect<Loan>(receivable[account::kPenaltyReceivable] == sum.penalty.due.minor,
                 "1220 is unpaid penalty", key);
    Expect<Loan>(receivable[account::kCostReceivable] == sum.cost.due.minor, "1230 is unpaid cost",
                 key);
    Expect<Loan>(loan.first_unpaid == first_unpaid, "first_unpaid is the oldest", key);
    const Refund& refunds = refunds_[key.loan];
    Expect<Loan>(loan.refunded == refunds.amount && loan.refunded <= loan.principal,
                 "refunded is what refunds say", key);
    Expect<Loan>(scheduled == loan.principal.minor, "instalments have the principal", key);
    Expect<Loan>(taken_off == refunds.principal.minor, "refunds alone take principal off", key);
    const bool open = first_unpaid <= loan.instalments;
    const LoanState state = open && late                      ? LoanState::kOverdue
                            : open                            ? LoanState::kOpen
                            : late                            ? LoanState::kWrittenOff
                            : loan.refunded == loan.principal ? LoanState::kRefunded
                            : written_off                     ? LoanState::kRecovered
                                                              : LoanState::kPaidOff;
    Expect<Loan>(loan.state == state, "loan's state follows from its instalments", key);
  }

  // I11, and what each state says of what is unpaid.
  void OneInstalment(const Instalment::Key& key, const Instalment& row) {
    std::int64_t unpaid = 0;
    std::int64_t paid = 0;
    for (const Component* part :
         {&row.cost, &row.penalty, &row.fee, &row.interest, &row.principal}) {
      Expect<Instalment>(part->due.minor >= 0 && part->paid.minor >= 0 && part->waived.minor >= 0 &&
                             part->Unpaid().minor >= 0,
                         "component is between zero and due", key);
      unpaid += part->Unpaid().minor;
      paid += part->paid.minor;
    }
    Expect<Instalment>(row.reserved.minor >= 0 && row.reserved.minor <= unpaid, "I11", key);
    // Of what is written off something may be left, or all may be recovered.
    const bool written_off = row.state == InstalmentState::kWrittenOff;
    Expect<Instalment>(written_off || IsFinished(row) == (unpaid == 0),
                       "PAID and CANCELLED mean nothing left", key);
    Expect<Instalment>(IsFinished(row) == (row.next_day == Day{}),
                       "time has an item for what is not finished", key);
    // A loan that ends early, or is written off, finishes instalments without a bill.
    Expect<Instalment>(
        IsFinished(row) || (row.billed == Day{}) == (row.state == InstalmentState::kScheduled),
        "a bill asks for what is no more SCHEDULED", key);
    Expect<Instalment>(row.state != InstalmentState::kPaid || row.billed != Day{},
                       "what is PAID was billed", key);
    Expect<Instalment>(!IsFinished(row) || row.billed != Day{} ||
                           (UnbilledCharge(row).minor == 0 && row.subsidy.minor == 0),
                       "what is finished charges nothing more", key);
    Expect<Instalment>(
        row.carried_fee.minor >= 0 && row.carried_interest.minor >= 0 &&
            row.carried_fee.minor <= row.fee.due.minor - row.fee.waived.minor &&
            row.carried_interest.minor <= row.interest.due.minor - row.interest.waived.minor,
        "what is carried is due", key);
    if (row.state == InstalmentState::kScheduled || row.state == InstalmentState::kBilled ||
        row.state == InstalmentState::kDue) {
      Expect<Instalment>(paid == 0, "nothing is paid before PART_PAID", key);
    }
    if (row.next_day != Day{}) {
      expected_items_.insert({.day = row.next_day,
                              .queue = Queue::kInstalment,
                              .subject = key.loan,
                              .number = key.number});
    }
  }

  // I4, I12.
  void Grants() {
    for (const auto& [key, purchase] : state_.List<Purchase>({}, kAll)) {
      if (purchase.state != PurchaseState::kAuthorised) continue;
      reserved_[purchase.grant] += purchase.amount.minor;
    }
    for (const auto& [key, grant] : state_.List<Grant>({}, kAll)) {
      std::uint32_t shares = 0;
      for (const GrantLender& lender : grant.lenders) shares += lender.share_ppm;
      Expect<Grant>(shares == kWhole, "I12", key);
      Expect<Grant>(grant.reserved.minor == reserved_[key.grant], "I4 (reserved)", key);
      Expect<Grant>(grant.used.minor == reserved_[key.grant] + outstanding_[key.grant], "I4", key);
    }
  }

  void Purchases() {
    std::set<std::tuple<Id, Day, Id>> live;
    for (const auto& [key, purchase] : state_.List<Purchase>({}, kAll)) {
      const auto grant = state_.Get<Grant>({.grant = purchase.grant});
      Expect<Purchase>(grant.has_value(), "purchase has its grant", key);
      const bool taken =
          purchase.state == PurchaseState::kCaptured || purchase.state == PurchaseState::kDelivered;
      Expect<Purchase>(state_.Has<Loan>({.loan = key.purchase}) == taken, "capture makes the loan",
                       key);
      Expect<Purchase>(purchase.payable.minor >= 0 && purchase.payable <= purchase.captured,
                       "payable is part of what was captured", key);
      Expect<Purchase>(purchase.released <= purchase.release_days.size(), "steps are its own", key);
      if (grant) OnePayable(key, purchase, grant->platform);
      if (purchase.state != PurchaseState::kAuthorised) continue;
      live.emplace(purchase.grant, purchase.expiry, key.purchase);
      expected_items_.insert({.day = purchase.expiry.Plus(1),
                              .queue = Queue::kReservation,
                              .subject = key.purchase,
                              .number = 0});
    }
    std::set<std::tuple<Id, Day, Id>> indexed;
    for (const auto& [key, index] : state_.List<ReservationOf>({}, kAll)) {
      indexed.emplace(key.grant, key.expiry, key.purchase);
    }
    Expect(indexed == live, "ReservationOf has the live reservations");
  }

  // What a purchase has in the books of both sides until it falls due.
  void OnePayable(const Purchase::Key& key, const Purchase& purchase, PartyId platform) {
    const bool sold = purchase.financier != PartyId::Memo();
    const PartyId creditor = sold ? purchase.financier : purchase.supplier;
    payable_[{.owner = platform,
              .code = account::kMerchantPayable,
              .subject = creditor.id,
              .currency = purchase.currency}] -= purchase.payable.minor;
    payable_[{.owner = creditor,
              .code = sold ? account::kReceivableFinanced : account::kPlatformReceivable,
              .subject = sold ? key.purchase : platform.id,
              .currency = purchase.currency}] += purchase.payable.minor;
    if (purchase.payable.minor == 0 || purchase.payable_due == Day{}) return;
    expected_items_.insert({.day = purchase.payable_due,
                            .queue = Queue::kPayable,
                            .subject = key.purchase,
                            .number = 0});
  }

  void Payables() {
    for (const auto& [key, balance] : balances_) {
      if (key.code != account::kMerchantPayable && key.code != account::kPlatformReceivable &&
          key.code != account::kReceivableFinanced) {
        continue;
      }
      Expect<Account>(balance == payable_[key], "2100, 1350 and 1400 are what is payable", key);
    }
  }

  // An open dispute pauses its instalments, past its last day until the sweep has come to it.
  void Disputes() {
    for (const auto& [key, dispute] : state_.List<Dispute>({}, kAll)) {
      if (dispute.state != DisputeState::kOpen) continue;
      expected_items_.insert({.day = dispute.last_day.Plus(1),
                              .queue = Queue::kDispute,
                              .subject = key.dispute,
                              .number = 0});
      const Day today = state_.Get<Book>({}).value_or(Book{}).day;
      for (const std::uint16_t number : dispute.instalments) {
        const auto row = state_.Get<Instalment>({.loan = dispute.loan, .number = number});
        Expect<Dispute>(dispute.last_day < today || (row && row->disputed_from == dispute.opened &&
                                                     IsPaused(*row, dispute.last_day)),
                        "an open dispute pauses its instalments", key);
      }
    }
  }

  void Bills() {
    std::map<std::tuple<PartyId, Day, Currency>, Bill> bills;
    for (const auto& [key, row] : state_.List<Instalment>({}, kAll)) {
      const auto loan = state_.Get<Loan>({.loan = key.loan});
      if (!loan || row.billed == Day{}) continue;
      Bill& bill = bills[{loan->borrower, row.due, loan->currency}];
      for (const Component* part : {&row.fee, &row.interest, &row.principal}) {
        bill.amount.minor += part->due.minor - part->waived.minor;
        bill.paid.minor += part->paid.minor;
      }
      ++bill.instalments;
      bill.open += UnpaidInAll(row).minor > 0 ? 1 : 0;
      bill.overdue += IsLate(row) ? 1 : 0;
    }
    const std::size_t billed = bills.size();
    const auto stored = state_.List<Bill>({}, kAll);
    std::size_t with_instalments = 0;
    for (const auto& [key, bill] : stored) {
      const std::tuple place{key.borrower, key.due, key.currency};
      with_instalments += bills.contains(place) ? 1 : 0;
      const Bill& sum = bills[place];
      Expect<Bill>(bill.amount == sum.amount && bill.paid == sum.paid && bill.open == sum.open &&
                       bill.overdue == sum.overdue && bill.instalments == sum.instalments,
                   "bill sums its instalments", key);
      const BillState state = sum.overdue > 0 ? BillState::kOverdue
                              : sum.open > 0  ? BillState::kIssued
                                              : BillState::kSettled;
      Expect<Bill>(bill.state == state, "bill's state follows from its counts", key);
    }
    Expect(with_instalments == billed, "billed instalments have their bills");
  }

  // Grants' and attestations' items are other rules'.
  void Calendar() {
    std::set<CalendarItem::Key> items;
    for (const auto& [key, item] : state_.List<CalendarItem>({}, kAll)) {
      if (key.queue == Queue::kInstalment || key.queue == Queue::kReservation ||
          key.queue == Queue::kPayable || key.queue == Queue::kDispute ||
          key.queue == Queue::kRestructuring) {
        items.insert(key);
      }
    }
    Expect(items == expected_items_, "calendar has exactly the next days");
  }

  const Overlay& state_;
  std::map<Account::Key, std::int64_t> balances_;
  std::map<Id, std::int64_t> outstanding_;
  std::map<Id, std::int64_t> reserved_;
  std::map<Id, Refund> refunds_;  // Summed by purchase.
  std::map<Account::Key, std::int64_t> overpaid_;
  std::map<Account::Key, std::int64_t> payable_;
  std::set<CalendarItem::Key> expected_items_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> BrokenInvariants(const Overlay& state) {
  std::vector<std::string> broken = Audit(state).Run();
  for (std::string& sentence : BrokenCopayInvariants(state)) {
    broken.push_back(std::move(sentence));
  }
  return broken;
}

std::vector<std::string> Unbalanced(const std::vector<JournalLine>& journal) {
  std::map<std::pair<PartyId, Currency>, std::int64_t> sums;
  for (const JournalLine& line : journal) {
    sums[{line.owner, line.currency}] += line.debit.minor - line.credit.minor;
  }
  std::vector<std::string> owners;
  for (const auto& [owner, sum] : sums) {
    if (sum != 0) owners.push_back(owner.first.Hex() + " " + std::string(owner.second.Text()));
  }
  return owners;
}

}  // namespace aval::ledger::rules
