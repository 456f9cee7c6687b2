// Co-payers: from the invitation to the end of the agreement, and the claim that it leaves.

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "cli/acts/copay.h"
#include "cli/json.h"
#include "cli/story/copay_steps.h"
#include "cli/story/party_steps.h"
#include "cli/story/records.h"
#include "cli/story/sentence.h"
#include "cli/story/terms.h"
#include "ledger/record/names.h"

namespace aval::cli::story {
namespace {

using act::v1::CopayTerminate;
using ledger::AttestationKind;
using ledger::Department;
using ledger::LiabilityMode;

constexpr ledger::Amount kCapacity{500'000};
constexpr std::uint32_t kBreachCode = 1;
constexpr std::uint32_t kRuleCode = 1;

constexpr std::array<std::pair<std::string_view, LiabilityMode>, 4> kModes{{
    {"a third-party payer", LiabilityMode::kThirdPartyPayment},
    {"a joint guarantor", LiabilityMode::kJointGuarantee},
    {"a general guarantor", LiabilityMode::kGeneralGuarantee},
    {"a joining debtor", LiabilityMode::kDebtJoining},
}};

LiabilityMode ModeOf(const Match& match) {
  if (!match.Has("mode")) return LiabilityMode::kThirdPartyPayment;
  const auto* const at = std::ranges::find(kModes, match.Text("mode"),
                                           &std::pair<std::string_view, LiabilityMode>::first);
  return at == kModes.end() ? LiabilityMode::kThirdPartyPayment : at->second;
}

Result<LiabilityMode> ModeIn(const boost::json::value& invitation) {
  AVAL_TRY(const std::string name, JsonText(invitation, "mode"));
  for (const auto& [text, mode] : kModes) {
    if (ledger::NameOf(mode) == name) return mode;
  }
  return Error{.code = Code::kCorruption, .message = "no mode: " + name};
}

bool IsAttester(const Member& member) {
  return Founders()[member.id.InstitutionNumber() - 1].kind == genesis::v1::ATTESTER;
}

// An attester names what it relies on, the lead lender gives its word.
Result<void> Endorse(Scene& scene, const Thing& agreement, const Member& by) {
  AVAL_TRY(const boost::json::value record, scene.Read("agreement", {agreement.id.Hex()}));
  acts::Review review{.agreement = agreement.id};
  AVAL_TRY(review.accepted, JsonDigest(record, "acceptance"));
  if (!IsAttester(by)) return scene.Submit(acts::ReviewAgreement(review), {scene.Credit(by)});
  AVAL_TRY(review.capacity,
           scene.AttestationOf(scene.Who(agreement.owner), AttestationKind::kCapacity, &by));
  return scene.Submit(acts::ReviewAgreement(review), {scene.Compliance(by)});
}

Result<void> JoinMandate(Scene& scene, const Thing& agreement, const Member& bank) {
  AVAL_TRY(const boost::json::value record, scene.Read("agreement", {agreement.id.Hex()}));
  AVAL_TRY(const crypto::Digest accepted, JsonDigest(record, "acceptance"));
  return scene.Submit(acts::JoinMandate(agreement.id, accepted), {scene.Ops(bank)});
}

Result<void> Invite(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  const ledger::Day expiry = match.Has("last") ? match.Date("last") : scene.today().Plus(1);
  AVAL_TRY(const Thing invitation, InviteCoPayer(scene, {.borrower = &scene.Who(match, "borrower"),
                                                         .invitee = &scene.Who(match, "invitee"),
                                                         .loan = loan,
                                                         .instalments = match.Numbers("numbers"),
                                                         .share_ppm = match.Percent("share"),
                                                         .cap = match.Amount("cap"),
                                                         .mode = ModeOf(match),
                                                         .joint = match.Has("joint"),
                                                         .expiry = expiry}));
  return {};
}

Result<void> Disclose(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing invitation, scene.Find(match, "invitation"));
  return scene.Submit(acts::ChangeDisclosure(invitation.id, scene.NewDigest("copay-disclosure")),
                      {scene.HandOf(scene.Who(match, "borrower"))});
}

Result<void> Decline(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing invitation, scene.Find(match, "invitation"));
  return scene.Submit(acts::DeclineInvitation(invitation.id),
                      {scene.HandOf(scene.Who(match, "invitee"))});
}

Result<void> TakeBack(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing invitation, scene.Find(match, "invitation"));
  return scene.Submit(acts::WithdrawInvitation(invitation.id),
                      {scene.HandOf(scene.Who(match, "borrower"))});
}

Result<Thing> AcceptAs(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing invitation, scene.Find(match, "invitation"));
  const ledger::Day last =
      match.Has("last") ? match.Date("last") : scene.today().Plus(kAgreementDays);
  return AcceptInvitation(scene, invitation, scene.Who(match, "bank"), last);
}

Result<void> Accept(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing agreement, AcceptAs(scene, match));
  return {};
}

Result<void> AcceptForAll(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing agreement, AcceptAs(scene, match));
  return EndorseByAll(scene, agreement);
}

Result<void> EndorseBy(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing agreement, scene.Find(match, "agreement"));
  return Endorse(scene, agreement, scene.Who(match, "by"));
}

Result<void> Reject(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing agreement, scene.Find(match, "agreement"));
  AVAL_TRY(const boost::json::value record, scene.Read("agreement", {agreement.id.Hex()}));
  acts::Review review{.agreement = agreement.id, .decline = true};
  AVAL_TRY(review.accepted, JsonDigest(record, "acceptance"));
  const Member& by = scene.Who(match, "by");
  return scene.Submit(acts::ReviewAgreement(review),
                      {IsAttester(by) ? scene.Compliance(by) : scene.Credit(by)});
}

Result<void> Join(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing agreement, scene.Find(match, "agreement"));
  return JoinMandate(scene, agreement, scene.Who(match, "bank"));
}

Result<void> Terminate(Scene& scene, const Match& match, CopayTerminate::Ground ground,
                       std::uint32_t code, const std::vector<Hand>& hands) {
  AVAL_TRY(const Thing agreement, scene.Find(match, "agreement"));
  return scene.Submit(acts::TerminateAgreement(agreement.id, ground, code), hands);
}

Result<void> Withdraw(Scene& scene, const Match& match) {
  return Terminate(scene, match, CopayTerminate::WITHDRAWAL, 0,
                   {scene.HandOf(scene.Who(match, "copayer"))});
}

Result<void> EndTogether(Scene& scene, const Match& match) {
  return Terminate(scene, match, CopayTerminate::MUTUAL, 0,
                   {scene.HandOf(scene.Who(match, "copayer")), scene.Ops(scene.market())});
}

Result<void> EndForBreach(Scene& scene, const Match& match) {
  return Terminate(scene, match, CopayTerminate::BREACH, kBreachCode,
                   {scene.HandOf(scene.market(), Department::kRisk)});
}

Result<void> EndByRule(Scene& scene, const Match& match) {
  return Terminate(scene, match, CopayTerminate::REGULATORY, kRuleCode,
                   {scene.Compliance(scene.Who(match, "lender"))});
}

Result<void> EndAsPaid(Scene& scene, const Match& match) {
  return Terminate(scene, match, CopayTerminate::PAID, 0, {scene.Ops(scene.market())});
}

Result<void> Demand(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing agreement, scene.Find(match, "agreement"));
  return scene.Submit(acts::DemandPayment(agreement.id, scene.NewDigest("notice")),
                      {scene.Credit(scene.Who(match, "lender"))});
}

// The newest agreement by which that co-payer stands for that borrower.
Result<Thing> AgreementBetween(Scene& scene, const Member& co_payer, const Member& borrower) {
  const std::vector<Thing> all = scene.AllOf(Kind::kAgreement, co_payer);
  for (auto agreement = all.rbegin(); agreement != all.rend(); ++agreement) {
    AVAL_TRY(const boost::json::value record, scene.Read("agreement", {agreement->id.Hex()}));
    AVAL_TRY(const Member* whose, MemberIn(scene, record, "borrower"));
    if (whose == &borrower) return *agreement;
  }
  return Error{.code = Code::kNotFound,
               .message = co_payer.name + " stands for nothing of " + borrower.name + "'s"};
}

Result<void> PayBack(Scene& scene, const Match& match) {
  const Member& borrower = scene.Who(match, "borrower");
  const Member& co_payer = scene.Who(match, "copayer");
  AVAL_TRY(const Thing agreement, AgreementBetween(scene, co_payer, borrower));
  std::vector<Hand> hands{scene.HandOf(borrower), scene.HandOf(co_payer)};
  if (match.Has("bank")) hands = {scene.Ops(scene.Who(match, "bank"))};
  return scene.Submit(acts::RepayCoPayer({.id = scene.NewId("recourse-payment"),
                                          .agreement = agreement.id,
                                          .amount = InCurrency(match.Amount("amount")),
                                          .reference = scene.NewDigest("bank-record")}),
                      hands);
}

Result<void> Forgive(Scene& scene, const Match& match) {
  const Member& co_payer = scene.Who(match, "copayer");
  AVAL_TRY(const Thing agreement, AgreementBetween(scene, co_payer, scene.Who(match, "borrower")));
  return scene.Submit(acts::ForgiveClaim(agreement.id, match.Amount("amount")),
                      {scene.HandOf(co_payer)});
}

constexpr std::array kSentences{
    Sentence{.pattern = "{borrower:person} invites {invitee:person} to bear {share:percent} of "
                        "instalment[s] {numbers:numbers} of {loan:loan}, up to {cap:amount}"
                        "[, as {mode=a third-party payer|a joint guarantor|a general guarantor|"
                        "a joining debtor}][, {joint=jointly}][, open until {last:date}]",
             .play = &Invite},
    Sentence{.pattern = "{borrower:person} changes what {invitation:invitation} discloses",
             .play = &Disclose},
    Sentence{.pattern = "{invitee:person} declines {invitation:invitation}", .play = &Decline},
    Sentence{.pattern = "{borrower:person} withdraws {invitation:invitation}", .play = &TakeBack},
    Sentence{.pattern = "{invitee:person} accepts {invitation:invitation}[ until {last:date}], to "
                        "be debited at {bank:institution}",
             .play = &Accept},
    Sentence{.pattern = "{invitee:person} accepts {invitation:invitation}[ until {last:date}], to "
                        "be debited at {bank:institution}, and all endorse it",
             .play = &AcceptForAll},
    Sentence{.pattern = "{by:institution} endorses {agreement:agreement}", .play = &EndorseBy},
    Sentence{.pattern = "{by:institution} rejects {agreement:agreement}", .play = &Reject},
    Sentence{.pattern = "{bank:institution} joins {agreement:agreement}", .play = &Join},
    Sentence{.pattern = "{copayer:person} withdraws from {agreement:agreement}", .play = &Withdraw},
    Sentence{.pattern = "{copayer:person} and Mercado end {agreement:agreement}",
             .play = &EndTogether},
    Sentence{.pattern = "Mercado ends {agreement:agreement} for breach", .play = &EndForBreach},
    Sentence{.pattern = "{lender:institution} ends {agreement:agreement} by a rule of its "
                        "regulator",
             .play = &EndByRule},
    Sentence{.pattern = "Mercado ends {agreement:agreement}, which is paid", .play = &EndAsPaid},
    Sentence{.pattern = "{lender:institution} demands payment under {agreement:agreement}",
             .play = &Demand},
    Sentence{.pattern = "{borrower:person} pays {amount:amount} back to {copayer:person}"
                        "[ through {bank:institution}]",
             .play = &PayBack},
    Sentence{.pattern = "{copayer:person} forgives {borrower:person} {amount:amount}",
             .play = &Forgive},
};

}  // namespace

Result<Thing> InviteCoPayer(Scene& scene, const Invited& invited) {
  const ledger::Id id = scene.NewId("invitation");
  AVAL_CHECK(scene.Submit(acts::InviteCoPayer({.invitation = id,
                                               .loan = invited.loan.id,
                                               .invitee = invited.invitee->id,
                                               .instalments = invited.instalments,
                                               .share_ppm = invited.share_ppm,
                                               .cap = InCurrency(invited.cap),
                                               .mode = invited.mode,
                                               .terms = scene.NewDigest("copay-terms"),
                                               .disclosure = scene.NewDigest("copay-disclosure"),
                                               .expiry = invited.expiry,
                                               .joint = invited.joint}),
                          {scene.HandOf(*invited.borrower)}));
  scene.Name(Kind::kInvitation, id, *invited.invitee);
  return scene.Newest(Kind::kInvitation, *invited.invitee);
}

Result<Thing> AcceptInvitation(Scene& scene, const Thing& invitation, const Member& bank,
                               ledger::Day last_day) {
  const Member& co_payer = scene.Who(invitation.owner);
  AVAL_TRY(const boost::json::value record, scene.Read(invitation));
  acts::Acceptance acceptance{.agreement = scene.NewId("agreement"),
                              .invitation = invitation.id,
                              .terms = {},
                              .disclosure = {},
                              .bank = bank.id,
                              .account = scene.NewDigest("account"),
                              .last_day = last_day};
  AVAL_TRY(acceptance.terms, JsonDigest(record, "terms"));
  AVAL_TRY(acceptance.disclosure, JsonDigest(record, "disclosure"));
  AVAL_TRY(acceptance.mode, ModeIn(record));
  AVAL_CHECK(scene.Submit(acts::AcceptInvitation(acceptance), {scene.HandOf(co_payer)}));
  scene.Name(Kind::kAgreement, acceptance.agreement, co_payer);
  return scene.Newest(Kind::kAgreement, co_payer);
}

Result<void> EndorseByAll(Scene& scene, const Thing& agreement) {
  const Member& bureau = scene.Who("Bureau");
  const Member& co_payer = scene.Who(agreement.owner);
  AVAL_CHECK(AttestCapacity(scene, bureau, co_payer, kCapacity, scene.today().Plus(kCapacityDays)));
  AVAL_CHECK(Endorse(scene, agreement, bureau));
  AVAL_TRY(const boost::json::value record, scene.Read("agreement", {agreement.id.Hex()}));
  AVAL_TRY(const ledger::Id loan, JsonId(record, "loan"));
  AVAL_TRY(const Member* lead, LeadLender(scene, {.kind = Kind::kPurchase, .id = loan}));
  AVAL_CHECK(Endorse(scene, agreement, *lead));
  AVAL_TRY(const Member* bank, MemberIn(scene, record, "bank"));
  return JoinMandate(scene, agreement, *bank);
}

std::span<const Sentence> CopaySentences() { return kSentences; }

}  // namespace aval::cli::story
