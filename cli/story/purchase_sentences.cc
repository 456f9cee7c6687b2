// Purchases: between borrower, platform and supplier.

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "cli/acts/purchases.h"
#include "cli/json.h"
#include "cli/story/copay_steps.h"
#include "cli/story/sentence.h"
#include "cli/story/terms.h"
#include "ledger/arithmetic/dates.h"

namespace aval::cli::story {
namespace {

using act::v1::DisputeResolve;
using ledger::Department;

constexpr std::uint32_t kReason = 1;
constexpr std::int64_t kKeptDays = 7;

// What the sentence says of an order; the rest as it is without words.
Result<acts::Order> OrderOf(Scene& scene, const Match& match) {
  const Member& buyer = scene.Who(match, "buyer");
  AVAL_TRY(const Thing grant, scene.Newest(Kind::kGrant, buyer));
  const auto month_later = ledger::arithmetic::DueDay(scene.today(), 1);
  if (!month_later) return Error{.code = Code::kInvalidArgument, .message = "no month follows"};
  return acts::Order{
      .purchase = scene.NewId("purchase"),
      .grant = grant.id,
      .supplier = scene.Who(match, "supplier").id,
      .order = scene.NewDigest("order"),
      .scenario = kRetail,
      .product = ProductOf(match.Has("plan") ? match.Text("plan") : "flat"),
      .amount = InCurrency(match.Amount("price")),
      .instalments = match.Has("n") ? match.Count("n") : 1,
      .first_due = match.Has("due") ? match.Date("due") : *month_later,
      .expiry = match.Has("kept") ? match.Date("kept") : scene.today().Plus(kKeptDays),
      .disclosure = scene.NewDigest("purchase-disclosure")};
}

Result<void> Authorise(Scene& scene, const Match& match, const acts::Order& order) {
  const Member& buyer = scene.Who(match, "buyer");
  AVAL_CHECK(scene.Submit(acts::AuthorisePurchase(order),
                          {scene.HandOf(buyer), scene.Ops(scene.market())}));
  scene.Name(Kind::kPurchase, order.purchase, buyer);
  return {};
}

Result<void> CaptureAll(Scene& scene, const ledger::Id& purchase, ledger::Amount amount) {
  return scene.Submit(acts::CapturePurchase(purchase, amount, scene.NewDigest("shipment")),
                      {scene.Ops(scene.market())});
}

Result<void> Order(Scene& scene, const Match& match) {
  AVAL_TRY(const acts::Order order, OrderOf(scene, match));
  return Authorise(scene, match, order);
}

// Authorised and captured at once; a co-payer, who stands for all instalments, signs the same day.
Result<void> Buy(Scene& scene, const Match& match) {
  AVAL_TRY(const acts::Order order, OrderOf(scene, match));
  AVAL_CHECK(Authorise(scene, match, order));
  AVAL_CHECK(CaptureAll(scene, order.purchase, order.amount.amount));
  if (!match.Has("copayer")) return {};
  const Member& buyer = scene.Who(match, "buyer");
  AVAL_TRY(const Thing loan, scene.Newest(Kind::kPurchase, buyer));
  std::vector<std::uint32_t> numbers(order.instalments);
  std::iota(numbers.begin(), numbers.end(), 1U);
  AVAL_TRY(const Thing invitation, InviteCoPayer(scene, {.borrower = &buyer,
                                                         .invitee = &scene.Who(match, "copayer"),
                                                         .loan = loan,
                                                         .instalments = std::move(numbers),
                                                         .share_ppm = match.Percent("share"),
                                                         .cap = match.Amount("cap"),
                                                         .expiry = scene.today()}));
  AVAL_TRY(const Thing agreement, AcceptInvitation(scene, invitation, scene.Who("Bank B"),
                                                   scene.today().Plus(kAgreementDays)));
  return EndorseByAll(scene, agreement);
}

Result<void> BuyByBullet(Scene& scene, const Match& match) {
  AVAL_TRY(acts::Order order, OrderOf(scene, match));
  order.product = ProductOf("bullet");
  AVAL_CHECK(Authorise(scene, match, order));
  return CaptureAll(scene, order.purchase, order.amount.amount);
}

Result<void> Prepay(Scene& scene, const Match& match) {
  AVAL_TRY(acts::Order order, OrderOf(scene, match));
  order.scenario = kPrepaid;
  order.release_days = match.Dates("days");
  AVAL_CHECK(Authorise(scene, match, order));
  return CaptureAll(scene, order.purchase, order.amount.amount);
}

Result<void> Capture(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing purchase, scene.Find(match, "purchase"));
  if (match.Has("amount")) return CaptureAll(scene, purchase.id, match.Amount("amount"));
  AVAL_TRY(const boost::json::value record, scene.Read("purchase", {purchase.id.Hex()}));
  AVAL_TRY(const std::int64_t amount, JsonInteger(record, "amount"));
  return CaptureAll(scene, purchase.id, {amount});
}

Result<void> Void(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing purchase, scene.Find(match, "purchase"));
  return scene.Submit(acts::VoidPurchase(purchase.id, kReason), {scene.Ops(scene.market())});
}

std::vector<Hand> SupplierAndMarket(const Scene& scene, const Match& match) {
  return {scene.Ops(scene.Who(match, "supplier")), scene.Ops(scene.market())};
}

Result<void> Deliver(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing purchase, scene.Find(match, "purchase"));
  const std::uint32_t days = match.Has("days") ? match.Count("days") : 0;
  return scene.Submit(acts::ConfirmDelivery(purchase.id, scene.NewDigest("delivery"), days),
                      SupplierAndMarket(scene, match));
}

Result<void> Release(Scene& scene, const Match& match, const Hand& beside) {
  AVAL_TRY(const Thing purchase, scene.Find(match, "purchase"));
  return scene.Submit(
      acts::ReleaseEscrow(purchase.id, match.Count("step"), scene.NewDigest("proof")),
      {scene.Ops(scene.Who(match, "supplier")), beside});
}

Result<void> ReleaseByBorrower(Scene& scene, const Match& match) {
  return Release(scene, match, scene.HandOf(scene.Who(match, "buyer")));
}

Result<void> ReleaseByMarket(Scene& scene, const Match& match) {
  return Release(scene, match, scene.Ops(scene.market()));
}

Result<void> Assign(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing invoice, scene.Find(match, "invoice"));
  const Member& financier = scene.Who(match, "financier");
  return scene.Submit(acts::AssignReceivable(invoice.id, financier.id, match.Amount("price")),
                      {scene.HandOf(scene.Who(match, "supplier"), Department::kTreasury),
                       scene.Credit(financier), scene.Ops(scene.market())});
}

Result<void> Refund(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing purchase, scene.Find(match, "purchase"));
  return scene.Submit(acts::RefundPurchase({.refund = scene.NewId("refund"),
                                            .purchase = purchase.id,
                                            .amount = match.Amount("amount"),
                                            .reason = kReason}),
                      SupplierAndMarket(scene, match));
}

Result<void> PayBack(Scene& scene, const Match& match) {
  const Member& bank = scene.Who(match, "bank");
  return scene.Submit(acts::PayBack({.payment = scene.NewId("payment"),
                                     .participant = scene.Who(match, "person").id,
                                     .bank = bank.id,
                                     .amount = InCurrency(match.Amount("amount")),
                                     .reference = scene.NewDigest("bank-record")}),
                      {scene.Ops(scene.market()), scene.Ops(bank)});
}

Result<void> Dispute(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  const Member& opener = scene.Who(match, "opener");
  const ledger::Id id = scene.NewId("dispute");
  const bool person = opener.role == Role::kPerson;
  AVAL_CHECK(scene.Submit(acts::OpenDispute({.dispute = id,
                                             .loan = loan.id,
                                             .instalments = match.Numbers("numbers"),
                                             .grounds = scene.NewDigest("grounds"),
                                             .last_day = match.Date("last")}),
                          {person ? scene.HandOf(opener) : scene.Ops(opener)}));
  scene.Name(Kind::kDispute, id, opener);
  return {};
}

DisputeResolve::Outcome OutcomeOf(const Match& match) {
  const std::string_view text = match.Text("outcome");
  if (text == "upheld") return DisputeResolve::UPHELD;
  return text == "rejected" ? DisputeResolve::REJECTED : DisputeResolve::SPLIT;
}

Result<void> Resolve(Scene& scene, const Match& match, const std::vector<Hand>& hands) {
  AVAL_TRY(const Thing dispute, scene.Find(match, "dispute"));
  return scene.Submit(
      acts::ResolveDispute(dispute.id, OutcomeOf(match), scene.NewDigest("decision")), hands);
}

Result<void> Settle(Scene& scene, const Match& match) {
  const Member& other = scene.Who(match, "other");
  const bool person = other.role == Role::kPerson;
  return Resolve(scene, match,
                 {scene.Ops(scene.market()), person ? scene.HandOf(other) : scene.Ops(other)});
}

Result<void> Arbitrate(Scene& scene, const Match& match) {
  return Resolve(scene, match, {scene.HandOf(scene.Who(match, "arbiter"), Department::kLegal)});
}

constexpr std::array kSentences{
    Sentence{.pattern = "{buyer:person} buys for {price:amount} from {supplier:supplier} in "
                        "{n:count} instalments[ on the {plan=flat|first-free|interest-free|"
                        "market-sponsored|equal-principal|annuity} plan][, the first due on "
                        "{due:date}][, with {copayer:person} as co-payer for {share:percent} up to "
                        "{cap:amount}]",
             .play = &Buy},
    Sentence{.pattern = "{buyer:person} buys for {price:amount} from {supplier:supplier}, all due "
                        "on {due:date}",
             .play = &BuyByBullet},
    Sentence{.pattern = "{buyer:person} orders for {price:amount} from {supplier:supplier} in "
                        "{n:count} instalments[ on the {plan=flat|first-free|interest-free|"
                        "market-sponsored|equal-principal|annuity} plan][, the first due on "
                        "{due:date}][, kept until {kept:date}]",
             .play = &Order},
    Sentence{.pattern = "{buyer:person} prepays {price:amount} to {supplier:supplier} in {n:count} "
                        "instalments, released on {days:dates}",
             .play = &Prepay},
    Sentence{.pattern = "Mercado captures {purchase:purchase}[ for {amount:amount}]",
             .play = &Capture},
    Sentence{.pattern = "Mercado voids {purchase:purchase}", .play = &Void},
    Sentence{.pattern =
                 "{supplier:supplier} delivers {purchase:purchase}[, to be paid {days:count} "
                 "days later]",
             .play = &Deliver},
    Sentence{.pattern = "{supplier:supplier} and {buyer:person} release step {step:count} of "
                        "{purchase:purchase}",
             .play = &ReleaseByBorrower},
    Sentence{.pattern = "{supplier:supplier} and Mercado release step {step:count} of "
                        "{purchase:purchase}",
             .play = &ReleaseByMarket},
    Sentence{.pattern = "{supplier:supplier} assigns {invoice:invoice} to {financier:institution} "
                        "for {price:amount}",
             .play = &Assign},
    Sentence{.pattern = "{supplier:supplier} refunds {amount:amount} of {purchase:purchase}",
             .play = &Refund},
    Sentence{.pattern = "Mercado pays {amount:amount} back to {person:person} through "
                        "{bank:institution}",
             .play = &PayBack},
    Sentence{.pattern = "{opener:party} disputes instalment[s] {numbers:numbers} of {loan:loan} "
                        "until {last:date}",
             .play = &Dispute},
    Sentence{.pattern = "Mercado and {other:party} settle {dispute:dispute}: it is "
                        "{outcome=upheld|rejected|split}",
             .play = &Settle},
    Sentence{.pattern = "{arbiter:institution} decides {dispute:dispute}: it is "
                        "{outcome=upheld|rejected|split}",
             .play = &Arbitrate},
};

}  // namespace

std::span<const Sentence> PurchaseSentences() { return kSentences; }

}  // namespace aval::cli::story
