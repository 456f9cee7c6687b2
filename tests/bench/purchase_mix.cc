#include "tests/bench/purchase_mix.h"

#include "tests/bench/district.h"
#include "tests/bench/prepare_checked.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {
namespace {

using ledger::AttestationKind;
using ledger::Day;

// Names of the mix are numbered after those of the districts' own.
constexpr std::uint32_t kFirstNumber = 1U << 16U;
constexpr std::uint32_t kNoncesEach = 8;
constexpr ledger::Amount kSmallLimit{200'000};  // One of many that somebody may be granted.

PurchaseMix::Acts Prepare(const std::vector<Envelope>& envelopes) {
  PurchaseMix::Acts acts;
  for (const Envelope& envelope : envelopes) acts.push_back(PrepareChecked(envelope));
  return acts;
}

}  // namespace

PurchaseMix::PurchaseMix(Kind kind, const People& people, std::uint32_t first)
    : kind_(kind), people_(people), first_(first), number_(first), random_(people.seed + first) {}

PurchaseMix::Acts PurchaseMix::Next(Day today) {
  const std::uint32_t number = kFirstNumber + number_;
  const BookNames names(people_.seed, static_cast<std::uint32_t>(random_.Below(people_.districts)));
  const auto person = static_cast<std::uint32_t>(random_.Below(kPersons));
  DistrictActs acts(names, kLaterNonces + number_ * kNoncesEach);
  ++number_;
  acts.set_today(today);
  std::vector<Envelope> envelopes;
  const bool new_credit = kind_ == Kind::kNewCredit;
  if (new_credit) AddNewCredit(acts, person, envelopes);
  const DistrictActs::Order order{.purchase = number,
                                  .grant = new_credit ? number : person,
                                  .person = person,
                                  .supplier = number % kSuppliers,
                                  .product = 1 + number % 4,
                                  .instalments = 3 * (1 + number % 7),
                                  .amount = {60'000},
                                  .first_due = today.Plus(30)};
  envelopes.push_back(acts.Authorise(order));
  envelopes.push_back(acts.Capture(order));
  envelopes.push_back(acts.Deliver(order, 0));
  if (!new_credit) {
    const std::uint32_t loan = person * kLoansEach + number % kLoansEach;
    envelopes.push_back(acts.Repay({.repayment = number, .loan = loan, .amount = {1'000}}));
  }
  return Prepare(envelopes);
}

void PurchaseMix::AddNewCredit(DistrictActs& acts, std::uint32_t person,
                               std::vector<Envelope>& to) {
  const std::uint32_t number = kFirstNumber + number_ - 1;
  to.push_back(acts.Attest({.number = number,
                            .person = person,
                            .kind = AttestationKind::kCapacity,
                            .attester = LeadBankOf(person)}));
  to.push_back(
      acts.Propose({.grant = number,
                    .person = person,
                    .attestations = {EvidenceNumber(person, 0), number, EvidenceNumber(person, 2)},
                    .limit = kSmallLimit}));
  to.push_back(acts.Decide(number, ledger::kPlatform));
  to.push_back(acts.Decide(number, LeadBankOf(person)));
  to.push_back(acts.Activate(number, person));
}

PurchaseMix::Acts PeopleWithoutCredit(const PurchaseMix::People& people, std::uint32_t district) {
  DistrictActs acts(BookNames(people.seed, district));
  acts.set_today(ledger::kFirstDay);
  std::vector<Envelope> envelopes;
  for (std::uint32_t n = 0; n < kSuppliers; ++n) envelopes.push_back(acts.RegisterSupplier(n));
  for (std::uint32_t n = 0; n < kPersons; ++n) {
    envelopes.push_back(acts.RegisterPerson(n));
    envelopes.push_back(acts.Attest({.number = EvidenceNumber(n, 0),
                                     .person = n,
                                     .kind = AttestationKind::kIdentity,
                                     .attester = LeadBankOf(n)}));
    envelopes.push_back(acts.Attest({.number = EvidenceNumber(n, 2),
                                     .person = n,
                                     .kind = AttestationKind::kScore,
                                     .attester = LeadBankOf(n)}));
  }
  return Prepare(envelopes);
}

}  // namespace aval::bench
