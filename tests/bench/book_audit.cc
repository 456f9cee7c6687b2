#include "tests/bench/book_audit.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/checked.h"
#include "ledger/record/accounts.h"
#include "ledger/record/calendar.h"
#include "ledger/record/codec.h"
#include "ledger/record/copay.h"
#include "ledger/record/credit.h"
#include "ledger/record/debits.h"
#include "ledger/record/loans.h"
#include "ledger/rules/context.h"
#include "ledger/rules/debt.h"
#include "ledger/state/overlay.h"
#include "tests/bench/district_plan.h"

namespace aval::bench {
namespace {

using namespace ledger;  // NOLINT(google-build-using-namespace): records are all that is here.
namespace account = ledger::rules::account;

constexpr std::uint32_t kWhole = 1'000'000;
constexpr std::uint64_t kSampleEvery = 997;  // Of loans; no divisor of a district's.
constexpr std::size_t kBrokenMax = 100;

/// Sums, as the walk comes along; each method takes one kind of record.
class Walk {
 public:
  explicit Walk(const Reader& state) : state_(&state) {}

  /// False when the record is damaged.
  bool Take(ByteView key, ByteView value) {
    const auto table = static_cast<Table>(key.front());
    BookAudit::Records& records = audit_.tables[table];
    ++records.records;
    records.bytes += key.size() + value.size();
    return TakeAs<Account, Obligation, Grant, Purchase, Loan, Instalment, Agreement, CalendarItem>(
        table, key, value);
  }

  BookAudit Finish() {
    for (const auto& [owner, sum] : books_) Expect(sum == 0, "I1: the book balances", owner.Hex());
    for (const auto& [pair, sum] : between_) {
      const auto& [creditor, debtor] = pair;
      Expect(sum.claims == sum.liabilities, "I2: 1300 against 2200", creditor.Hex());
      Expect(Net(pair, &Between::claims) == Net(pair, &Between::obligations),
             "I2: 1300 against obligations", creditor.Hex());
    }
    Expect(lent_ == outstanding_, "I3: 1100 is the loans' principal");
    Expect(outstanding_ == unpaid_, "I3: the loans' principal is the instalments'");
    Expect(reserved_ == authorised_, "I4: what is reserved is authorised");
    Expect(used_ == outstanding_ + authorised_, "I4: what is used is owed or authorised");
    Expect(recourse_ == 0, "I7: 9300 + 9301 = 0");
    Expect(next_days_ == items_, "the calendar has the instalments' next days");
    return std::move(audit_);
  }

 private:
  struct Between {
    Int128 claims = 0;
    Int128 liabilities = 0;
    Int128 obligations = 0;
  };
  using Pair = std::pair<PartyId, PartyId>;  // Creditor, debtor.

  void Expect(bool holds, std::string_view rule, std::string_view of = "") {
    if (holds || audit_.broken.size() == kBrokenMax) return;
    audit_.broken.push_back(std::string(rule) + (of.empty() ? "" : " of ") + std::string(of));
  }

  template <Record... R>
  bool TakeAs(Table table, ByteView key, ByteView value) {
    bool sound = true;  // What is of no sum is not looked into.
    ((R::kTable == table ? void(sound = As<R>(key, value)) : void()), ...);
    return sound;
  }

  template <Record R>
  bool As(ByteView key_bytes, ByteView value) {
    const auto key = DecodeKey<R>(key_bytes);
    const auto record = DecodeValue<R>(value);
    if (!key || !record) return false;
    Count(*key, *record);
    return true;
  }

  void Count(const Account::Key& key, const Account& record) {
    const Int128 balance = Int128{record.debits.minor} - record.credits.minor;
    books_[key.owner] += balance;
    switch (key.code) {
      case account::kLoanPrincipal:
        lent_ += balance;
        [[fallthrough]];
      case account::kFeeReceivable:
      case account::kInterestReceivable:
      case account::kPenaltyReceivable:
      case account::kPlatformReceivable:
        Expect(balance >= 0, "I5: a receivable's sign", key.owner.Hex());
        break;
      case account::kMerchantPayable:
      case account::kBorrowerOverpayment:
        Expect(balance <= 0, "I5: a liability's sign", key.owner.Hex());
        break;
      case account::kDueFrom:
        between_[{key.owner, {key.subject}}].claims += balance;
        break;
      case account::kDueTo:
        between_[{{key.subject}, key.owner}].liabilities -= balance;
        break;
      case account::kRecourseClaim:
      case account::kRecourseObligation:
        recourse_ += balance;
        break;
      default:  // Of no other rule.
        break;
    }
  }

  void Count(const Obligation::Key&, const Obligation& owed) {
    between_[{owed.to, owed.from}].obligations += owed.amount.minor;
  }

  void Count(const Grant::Key& key, const Grant& grant) {
    used_ += grant.used.minor;
    reserved_ += grant.reserved.minor;
    std::uint32_t shares = 0;
    for (const GrantLender& lender : grant.lenders) shares += lender.share_ppm;
    Expect(shares == kWhole, "I12: shares", key.grant.Hex());
  }

  void Count(const Purchase::Key&, const Purchase& purchase) {
    if (purchase.state == PurchaseState::kAuthorised) authorised_ += purchase.amount.minor;
  }

  void Count(const Loan::Key& key, const Loan& loan) {
    std::uint32_t shares = 0;
    for (const LenderPart& lender : loan.lenders) {
      shares += lender.share_ppm;
      outstanding_ += lender.outstanding.minor;
    }
    Expect(shares == kWhole, "I12: shares", key.loan.Hex());
    if (++loans_ % kSampleEvery == 0) LookAt(key.loan, loan);
  }

  // I3 of one loan.
  void LookAt(const Id& id, const Loan& loan) {
    const auto instalments = state_.List<Instalment>(id.bytes, loan.instalments + std::size_t{1});
    Expect(instalments.size() == loan.instalments, "a loan has its instalments", id.Hex());
    std::int64_t unpaid = 0;
    std::int64_t outstanding = 0;
    for (const auto& [key, instalment] : instalments) {
      unpaid += instalment.principal.Unpaid().minor;
    }
    for (const LenderPart& lender : loan.lenders) {
      const auto lent = state_.Get<Account>({.owner = lender.lender,
                                             .code = account::kLoanPrincipal,
                                             .subject = id,
                                             .currency = loan.currency});
      Expect(lent && lent->debits.minor - lent->credits.minor == lender.outstanding.minor,
             "I3: 1100 of a loan's lender", id.Hex());
      outstanding += lender.outstanding.minor;
    }
    Expect(unpaid == outstanding, "I3", id.Hex());
  }

  void Count(const Instalment::Key& key, const Instalment& instalment) {
    unpaid_ += instalment.principal.Unpaid().minor;
    next_days_ += instalment.next_day == Day{} ? 0 : 1;
    Expect(instalment.reserved <= rules::UnpaidInAll(instalment), "I11: reserved", key.loan.Hex());
  }

  void Count(const Agreement::Key& key, const Agreement& agreement) {
    Expect(agreement.paid.minor + agreement.reserved.minor <= agreement.cap.minor, "I8: the cap",
           key.agreement.Hex());
  }

  void Count(const CalendarItem::Key& key, const CalendarItem&) {
    if (key.queue != Queue::kInstalment) return;
    ++items_;
    audit_.due_next_day += key.day == kBookDay.Plus(1) ? 1 : 0;
  }

  // Between two, both ways.
  Int128 Net(const Pair& pair, Int128 Between::* what) const {
    const auto sum = [&](const Pair& of) {
      const auto found = between_.find(of);
      return found == between_.end() ? Int128{0} : found->second.*what;
    };
    return sum(pair) - sum({pair.second, pair.first});
  }

  const Overlay state_;
  BookAudit audit_;
  std::map<PartyId, Int128> books_;
  std::map<Pair, Between> between_;
  std::uint64_t loans_ = 0;
  std::uint64_t next_days_ = 0;
  std::uint64_t items_ = 0;
  Int128 lent_ = 0;
  Int128 outstanding_ = 0;
  Int128 unpaid_ = 0;
  Int128 used_ = 0;
  Int128 reserved_ = 0;
  Int128 authorised_ = 0;
  Int128 recourse_ = 0;
};

}  // namespace

Result<BookAudit> AuditBook(const Reader& state) {
  Walk walk(state);
  std::optional<Error> failure;
  AVAL_CHECK(state.Scan({}, {}, [&](ByteView key, ByteView value) {
    if (!walk.Take(key, value)) {
      failure = Error{.code = Code::kCorruption, .message = "damaged record " + ToHex(key)};
    }
    return !failure;
  }));
  if (failure) return *failure;
  return walk.Finish();
}

}  // namespace aval::bench
