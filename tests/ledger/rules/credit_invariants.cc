#include "tests/ledger/rules/credit_invariants.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "ledger/record/attestations.h"
#include "ledger/record/calendar.h"
#include "ledger/record/copay.h"
#include "ledger/record/credit.h"
#include "ledger/record/holds.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/rules/context.h"
#include "ledger/rules/evidence.h"
#include "ledger/rules/grants.h"
#include "ledger/rules/standing.h"

namespace aval::ledger::rules {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr std::uint32_t kWhole = 1'000'000;

class Audit {
 public:
  Audit(const Overlay& state, Day today) : state_(state), today_(today) {}

  std::vector<std::string> Run() {
    Keys();
    Holds();
    Nullifiers();
    Attestations();
    Participants();
    Grants();
    Memo();
    Calendar();
    return std::move(broken_);
  }

 private:
  void Expect(bool holds, std::string_view rule, const std::string& where) {
    if (!holds) broken_.push_back(std::string(rule) + " at " + where);
  }

  void Keys() {
    using Entry = std::tuple<PartyId, Department, crypto::Digest>;
    std::set<Entry> keys;
    for (const auto& [key, record] : state_.List<KeyRecord>({}, kAll)) {
      keys.emplace(record.party, record.department, key.key_id);
    }
    std::set<Entry> indexed;
    for (const auto& [key, index] : state_.List<KeyOfParty>({}, kAll)) {
      indexed.emplace(key.party, key.department, key.key_id);
    }
    Expect(indexed == keys, "KeyOfParty has the keys", "index");
  }

  // Holds of one subject, counted in its record.
  void Holds() {
    std::map<std::pair<Held, Id>, std::uint32_t> holds;
    for (const auto& [key, record] : state_.List<HoldOn>({}, kAll)) {
      ++holds[{key.what, key.subject}];
    }
    const auto expect = [&](Held what, const Id& subject, std::uint32_t counted) {
      const auto at = holds.find({what, subject});
      Expect(counted == (at == holds.end() ? 0 : at->second), "holds are counted", subject.Hex());
    };
    for (const auto& [key, record] : state_.List<Participant>({}, kAll)) {
      expect(Held::kParty, key.participant.id, record.holds);
    }
    for (const auto& [key, record] : state_.List<Supplier>({}, kAll)) {
      expect(Held::kParty, key.supplier.id, record.holds);
    }
    for (const auto& [key, record] : state_.List<Institution>({}, kAll)) {
      expect(Held::kParty, key.institution.id, record.holds);
    }
    for (const auto& [key, record] : state_.List<Grant>({}, kAll)) {
      expect(Held::kGrant, key.grant, record.holds);
    }
    for (const auto& [key, record] : state_.List<Agreement>({}, kAll)) {
      expect(Held::kAgreement, key.agreement, record.holds);
    }
  }

  void Nullifiers() {
    std::map<crypto::Digest, PartyId> parties;
    for (const auto& [key, record] : state_.List<Participant>({}, kAll)) {
      Expect(parties.emplace(record.nullifier, key.participant).second,
             "one party for each nullifier", key.participant.Hex());
    }
    for (const auto& [key, record] : state_.List<Supplier>({}, kAll)) {
      Expect(parties.emplace(record.nullifier, key.supplier).second, "one party for each nullifier",
             key.supplier.Hex());
    }
    std::map<crypto::Digest, PartyId> stored;
    for (const auto& [key, record] : state_.List<Nullifier>({}, kAll)) {
      stored.emplace(key.nullifier, record.party);
    }
    Expect(stored == parties, "nullifiers are those of parties", "table");
  }

  void Attestations() {
    using Entry = std::tuple<PartyId, AttestationKind, Id>;
    std::set<Entry> issued;
    for (const auto& [key, record] : state_.List<Attestation>({}, kAll)) {
      if (record.kind == AttestationKind::kIdentity && Counts(record, today_)) {
        Day& last = identified_[record.subject];
        last = std::max(last, record.expiry);
      }
      if (record.state != AttestationState::kIssued) continue;
      issued.emplace(record.subject, record.kind, key.attestation);
      items_.insert({.day = record.expiry.Plus(1),
                     .queue = Queue::kAttestation,
                     .subject = key.attestation,
                     .number = 0});
    }
    std::set<Entry> indexed;
    for (const auto& [key, index] : state_.List<AttestationOf>({}, kAll)) {
      indexed.emplace(key.subject, key.kind, key.attestation);
    }
    Expect(indexed == issued, "AttestationOf has those ISSUED", "index");
  }

  void Participants() {
    for (const auto& [key, record] : state_.List<Participant>({}, kAll)) {
      const auto last = identified_.find(key.participant);
      const bool identified = last != identified_.end();
      Expect((StandingOf(record, today_) == Verdict::kAccepted) ==
                 (identified && record.state != ParticipantState::kFrozen),
             "KYC is valid while an identity counts", key.participant.Hex());
      Expect((record.state == ParticipantState::kFrozen) == (record.holds > 0), "FROZEN while held",
             key.participant.Hex());
      Expect(!identified || record.kyc_expiry == last->second, "KYC lasts as long as the last one",
             key.participant.Hex());
    }
  }

  // I12, and what each state says.
  void Grants() {
    std::set<std::pair<PartyId, Id>> live;
    for (const auto& [key, grant] : state_.List<Grant>({}, kAll)) {
      const std::string name = key.grant.Hex();
      std::uint32_t shares = 0;
      for (const GrantLender& lender : grant.lenders) shares += lender.share_ppm;
      Expect(shares == kWhole, "I12", name);
      Expect(std::ranges::is_sorted(grant.lenders, {}, &GrantLender::lender), "lenders ascend",
             name);
      Expect(std::ranges::is_sorted(grant.attestations), "attestations ascend", name);
      const bool all = std::ranges::all_of(grant.lenders, &GrantLender::HasDecided);
      Expect(grant.state != GrantState::kProposed || !all, "PROPOSED lacks a decision", name);
      Expect((grant.state != GrantState::kOffered && !IsInForce(grant)) || all,
             "an offer has every decision (R08)", name);
      if (IsInForce(grant)) limits_[{key.grant, grant.currency}] = grant.limit.minor;
      // Live as of its own last day: what the sweep has yet to end counts as well.
      if (!IsLive(grant, grant.expiry)) continue;
      live.emplace(grant.borrower, key.grant);
      Expect(grant.state != GrantState::kActive || grant.holds == 0, "an ACTIVE grant has no hold",
             name);
      if (grant.review != Day{}) {
        items_.insert(
            {.day = grant.review, .queue = Queue::kGrant, .subject = key.grant, .number = 1});
      }
      items_.insert(
          {.day = grant.expiry.Plus(1), .queue = Queue::kGrant, .subject = key.grant, .number = 0});
    }
    std::set<std::pair<PartyId, Id>> indexed;
    for (const auto& [key, index] : state_.List<GrantOf>({}, kAll)) {
      indexed.emplace(key.borrower, key.grant);
    }
    Expect(indexed == live, "GrantOf has the live grants", "index");
  }

  void Memo() {
    std::map<std::pair<Id, Currency>, std::int64_t> granted;
    std::map<std::pair<Id, Currency>, std::int64_t> contra;
    for (const auto& [key, account] : state_.List<Account>({}, kAll)) {
      const std::int64_t balance = account.debits.minor - account.credits.minor;
      if (balance == 0) continue;
      if (key.code == account::kLimitGranted) granted[{key.subject, key.currency}] = balance;
      if (key.code == account::kLimitGrantedContra) contra[{key.subject, key.currency}] = -balance;
    }
    std::erase_if(limits_, [](const auto& limit) { return limit.second == 0; });
    Expect(granted == limits_, "9100 is the limits in force", "memo");
    Expect(contra == limits_, "9101 is the limits in force", "memo");
  }

  void Calendar() {
    std::set<CalendarItem::Key> items;
    for (const auto& [key, item] : state_.List<CalendarItem>({}, kAll)) {
      if (key.queue == Queue::kGrant || key.queue == Queue::kAttestation) items.insert(key);
    }
    Expect(items == items_, "calendar has exactly the ends of what is live", "calendar");
  }

  const Overlay& state_;
  const Day today_;
  std::map<PartyId, Day> identified_;
  std::map<std::pair<Id, Currency>, std::int64_t> limits_;
  std::set<CalendarItem::Key> items_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> BrokenCreditInvariants(const Overlay& state, Day today) {
  return Audit(state, today).Run();
}

}  // namespace aval::ledger::rules
