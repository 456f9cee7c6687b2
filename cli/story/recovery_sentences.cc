// Debts that end, or go on, otherwise than their first schedule has it.

#include <array>
#include <string>

#include "cli/acts/debts.h"
#include "cli/story/records.h"
#include "cli/story/sentence.h"

namespace aval::cli::story {
namespace {

Result<void> WriteOff(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  const act::v1::Act act = match.Has("proof")
                               ? acts::WriteOff(loan.id, scene.NewDigest("legal-proof"))
                               : acts::WriteOff(loan.id);
  return scene.Submit(act, {scene.Credit(scene.Who(match, "lender"))});
}

Result<void> Recover(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  return scene.Submit(acts::Recover({.id = scene.NewId("recovery"),
                                     .loan = loan.id,
                                     .amount = InCurrency(match.Amount("amount")),
                                     .reference = scene.NewDigest("bank-record")}),
                      {scene.Ops(scene.Who(match, "bank"))});
}

Hand PersonOrCredit(const Scene& scene, const Member& member) {
  return member.role == Role::kPerson ? scene.HandOf(member) : scene.Credit(member);
}

Result<void> Propose(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  const Member& by = scene.Who(match, "by");
  const ledger::Id id = scene.NewId("restructuring");
  AVAL_CHECK(scene.Submit(acts::ProposeRestructuring({.restructuring = id,
                                                      .loan = loan.id,
                                                      .instalments = match.Count("n"),
                                                      .first_due = match.Date("due"),
                                                      .rate_ppm = match.Percent("rate"),
                                                      .expiry = match.Date("last")}),
                          {PersonOrCredit(scene, by)}));
  scene.Name(Kind::kProposal, id, by);
  return {};
}

Result<void> Answer(Scene& scene, const Match& match, bool decline) {
  AVAL_TRY(const Thing proposal, scene.Find(match, "proposal"));
  AVAL_TRY(const boost::json::value record, scene.Read(proposal));
  AVAL_TRY(const crypto::Digest identity, JsonDigest(record, "proposal"));
  return scene.Submit(acts::ConsentToRestructuring(proposal.id, identity, decline),
                      {PersonOrCredit(scene, scene.Who(match, "by"))});
}

Result<void> Consent(Scene& scene, const Match& match) { return Answer(scene, match, false); }
Result<void> Refuse(Scene& scene, const Match& match) { return Answer(scene, match, true); }

constexpr std::array kSentences{
    Sentence{.pattern = "{lender:institution} writes off its part of {loan:loan}[, {proof=with a "
                        "court's proof}]",
             .play = &WriteOff},
    Sentence{.pattern = "{bank:institution} receives {amount:amount} on {loan:loan} after its "
                        "write-off",
             .play = &Recover},
    Sentence{.pattern =
                 "{by:party} proposes {n:count} instalments for what is left of {loan:loan}, "
                 "the first due on {due:date}, at {rate:percent}, open until {last:date}",
             .play = &Propose},
    Sentence{.pattern = "{by:party} consents to {proposal:proposal}", .play = &Consent},
    Sentence{.pattern = "{by:party} refuses {proposal:proposal}", .play = &Refuse},
};

}  // namespace

std::span<const Sentence> RecoverySentences() { return kSentences; }

}  // namespace aval::cli::story
