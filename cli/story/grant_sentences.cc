// Credit grants, from the proposal to their end.

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "cli/acts/grants.h"
#include "cli/json.h"
#include "cli/story/records.h"
#include "cli/story/sentence.h"
#include "cli/story/terms.h"
#include "crypto/digest.h"

namespace aval::cli::story {
namespace {

using ledger::AttestationKind;

constexpr std::uint32_t kReason = 1;
constexpr std::int64_t kMillion = 1'000'000;

Result<void> Decide(Scene& scene, const Thing& grant, const Member& lender, bool decline) {
  AVAL_TRY(const boost::json::value record, scene.Read(grant));
  AVAL_TRY(const crypto::Digest proposal, JsonDigest(record, "proposal"));
  AVAL_TRY(const std::vector<LenderPart> lenders, LendersOf(scene, record));
  const auto own = std::ranges::find(lenders, &lender, &LenderPart::lender);
  const std::uint32_t share = own == lenders.end() ? 0 : own->share_ppm;
  return scene.Submit(acts::DecideGrant(grant.id, proposal, share, decline),
                      {scene.Credit(lender)});
}

Result<void> ProposeGrant(Scene& scene, const Match& match) {
  const Member& person = scene.Who(match, "person");
  AVAL_TRY(const ledger::Id identity, scene.AttestationOf(person, AttestationKind::kIdentity));
  AVAL_TRY(const ledger::Id capacity, scene.AttestationOf(person, AttestationKind::kCapacity));
  AVAL_TRY(const std::int64_t monthly, scene.CapacityOf(person));
  // The score is the monthly capacity, as far as a score can say it.
  const auto score = static_cast<std::uint32_t>(
      std::min<std::int64_t>(monthly, std::numeric_limits<std::uint32_t>::max()));
  acts::GrantProposal proposal{.id = scene.NewId("grant"),
                               .borrower = person.id,
                               .lenders = {},
                               .limit = InCurrency(match.Amount("limit")),
                               .expiry = match.Date("last"),
                               .tier = TierOf(score),
                               .attestations = {identity, capacity},
                               .score = score,
                               .model = scene.NewDigest("model")};
  for (const NamedShare& share : match.Shares("shares")) {
    proposal.lenders.push_back({.lender = scene.Who(share.lender).id, .ppm = share.ppm});
  }
  std::ranges::sort(proposal.lenders, {}, &acts::Share::lender);
  AVAL_CHECK(scene.Submit(acts::ProposeGrant(proposal), {scene.Credit(scene.market())}));
  scene.Name(Kind::kGrant, proposal.id, person);
  return {};
}

Result<void> TakeUp(Scene& scene, const Thing& grant, const Member& person) {
  return scene.Submit(acts::ActivateGrant(grant.id, scene.NewDigest("disclosure")),
                      {scene.HandOf(person)});
}

// Proposed, decided by every lender and taken up.
Result<void> HasGrant(Scene& scene, const Match& match) {
  AVAL_CHECK(ProposeGrant(scene, match));
  const Member& person = scene.Who(match, "person");
  AVAL_TRY(const Thing grant, scene.Newest(Kind::kGrant, person));
  for (const NamedShare& share : match.Shares("shares")) {
    AVAL_CHECK(Decide(scene, grant, scene.Who(share.lender), /*decline=*/false));
  }
  return TakeUp(scene, grant, person);
}

Result<void> Agree(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing grant, scene.Find(match, "grant"));
  return Decide(scene, grant, scene.Who(match, "lender"), /*decline=*/false);
}

Result<void> Decline(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing grant, scene.Find(match, "grant"));
  return Decide(scene, grant, scene.Who(match, "lender"), /*decline=*/true);
}

Result<void> Activate(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing grant, scene.Find(match, "grant"));
  return TakeUp(scene, grant, scene.Who(match, "person"));
}

// A22: the smallest factor whose product, floored to the step, is the new limit.
Result<acts::LimitChange> ChangeTo(Scene& scene, const Thing& grant, ledger::Amount limit) {
  AVAL_TRY(const boost::json::value record, scene.Read(grant));
  AVAL_TRY(const std::int64_t old, JsonInteger(record, "limit"));
  const std::int64_t factor = old == 0 ? 0 : (limit.minor * kMillion + old - 1) / old;
  return acts::LimitChange{.grant = grant.id,
                           .limit = limit,
                           .factor_ppm = static_cast<std::uint32_t>(factor),
                           .reason = kReason};
}

Result<void> Lower(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing grant, scene.Find(match, "grant"));
  AVAL_TRY(const acts::LimitChange change, ChangeTo(scene, grant, match.Amount("limit")));
  return scene.Submit(acts::AdjustLimit(change), {scene.Credit(scene.Who(match, "lender"))});
}

// The platform and every lender sign, on what was attested last of the borrower's capacity.
Result<void> Raise(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing grant, scene.Find(match, "grant"));
  AVAL_TRY(acts::LimitChange change, ChangeTo(scene, grant, match.Amount("limit")));
  AVAL_TRY(change.evidence,
           scene.AttestationOf(scene.Who(grant.owner), AttestationKind::kCapacity));
  std::vector<Hand> hands{scene.Credit(scene.market())};
  AVAL_TRY(const boost::json::value record, scene.Read(grant));
  AVAL_TRY(const std::vector<LenderPart> lenders, LendersOf(scene, record));
  for (const LenderPart& lender : lenders) {
    if (lender.lender != &scene.market()) hands.push_back(scene.Credit(*lender.lender));
  }
  return scene.Submit(acts::AdjustLimit(change), hands);
}

Result<void> Renew(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing grant, scene.Find(match, "grant"));
  AVAL_TRY(const ledger::Id evidence,
           scene.AttestationOf(scene.Who(grant.owner), AttestationKind::kCapacity));
  return scene.Submit(acts::ReviewGrant(grant.id, evidence),
                      {scene.Credit(scene.Who(match, "lender"))});
}

Result<void> EndAtReview(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing grant, scene.Find(match, "grant"));
  return scene.Submit(acts::ReviewGrant(grant.id, {}), {scene.Credit(scene.Who(match, "lender"))});
}

Result<void> CloseByBorrower(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing grant, scene.Find(match, "grant"));
  return scene.Submit(acts::CloseGrant(grant.id, kReason),
                      {scene.HandOf(scene.Who(match, "person"))});
}

Result<void> CloseByMarket(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing grant, scene.Find(match, "grant"));
  return scene.Submit(acts::CloseGrant(grant.id, kReason), {scene.Credit(scene.market())});
}

constexpr std::array kSentences{
    Sentence{.pattern = "{person:person} has a grant of {limit:amount} until {last:date}, funded "
                        "{shares:shares}",
             .play = &HasGrant},
    Sentence{.pattern = "Mercado proposes a grant of {limit:amount} for {person:person} until "
                        "{last:date}, funded {shares:shares}",
             .play = &ProposeGrant},
    Sentence{.pattern = "{lender:institution} agrees to {grant:grant}", .play = &Agree},
    Sentence{.pattern = "{lender:institution} declines {grant:grant}", .play = &Decline},
    Sentence{.pattern = "{person:person} takes up {grant:grant}", .play = &Activate},
    Sentence{.pattern = "{lender:institution} lowers the limit of {grant:grant} to {limit:amount}",
             .play = &Lower},
    Sentence{.pattern = "Mercado and every lender raise the limit of {grant:grant} to "
                        "{limit:amount}",
             .play = &Raise},
    Sentence{.pattern = "{lender:institution} renews its decision on {grant:grant}",
             .play = &Renew},
    Sentence{.pattern = "{lender:institution} does not renew its decision on {grant:grant}",
             .play = &EndAtReview},
    Sentence{.pattern = "Mercado closes {grant:grant}", .play = &CloseByMarket},
    Sentence{.pattern = "{person:person} closes {grant:grant}", .play = &CloseByBorrower},
};

}  // namespace

std::span<const Sentence> GrantSentences() { return kSentences; }

}  // namespace aval::cli::story
