#include "tests/bench/district.h"

#include <array>
#include <optional>
#include <string>

#include "base/assert.h"
#include "ledger/act.h"
#include "ledger/record/loans.h"
#include "ledger/rules/debt.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {
namespace {

using ledger::AttestationKind;
using ledger::Day;
using ledger::Instalment;
using ledger::kFirstDay;

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;

// Days of what happens once, before the book's.
constexpr Day kHelpDay{kBookDay.number - 9};
constexpr Day kQuarrelDay{kBookDay.number - 11};
constexpr Day kOrderDay{kBookDay.number - 1};
constexpr Day kVoidDay{kBookDay.number - 35};

// Purchases that become no loans are numbered after those that do.
constexpr std::uint32_t kOrdered = kLoans;
constexpr std::uint32_t kVoided = kOrdered + kPersons;

std::uint32_t RepaymentNumber(std::uint32_t loan, std::uint32_t elapsed) {
  return 2 * loan + elapsed - 1;
}

// From this person on nobody's loan has something to do on the day after the book's.
constexpr std::uint32_t kPlain = 40;

// What a co-payer is debited, once it is billed: taken before the book's day, or under way on it.
constexpr ledger::Amount kDebit{200};
constexpr Day kTakenDay{kBookDay.number - 5};
constexpr Day kDebitDay{kBookDay.number - 1};
std::optional<Day> DebitDayOf(std::uint32_t person) {
  const Day due = NextDueOf(person);
  if (due < kBookDay) return kTakenDay;
  return due == kBookDay.Plus(1) ? std::optional(kDebitDay) : std::nullopt;
}

// The first that somebody has paid for before.
PlannedLoan OlderLoanOf(std::uint32_t person) {
  std::uint32_t loan = person * kLoansEach;
  while (PlanOf(loan).elapsed == 0) ++loan;  // Every third is younger.
  return PlanOf(loan);
}

// The instalment whose turn comes next, and up to two after it.
std::vector<std::uint32_t> NextInstalments(const PlannedLoan& loan) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t k = loan.elapsed + 1; k <= loan.instalments && numbers.size() < 3; ++k) {
    numbers.push_back(k);
  }
  return numbers;
}

Instalment InstalmentNow(const ledger::Overlay& state, const ledger::Id& loan,
                         std::uint32_t number) {
  const auto instalment =
      state.Get<Instalment>({.loan = loan, .number = static_cast<std::uint16_t>(number)});
  AVAL_ASSERT(instalment.has_value());
  return *instalment;
}

void Accept(ledger::Machine& machine, const Envelope& envelope, std::int64_t time_ms,
            std::vector<ledger::Leaf>& leaves) {
  const ledger::Preparation preparation = ledger::Prepare(envelope, ledger::kTestOrigin);
  AVAL_ASSERT(preparation.act != nullptr);
  const auto answer = machine.Apply(*preparation.act, time_ms, leaves);
  AVAL_ASSERT(answer);
  if (answer->verdict == ledger::Verdict::kAccepted) return;
  const std::string what = std::string(ledger::VerdictCode(answer->verdict)) + " of " +
                           preparation.act->act.ShortDebugString();
  AssertFailed(what.c_str(), __FILE__, __LINE__);
}

void WorkOff(ledger::Machine& machine, std::int64_t time_ms, std::vector<ledger::Leaf>& leaves) {
  for (std::size_t before = leaves.size() + 1; before != leaves.size();) {
    before = leaves.size();
    AVAL_ASSERT(machine.Sweep(time_ms, leaves));
  }
}

}  // namespace

std::uint32_t EvidenceNumber(std::uint32_t person, std::uint32_t which) {
  return 3 * person + which;
}

std::uint32_t CapacityNumber(std::uint32_t co_payer) { return 3 * kPersons + co_payer; }

DistrictActs::Order OrderOf(const PlannedLoan& loan) {
  return {.purchase = loan.number,
          .grant = loan.person,
          .person = loan.person,
          .supplier = loan.supplier,
          .product = loan.product,
          .instalments = loan.instalments,
          .amount = loan.amount,
          .first_due = loan.first_due};
}

std::vector<Envelope> District::ActsOf(Day day, const ledger::Overlay& state) {
  acts_.set_today(day);
  std::vector<Envelope> acts;
  if (day == kFirstDay) Begin(acts);
  for (std::uint32_t person = 0; person < kPersons; ++person) {
    if (day == kFirstDay.Plus(1 + person % 2)) GrantCredit(person, acts);
  }
  Pay(state, acts);
  Buy(acts);
  if (day == kHelpDay) Help(acts);
  Collect(acts);
  if (day == kQuarrelDay) Quarrel(acts);
  if (day == kOrderDay || day == kVoidDay) Order(acts);
  return acts;
}

void District::Begin(std::vector<Envelope>& acts) {
  for (std::uint32_t supplier = 0; supplier < kSuppliers; ++supplier) {
    acts.push_back(acts_.RegisterSupplier(supplier));
  }
  for (std::uint32_t person = 0; person < kPersons; ++person) {
    acts.push_back(acts_.RegisterPerson(person));
  }
}

void District::GrantCredit(std::uint32_t person, std::vector<Envelope>& acts) {
  constexpr std::array kEvidence{AttestationKind::kIdentity, AttestationKind::kCapacity,
                                 AttestationKind::kScore};
  DistrictActs::Proposal proposal{.grant = person, .person = person, .attestations = {}};
  for (std::uint32_t which = 0; which < kEvidence.size(); ++which) {
    const std::uint32_t number = EvidenceNumber(person, which);
    acts.push_back(acts_.Attest({.number = number,
                                 .person = person,
                                 .kind = kEvidence[which],
                                 .attester = LeadBankOf(person)}));
    proposal.attestations.push_back(number);
  }
  if (person % 3 == 0) acts.push_back(acts_.GiveMandate(person));
  acts.push_back(acts_.Propose(proposal));
  acts.push_back(acts_.Decide(person, ledger::kPlatform));
  acts.push_back(acts_.Decide(person, LeadBankOf(person)));
  acts.push_back(acts_.Activate(person, person));
}

// Authorised and captured on one day, delivered on the next; every second one is paid by the
// platform 25 days later.
void District::Buy(std::vector<Envelope>& acts) {
  for (std::uint32_t loan = 0; loan < kLoans; ++loan) {
    const PlannedLoan plan = PlanOf(loan);
    if (plan.opened == acts_.today()) {
      acts.push_back(acts_.Authorise(OrderOf(plan)));
      acts.push_back(acts_.Capture(OrderOf(plan)));
    }
    if (plan.opened.Plus(1) == acts_.today() && loan % 20 != 13) {
      acts.push_back(acts_.Deliver(OrderOf(plan), (loan / 2) % 2 == 0 ? 0 : 25));
    }
  }
}

// What is authorised and waits, and what was given up again.
void District::Order(std::vector<Envelope>& acts) {
  const bool gives_up = acts_.today() == kVoidDay;
  for (std::uint32_t person = 5; person < kPersons; person += gives_up ? 20 : 10) {
    const DistrictActs::Order order{.purchase = (gives_up ? kVoided : kOrdered) + person,
                                    .grant = person,
                                    .person = person,
                                    .supplier = person % kSuppliers,
                                    .amount = {40'000},
                                    .first_due = acts_.today().Plus(30)};
    acts.push_back(acts_.Authorise(order));
    if (gives_up) acts.push_back(acts_.Void(order));
  }
}

// By the due day or up to two days before; all that is unpaid of the instalment.
void District::Pay(const ledger::Overlay& state, std::vector<Envelope>& acts) {
  for (std::uint32_t loan = 0; loan < kLoans; ++loan) {
    const PlannedLoan plan = PlanOf(loan);
    for (std::uint32_t number = 1; number <= plan.elapsed; ++number) {
      if (plan.is_late && number == plan.elapsed) continue;
      const ledger::Id id = names().IdOf(Named::kPurchase, loan);
      if (!state.Has<ledger::Loan>({.loan = id})) continue;
      const Instalment instalment = InstalmentNow(state, id, number);
      if (instalment.due.Plus(-std::int64_t{loan % 3}) != acts_.today()) continue;
      acts.push_back(acts_.Repay({.repayment = RepaymentNumber(loan, number),
                                  .loan = loan,
                                  .amount = ledger::rules::UnpaidInAll(instalment)}));
    }
  }
}

void District::Help(std::vector<Envelope>& acts) {
  for (std::uint32_t person = 0; person < kPersons; ++person) {
    if (!HasCopayer(person)) continue;
    const PlannedLoan plan = OlderLoanOf(person);
    const DistrictActs::Help help{
        .loan = plan.number, .person = person, .instalments = NextInstalments(plan)};
    const std::uint32_t capacity = CapacityNumber(CopayerOf(person));
    acts.push_back(acts_.Invite(help));
    acts.push_back(acts_.Accept(help));
    acts.push_back(acts_.Attest({.number = capacity,
                                 .person = CopayerOf(person),
                                 .kind = AttestationKind::kCapacity,
                                 .attester = OtherBankOf(person)}));
    acts.push_back(acts_.ReviewAsAttester(help, capacity));
    acts.push_back(acts_.ReviewAsLender(help));
    acts.push_back(acts_.Join(help));
  }
}

void District::Collect(std::vector<Envelope>& acts) {
  for (std::uint32_t person = 0; person < kPersons; ++person) {
    if (!HasCopayer(person) || DebitDayOf(person) != acts_.today()) continue;
    const PlannedLoan plan = OlderLoanOf(person);
    const DistrictActs::Help help{
        .loan = plan.number, .person = person, .instalments = NextInstalments(plan)};
    acts.push_back(acts_.CreateDebit(help, kDebit));
    acts.push_back(acts_.SubmitDebit(help));
    if (acts_.today() == kTakenDay) acts.push_back(acts_.ConfirmDebit(help, kDebit));
  }
}

void District::Quarrel(std::vector<Envelope>& acts) {
  for (std::uint32_t person = kPlain; person < kPersons; ++person) {
    const PlannedLoan plan = OlderLoanOf(person);
    if (person % 10 == 7) {
      acts.push_back(acts_.Refund(OrderOf(plan), {plan.amount.minor / 4}));
    } else if (person % 20 == 8) {
      acts.push_back(acts_.OpenDispute(plan.number, person, plan.elapsed + 1));
    }
  }
}

void RunDistricts(std::vector<District>& districts, ledger::Machine& machine, ledger::Store& store,
                  const DayBegins& day_begins) {
  std::vector<ledger::Leaf> leaves;
  for (Day day = kFirstDay; day <= kBookDay; day = day.Plus(1)) {
    const std::int64_t time_ms = std::int64_t{day.number} * kDayMs;
    day_begins(machine.tail().size);
    if (day > kFirstDay) Accept(machine, ledger::DayRollAct(day), time_ms, leaves);
    WorkOff(machine, time_ms, leaves);
    for (District& district : districts) {
      for (const Envelope& act : district.ActsOf(day, machine.state())) {
        Accept(machine, act, time_ms, leaves);
      }
    }
    WorkOff(machine, time_ms, leaves);
    AVAL_ASSERT(store.Apply(machine.TakeWrites()));
    leaves.clear();
  }
}

}  // namespace aval::bench
