#include "tests/golden/operations.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "ledger/arithmetic/caps.h"
#include "ledger/arithmetic/copay.h"
#include "ledger/arithmetic/dates.h"
#include "ledger/arithmetic/early.h"
#include "ledger/arithmetic/limits.h"
#include "ledger/arithmetic/money.h"
#include "ledger/arithmetic/penalty.h"
#include "ledger/arithmetic/refund.h"
#include "ledger/arithmetic/schedule.h"
#include "ledger/arithmetic/split.h"
#include "ledger/arithmetic/waterfall.h"
#include "ledger/rules/guarantee_graph.h"

namespace aval::golden {

namespace {

namespace json = boost::json;
namespace arithmetic = ledger::arithmetic;
using arithmetic::Refusal;
using ledger::Amount;
using ledger::Day;

// ---- Words of the file.

template <class Enum>
Enum Named(std::string_view name, std::initializer_list<std::pair<std::string_view, Enum>> names) {
  for (const auto& [known, value] : names) {
    if (known == name) return value;
  }
  throw std::invalid_argument("unknown name " + std::string(name));
}

arithmetic::Rounding RoundingOf(Arguments& in) {
  using enum arithmetic::Rounding;
  return Named<arithmetic::Rounding>(
      in.Text("mode", "HALF_UP"),
      {{"HALF_UP", kHalfUp}, {"HALF_EVEN", kHalfEven}, {"DOWN", kDown}});
}

arithmetic::SplitMode SplitModeOf(Arguments& in, std::string_view argument) {
  using enum arithmetic::SplitMode;
  return Named<arithmetic::SplitMode>(
      in.Text(argument, "FLOOR_LAST"),
      {{"FLOOR_LAST", kFloorLast}, {"SPREAD_FIRST", kSpreadFirst}, {"NEAREST_LAST", kNearestLast}});
}

arithmetic::DayCount DayCountOf(Arguments& in) {
  using enum arithmetic::DayCount;
  return Named<arithmetic::DayCount>(
      in.Text("conv", "MONTH12"),
      {{"MONTH12", kMonth12}, {"ACT365F", kAct365F}, {"ACT360", kAct360}, {"30E360", k30E360}});
}

arithmetic::ScheduleTerms TermsOf(Arguments& in, std::string_view rate) {
  arithmetic::ScheduleTerms terms{
      .principal = in.Money("P"),
      .instalments = in.Uint("n", Refusal::kCount),
      .rate_ppm = in.Uint(rate, Refusal::kRate),
      .free_instalments = in.Uint("free_m", Refusal::kFreeInstalments, 0),
      .min_instalment = in.Money("min_instalment", 0),
      .split = SplitModeOf(in, "split"),
      .rounding = RoundingOf(in),
      .payment_multiple = in.Int("multiple", 1),
      .day_count = DayCountOf(in),
  };
  if (in.Has("start")) terms.start = in.Date("start");
  if (in.Has("dues")) terms.dues = in.Dates("dues");
  return terms;
}

// ---- Results in the form of the file.

json::value ToJson(bool value) { return value; }
json::value ToJson(Amount amount) { return amount.minor; }
json::value ToJson(Day day) { return json::string(day.Text()); }

template <class T>
json::value ToJson(const std::vector<T>& values) {
  json::array array;
  for (const auto value : values) array.push_back(ToJson(value));
  return array;
}

json::value RowsToJson(const std::vector<arithmetic::ScheduleRow>& rows, std::string_view charge,
                       Amount arithmetic::ScheduleRow::* component) {
  json::array array;
  for (const auto& row : rows) {
    array.push_back({{"k", array.size() + 1},
                     {"principal", row.principal.minor},
                     {charge, (row.*component).minor},
                     {"subsidy", row.subsidy.minor},
                     {"due", row.Due().minor},
                     {"balance", row.balance.minor}});
  }
  return array;
}

constexpr std::array<std::pair<std::string_view, Amount arithmetic::Components::*>, 5> kComponents{{
    {"cost", &arithmetic::Components::cost},
    {"penalty", &arithmetic::Components::penalty},
    {"fee", &arithmetic::Components::fee},
    {"interest", &arithmetic::Components::interest},
    {"principal", &arithmetic::Components::principal},
}};

arithmetic::Components ComponentsOf(const json::value& instalment) {
  arithmetic::Components components;
  for (const auto& [name, value] : instalment.as_object()) {
    const auto known = std::find_if(kComponents.begin(), kComponents.end(),
                                    [&name = name](const auto& one) { return one.first == name; });
    if (known == kComponents.end()) throw std::invalid_argument("unknown component");
    components.*(known->second) = {value.to_number<std::int64_t>()};
  }
  return components;
}

// Only what is paid.
json::value ToJson(const arithmetic::Components& components) {
  json::object object;
  for (const auto& [name, component] : kComponents) {
    if ((components.*component).minor != 0) object[name] = (components.*component).minor;
  }
  return object;
}

// The value, or the refusal as the case's answer.
template <class T>
T Value(arithmetic::Computed<T> outcome) {
  if (!outcome) throw Refused{outcome.error()};
  return *std::move(outcome);
}

// ---- Operations, in the order of domain.md section 3.

json::value MulDiv(Arguments& in) {
  return Value(
      arithmetic::MulDiv(in.Int("a"), {.num = in.Int("b"), .den = in.Int("d")}, RoundingOf(in)));
}

json::value Add64(Arguments& in) {
  return ToJson(Value(arithmetic::Add(in.Money("a"), in.Money("b"))));
}

json::value DueDates(Arguments& in) {
  return ToJson(Value(arithmetic::DueDays(in.Date("first"), in.Uint("n", Refusal::kCount))));
}

json::value DaysAct(Arguments& in) { return arithmetic::ActualDays(in.Date("a"), in.Date("b")); }

json::value Days30E360(Arguments& in) { return arithmetic::Days30E360(in.Date("a"), in.Date("b")); }

json::value Interest(Arguments& in) {
  const auto convention = DayCountOf(in);
  const auto day = [&in](std::string_view name) { return in.Has(name) ? in.Date(name) : Day{}; };
  const auto part = Value(arithmetic::YearPart(convention, day("a"), day("b")));
  return ToJson(Value(arithmetic::Interest(in.Money("bal"), in.Uint("annual_ppm", Refusal::kRate),
                                           part, RoundingOf(in))));
}

json::value Split(Arguments& in) {
  return ToJson(
      Value(arithmetic::SplitPrincipal(in.Money("P"), in.Uint("n", Refusal::kCount),
                                       SplitModeOf(in, "mode"), in.Money("min_instalment", 0))));
}

json::value FeeFlat(Arguments& in) {
  const auto rows = Value(arithmetic::FlatFeeSchedule(TermsOf(in, "fee_ppm")));
  return RowsToJson(rows, "fee", &arithmetic::ScheduleRow::fee);
}

json::value EqualPrincipal(Arguments& in) {
  const auto rows = Value(arithmetic::EqualPrincipalSchedule(TermsOf(in, "annual_ppm")));
  return RowsToJson(rows, "interest", &arithmetic::ScheduleRow::interest);
}

json::value AnnuityPayment(Arguments& in) {
  return ToJson(Value(arithmetic::AnnuityPayment(TermsOf(in, "annual_ppm"))));
}

json::value AnnuitySchedule(Arguments& in) {
  const auto annuity = Value(arithmetic::AnnuitySchedule(TermsOf(in, "annual_ppm")));
  return {{"payment", annuity.payment.minor},
          {"rows", RowsToJson(annuity.rows, "interest", &arithmetic::ScheduleRow::interest)}};
}

// A flat-fee loan of which the first instalments are billed and paid.
struct PartlyPaid {
  arithmetic::ScheduleTerms terms;
  std::vector<arithmetic::ScheduleRow> rows;
  std::size_t paid = 0;

  std::span<const arithmetic::ScheduleRow> Left() const { return std::span(rows).subspan(paid); }
};

PartlyPaid PartlyPaidOf(Arguments& in) {
  PartlyPaid loan{.terms = TermsOf(in, "fee_ppm"), .rows = {}};
  loan.rows = Value(arithmetic::FlatFeeSchedule(loan.terms));
  loan.paid = in.Uint("paid_k", Refusal::kOperand);
  if (loan.paid > loan.rows.size()) throw Refused{Refusal::kOperand};
  return loan;
}

json::value EarlyQuoteFee(Arguments& in) {
  using enum arithmetic::EarlyCharges;
  const PartlyPaid loan = PartlyPaidOf(in);
  std::vector<arithmetic::FutureInstalment> future;
  for (const auto& row : loan.Left()) {
    future.push_back({.principal = row.principal, .charge = row.fee});
  }
  const auto quote = Value(arithmetic::QuoteEarly(
      future, {.charges = Named<arithmetic::EarlyCharges>(in.Text("mode_fee", "WAIVE_FUTURE"),
                                                          {{"WAIVE_FUTURE", kWaiveFuture},
                                                           {"CURRENT_ONLY", kCurrentOnly},
                                                           {"CHARGE_REMAINING", kChargeRemaining}}),
               .prepay_ppm = in.Uint("prepay_ppm", Refusal::kRate, 0)}));
  return {{"principal", quote.principal.minor},
          {"fee", quote.charges.minor},
          {"prepay_fee", quote.prepay_fee.minor},
          {"total", quote.Total().minor}};
}

json::value RefundFeeFlat(Arguments& in) {
  const PartlyPaid loan = PartlyPaidOf(in);
  const Amount principal = loan.terms.principal;
  const Amount refund = in.Money("R");
  std::vector<Amount> unpaid;
  for (const auto& row : loan.Left()) unpaid.push_back(row.principal);
  const auto reduction = Value(arithmetic::ReducePrincipal(unpaid, principal, refund));
  const Amount fee =
      Value(arithmetic::FlatFee({principal.minor - refund.minor}, loan.terms.rate_ppm));
  json::array rows;
  for (std::size_t i = 0; i < unpaid.size(); ++i) {
    const std::int64_t left = unpaid[i].minor - reduction.off[i].minor;
    const std::int64_t charged = left == 0 ? 0 : fee.minor;
    rows.push_back(
        {{"k", loan.paid + i + 1}, {"principal", left}, {"fee", charged}, {"due", left + charged}});
  }
  // All of it given back: what was paid for it goes, too.
  std::int64_t paid_fees = 0;
  for (std::size_t i = 0; i < loan.paid; ++i) paid_fees += loan.rows[i].fee.minor;
  return {{"rows", rows},
          {"overpay_principal", reduction.excess.minor},
          {"fee_refund", refund == principal ? paid_fees : 0}};
}

json::value Penalty(Arguments& in) {
  const arithmetic::PenaltyRate rate{.ppm_per_day = in.Uint("ppm", Refusal::kOperand),
                                     .min_per_day = in.Money("min_per_day", 0)};
  return ToJson(Value(arithmetic::Penalty(in.Money("base"), rate, in.Int("days"))));
}

json::value Dpd(Arguments& in) {
  return arithmetic::DaysPastDue(in.Date("due"), in.Date("today"),
                                 in.Uint("grace", Refusal::kOperand, 0));
}

json::value Bucket(Arguments& in) { return arithmetic::Bucket(in.Int("d")); }

json::value Hamilton(Arguments& in) {
  return ToJson(Value(arithmetic::LargestRemainder(in.Money("total"), in.Ints("weights"))));
}

json::value RepaySplit(Arguments& in) {
  auto left = in.Amounts("outstanding");
  json::array steps;
  for (const Amount payment : in.Amounts("payments")) {
    const auto parts = Value(arithmetic::SplitRepayment(payment, left));
    for (std::size_t i = 0; i < left.size(); ++i) left[i].minor -= parts[i].minor;
    steps.push_back({{"pay", payment.minor}, {"split", ToJson(parts)}, {"left", ToJson(left)}});
  }
  return steps;
}

json::value CopaySplit(Arguments& in) {
  const auto shares = in.Uints("weights_ppm", Refusal::kOperand);
  const auto caps = in.Amounts("caps");
  if (shares.size() != caps.size()) throw Refused{Refusal::kOperand};
  std::vector<arithmetic::CopayPromise> promises;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    promises.push_back({.share_ppm = shares[i], .cap = caps[i], .joint = in.Flag("joint")});
  }
  const auto split = Value(arithmetic::SplitCopay(in.Money("due"), promises));
  return {{"copayers", ToJson(split.copayers)}, {"borrower", split.borrower.minor}};
}

json::value RecourseApply(Arguments& in) {
  auto claims = in.Amounts("claims");
  const auto split =
      Value(arithmetic::SplitRecourse(in.Money("pay"), in.Money("lender_out"), claims));
  for (std::size_t i = 0; i < claims.size(); ++i) claims[i].minor -= split.claims[i].minor;
  return {{"lenders", split.lenders.minor},
          {"copayers", ToJson(split.claims)},
          {"unapplied", split.unapplied.minor},
          {"claims_left", ToJson(claims)}};
}

// Parties have names here, whose order is that of the ids.
ledger::PartyId PartyOf(std::string_view name) {
  ledger::PartyId party;
  if (name.size() > party.id.bytes.size()) throw std::invalid_argument("a name is too long");
  std::ranges::copy(name, party.id.bytes.begin());
  return party;
}

json::value WouldCycle(Arguments& in) {
  std::map<ledger::PartyId, std::set<ledger::PartyId>> edges;
  for (const auto& edge : in.At("edges").as_array()) {
    const auto& ends = edge.as_array();
    edges[PartyOf(ends.at(0).as_string())].insert(PartyOf(ends.at(1).as_string()));
  }
  const auto debtors_of = [&edges](const ledger::PartyId& party) {
    const auto& debtors = edges[party];
    return std::vector<ledger::PartyId>(debtors.begin(), debtors.end());
  };
  const auto reach = ledger::rules::WouldCycle(
      PartyOf(in.At("u").as_string()), PartyOf(in.At("v").as_string()), debtors_of,
      {.depth = in.Uint("depth", Refusal::kOperand, 6),
       .budget = in.Uint("budget", Refusal::kOperand, 256)});
  using Kind = ledger::rules::GuaranteeReach::Kind;
  switch (reach.kind) {
    case Kind::kFree:
      return "OK";
    case Kind::kSelf:
      return "SELF";
    case Kind::kCycle:
      return json::string("CYCLE:" + std::to_string(reach.length));
    case Kind::kDepth:
      return "DEPTH";
    case Kind::kBudget:
      return "BUDGET";
  }
  throw std::logic_error("no such reach");
}

json::value Waterfall(Arguments& in) {
  using enum arithmetic::WaterfallOrder::Scan;
  std::vector<arithmetic::Components> unpaid;
  for (const auto& instalment : in.At("insts").as_array()) {
    unpaid.push_back(ComponentsOf(instalment));
  }
  const auto switch_dpd = in.Uint("switch_dpd", Refusal::kOperand, 90);
  const auto result = Value(arithmetic::Waterfall(
      in.Money("pay"), unpaid,
      {.scan = Named<arithmetic::WaterfallOrder::Scan>(
           in.Text("scan", "BY_INSTALMENT"),
           {{"BY_INSTALMENT", kByInstalment}, {"BY_COMPONENT", kByComponent}}),
       .principal_first = arithmetic::PrincipalFirst(in.Int("dpd_now"), switch_dpd)}));
  json::array allocation;
  for (const auto& paid : result.paid) allocation.push_back(ToJson(paid));
  return {{"alloc", allocation}, {"unapplied", result.unapplied.minor}};
}

json::value CapSimple(Arguments& in) {
  return arithmetic::WithinSimpleCap(in.Money("charges"), in.Int("principal_days"),
                                     in.Uint("cap_ppm", Refusal::kRate));
}

json::value CapIrr(Arguments& in) {
  return arithmetic::WithinIrrCap(in.Money("P"), in.Amounts("pays"),
                                  in.Uint("cap_ppm", Refusal::kRate));
}

json::value Irr12(Arguments& in) {
  return Value(arithmetic::Irr12Ppm(in.Money("P"), in.Amounts("pays")));
}

json::value MaxFlatFee(Arguments& in) {
  return Value(arithmetic::MaxFlatFee(in.Uint("n", Refusal::kCount),
                                      in.Uint("cap_ppm", Refusal::kRate),
                                      in.Money("P", arithmetic::kMaxAmount.minor)));
}

json::value Joint(Arguments& in) {
  return ToJson(arithmetic::PartnerFloor(in.Uints("shares_ppm", Refusal::kOperand),
                                         in.Uint("partner_min_ppm", Refusal::kOperand, 300'000)));
}

json::value RatioOk(Arguments& in) {
  return arithmetic::WithinRatio(in.Money("num"), in.Money("den"),
                                 in.Uint("cap_ppm", Refusal::kOperand));
}

json::value Tier(Arguments& in) {
  return Value(arithmetic::TierOf(in.Uint("score", Refusal::kOperand),
                                  in.Uints("edges", Refusal::kOperand)));
}

json::value AdjustLimit(Arguments& in) {
  return ToJson(Value(arithmetic::AdjustLimit(
      in.Money("old"), {.factor_ppm = in.Uint("factor_ppm", Refusal::kOperand),
                        .floor = in.Money("lo"),
                        .ceiling = in.Money("hi"),
                        .step = in.Money("step", 1)})));
}

json::value Avail(Arguments& in) {
  return ToJson(arithmetic::Available(
      {.granted = in.Money("granted"), .used = in.Money("used"), .frozen = in.Money("frozen", 0)}));
}

struct Operation {
  std::string_view name;
  json::value (*run)(Arguments& in);
};

constexpr std::array kOperations{
    Operation{"mul_div", MulDiv},
    Operation{"add64", Add64},
    Operation{"due_dates", DueDates},
    Operation{"days_act", DaysAct},
    Operation{"days_30e360", Days30E360},
    Operation{"interest", Interest},
    Operation{"split", Split},
    Operation{"sched_fee_flat", FeeFlat},
    Operation{"sched_equal_principal", EqualPrincipal},
    Operation{"annuity_payment", AnnuityPayment},
    Operation{"sched_annuity", AnnuitySchedule},
    Operation{"early_quote_fee", EarlyQuoteFee},
    Operation{"refund_fee_flat", RefundFeeFlat},
    Operation{"penalty", Penalty},
    Operation{"dpd", Dpd},
    Operation{"bucket", Bucket},
    Operation{"hamilton", Hamilton},
    Operation{"repay_split", RepaySplit},
    Operation{"copay_split", CopaySplit},
    Operation{"waterfall", Waterfall},
    Operation{"recourse_apply", RecourseApply},
    Operation{"would_cycle", WouldCycle},
    Operation{"cap_simple_ok", CapSimple},
    Operation{"cap_irr_ok", CapIrr},
    Operation{"irr12_ppm", Irr12},
    Operation{"max_flat_fee", MaxFlatFee},
    Operation{"joint_ok", Joint},
    Operation{"ratio_ok", RatioOk},
    Operation{"tier_of", Tier},
    Operation{"adjust_limit", AdjustLimit},
    Operation{"avail", Avail},
};

}  // namespace

std::optional<json::object> Answer(std::string_view operation, Arguments& arguments) {
  const auto* const known =
      std::find_if(kOperations.begin(), kOperations.end(),
                   [operation](const Operation& one) { return one.name == operation; });
  if (known == kOperations.end()) return std::nullopt;
  try {
    return json::object{{"ok", known->run(arguments)}};
  } catch (const Refused& refused) {
    return json::object{{"error", arithmetic::RefusalCode(refused.refusal)}};
  }
}

}  // namespace aval::golden
