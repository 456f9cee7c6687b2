#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "ledger/rules/evidence.h"
#include "ledger/rules/rules.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/book.h"
#include "tests/ledger/rules/credit_invariants.h"

namespace aval::ledger::rules {
namespace {

// One number makes one act: its digits choose among few parties, ids, days and amounts, so that
// acts meet each other's objects.
class Choice {
 public:
  explicit Choice(std::uint64_t number) : number_(number) {}
  std::uint8_t Below(std::uint8_t bound) {
    const auto digit = static_cast<std::uint8_t>(number_ % bound);
    number_ /= bound;
    return digit;
  }

 private:
  std::uint64_t number_;
};

PartyId Borrower(std::uint8_t number) { return {TestId('B', number)}; }

// A book on which random acts are tried; the second of a pair sweeps only when the day ends.
class Trial {
 public:
  Trial() {
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) book_.AddBorrower(number);
    book_.ChangePolicy([](Policy& policy) {
      policy.grants_per_30_days = 5;
      policy.limit_step = {1'000};
    });
  }

  SmallBook& book() { return book_; }
  std::uint32_t raised() const { return raised_; }

  void Sweep() {
    for (const Verdict verdict : book_.Sweep(Queue::kGrant, RunGrantItem)) {
      RC_ASSERT(verdict == Verdict::kAccepted);
    }
    for (const Verdict verdict : book_.Sweep(Queue::kAttestation, RunAttestationItem)) {
      RC_ASSERT(verdict == Verdict::kAccepted);
    }
  }

  std::vector<Verdict> Try(Choice choice) {
    switch (choice.Below(10)) {
      case 0:
        return {Attest(choice)};
      case 1:
        return {Revoke(choice)};
      case 2:
        return {Propose(choice)};
      case 3:
        return {Decide(choice)};
      case 4:
        return {Activate(choice)};
      case 5:
        return {Lower(choice)};
      case 6:
      case 7:
        return {Raise(choice)};
      default:
        return Agree(choice);
    }
  }

  std::map<Bytes, Bytes> Everything() {
    std::map<Bytes, Bytes> all;
    RC_ASSERT(book_.state()
                  .Scan({}, {},
                        [&](ByteView key, ByteView value) {
                          all.emplace(CopyBytes(key), CopyBytes(value));
                          return true;
                        })
                  .has_value());
    return all;
  }

 private:
  // Few ids at a time, new ones every four days; now and then one from before.
  Id Recent(char tag, std::uint8_t count, Choice& choice) const {
    const int age = (book_.today().number - kFirstDay.number) / 4 + (choice.Below(4) == 0 ? 0 : 1);
    return TestId(tag, static_cast<std::uint8_t>(1 + age * count + choice.Below(count)));
  }
  Id AttestationId(Choice& choice) const { return Recent('T', 4, choice); }
  Id GrantId(Choice& choice) const { return Recent('G', 2, choice); }
  Day DayAhead(Choice& choice) { return book_.today().Plus(choice.Below(6)); }

  Verdict Attest(Choice choice) {
    act::v1::Attest act;
    act.set_attestation(ToWire(AttestationId(choice)));
    act.set_subject(ToWire(Borrower(static_cast<std::uint8_t>(1 + choice.Below(2)))));
    act.set_kind(choice.Below(2) == 0 ? act::v1::IDENTITY : act::v1::CAPACITY);
    act.set_commitment(ToWire(crypto::Digest{}));
    act.set_expiry_day(ToWire(DayAhead(choice)));
    if (act.kind() == act::v1::CAPACITY) {
      act.add_values()->set_code(1);
      act.mutable_values(0)->set_value(100'000);
    }
    return book_.Apply(act, {By(kAttester, Department::kCompliance)});
  }

  // Among others the identities that the borrowers began with.
  Verdict Revoke(Choice choice) {
    act::v1::AttestRevoke act;
    const bool first = choice.Below(4) == 0;
    act.set_attestation(ToWire(first ? TestId('I', static_cast<std::uint8_t>(1 + choice.Below(2)))
                                     : AttestationId(choice)));
    act.set_reason(1);
    return book_.Apply(act, {By(kAttester, Department::kCompliance)});
  }

  // One attestation of each kind that counts today.
  std::map<AttestationKind, Id> Evidence(PartyId borrower) const {
    std::map<AttestationKind, Id> evidence;
    for (const auto& [key, attestation] : book_.state().List<Attestation>({}, 1000)) {
      if (attestation.subject == borrower && Counts(attestation, book_.today())) {
        evidence.emplace(attestation.kind, key.attestation);
      }
    }
    return evidence;
  }

  // Rests on one attestation of each kind that the borrower has.
  Verdict Propose(Choice choice) { return ProposeAs(GrantId(choice), choice); }
  Verdict ProposeAs(const Id& id, Choice choice) {
    act::v1::GrantPropose act;
    const PartyId borrower = Borrower(static_cast<std::uint8_t>(1 + choice.Below(2)));
    act.set_grant(ToWire(id));
    act.set_borrower(ToWire(borrower));
    for (const auto& [lender, share] :
         {std::pair(kPlatform, 300'000U), std::pair(kBankA, 700'000U)}) {
      act.add_lenders()->set_lender(ToWire(lender));
      act.mutable_lenders()->rbegin()->set_share_ppm(share);
    }
    act.mutable_limit()->set_currency("BRL");
    act.mutable_limit()->set_minor(1'000'000 * (1 + choice.Below(2)));
    act.set_expiry_day(ToWire(DayAhead(choice)));
    act.set_tier(1);
    act.set_score(100'000);
    act.set_model(ToWire(crypto::Digest{}));
    const std::map<AttestationKind, Id> evidence = Evidence(borrower);
    std::vector<Id> ids;
    for (const auto& [kind, said] : evidence) ids.push_back(said);
    std::ranges::sort(ids);
    for (const Id& said : ids) act.add_attestations(ToWire(said));
    return book_.Apply(act, {By(kPlatform, Department::kCredit)});
  }

  Verdict Decide(Choice choice) {
    const Id id = GrantId(choice);
    const PartyId lender = choice.Below(2) == 0 ? kPlatform : kBankA;
    return DecideAs(id, lender, choice.Below(4) == 0);
  }
  Verdict DecideAs(const Id& id, PartyId lender, bool decline) {
    act::v1::GrantDecide act;
    const Grant grant = book_.Find<Grant>({.grant = id}).value_or(Grant{});
    act.set_grant(ToWire(id));
    act.set_proposal(ToWire(grant.proposal));
    act.set_share_ppm(lender == kPlatform ? 300'000 : 700'000);
    act.set_decline(decline);
    return book_.Apply(act, {By(lender, Department::kCredit)});
  }

  Verdict Activate(Choice choice) { return ActivateAs(GrantId(choice)); }
  Verdict ActivateAs(const Id& id) {
    act::v1::GrantActivate act;
    const Grant grant = book_.Find<Grant>({.grant = id}).value_or(Grant{});
    act.set_grant(ToWire(id));
    act.set_disclosure(ToWire(crypto::Digest{}));
    return book_.Apply(act, {By(grant.borrower)});
  }

  // What is left of the way from proposal to active grant.
  std::vector<Verdict> Agree(Choice choice) {
    const Id id = GrantId(choice);
    std::vector<Verdict> verdicts{ProposeAs(id, choice)};
    for (const PartyId lender : {kPlatform, kBankA}) {
      verdicts.push_back(DecideAs(id, lender, false));
    }
    verdicts.push_back(ActivateAs(id));
    return verdicts;
  }

  Verdict Lower(Choice choice) {
    act::v1::LimitAdjust act;
    const Id id = GrantId(choice);
    const Grant grant = book_.Find<Grant>({.grant = id}).value_or(Grant{});
    act.set_grant(ToWire(id));
    act.set_factor_ppm(500'000);
    act.set_limit(grant.limit.minor / 2 / 1'000 * 1'000);
    act.set_reason(1);
    return book_.Apply(act, {By(kBankA, Department::kCredit)});
  }

  Verdict Raise(Choice choice) {
    act::v1::LimitAdjust act;
    const Id id = GrantId(choice);
    const Grant grant = book_.Find<Grant>({.grant = id}).value_or(Grant{});
    act.set_grant(ToWire(id));
    act.set_factor_ppm(2'000'000);
    act.set_limit(std::min(grant.limit.minor * 2, std::int64_t{2'000'000}));
    act.set_reason(1);
    const auto evidence = Evidence(grant.borrower);
    const auto capacity = evidence.find(AttestationKind::kCapacity);
    if (capacity != evidence.end()) act.set_evidence(ToWire(capacity->second));
    const Verdict verdict =
        book_.Apply(act, {By(kPlatform, Department::kCredit), By(kBankA, Department::kCredit)});
    raised_ += verdict == Verdict::kAccepted ? 1 : 0;
    return verdict;
  }

  SmallBook book_;
  std::uint32_t raised_ = 0;
};

void RequireSound(Trial& trial) {
  for (const std::string& broken :
       BrokenCreditInvariants(trial.book().state(), trial.book().today())) {
    RC_FAIL(broken);
  }
}

// DESIGN's promise that no outcome depends on how far a sweep has come, and what records and
// headers promise of indexes, calendar and memo. The day ends with one act in ten.
RC_GTEST_PROP(CreditPropertyTest, OutcomesDoNotDependOnHowFarTheSweepHasCome, ()) {
  const auto numbers =
      *rc::gen::resize(200, rc::gen::container<std::vector<std::uint64_t>>(
                                rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 40U)));
  Trial early;
  Trial late;
  for (const std::uint64_t number : numbers) {
    Choice choice(number);
    if (choice.Below(10) == 0) {
      late.Sweep();
      RC_ASSERT(early.Everything() == late.Everything());
      const Day tomorrow = early.book().today().Plus(1);
      early.book().SetDay(tomorrow);
      late.book().SetDay(tomorrow);
      early.Sweep();
    } else {
      RC_ASSERT(late.Try(choice) == early.Try(choice));
    }
    RequireSound(early);
    RequireSound(late);
  }
  RC_CLASSIFY(early.raised() > 0, "with a raise");
}

}  // namespace
}  // namespace aval::ledger::rules
