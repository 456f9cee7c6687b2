#include "ledger/rules/schedule.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/assert.h"
#include "base/result.h"
#include "ledger/arithmetic/caps.h"
#include "ledger/arithmetic/dates.h"
#include "ledger/arithmetic/schedule.h"
#include "ledger/rules/refusal.h"

namespace aval::ledger::rules {
namespace {

using Rows = std::vector<arithmetic::ScheduleRow>;

arithmetic::Computed<Rows> RowsOf(Method method, const arithmetic::ScheduleTerms& terms) {
  switch (method) {
    case Method::kFeeFlat:
      return arithmetic::FlatFeeSchedule(terms);
    case Method::kEqualPrincipal:
    case Method::kBullet:  // Of one part.
      return arithmetic::EqualPrincipalSchedule(terms);
    case Method::kAnnuity: {
      AVAL_TRY(arithmetic::Annuity annuity, arithmetic::AnnuitySchedule(terms));
      return std::move(annuity.rows);
    }
  }
  AVAL_ASSERT(false);
}

Instalment InstalmentOf(const Product& product, const arithmetic::ScheduleRow& row, Day due) {
  Instalment instalment;
  instalment.due = due;
  instalment.penalty_day = due;
  instalment.principal.due = row.principal;
  Component& charge = product.method == Method::kFeeFlat ? instalment.fee : instalment.interest;
  const Amount own = product.method == Method::kFeeFlat ? row.fee : row.interest;
  charge.due = {own.minor + row.subsidy.minor};
  charge.waived = row.subsidy;
  if (product.sponsor != Sponsor::kNone) instalment.subsidy = row.subsidy;
  return instalment;
}

bool WithinIrrCap(const std::vector<Instalment>& instalments, std::uint32_t cap_ppm) {
  Amount principal;
  std::vector<Amount> payments;
  for (const Instalment& instalment : instalments) {
    principal.minor += instalment.principal.due.minor;
    payments.push_back({instalment.principal.due.minor + instalment.fee.Unpaid().minor +
                        instalment.interest.Unpaid().minor});
  }
  return arithmetic::WithinIrrCap(principal, payments, cap_ppm);
}

bool WithinBulletCap(const Instalment& bullet, Day start, std::uint32_t cap_ppm) {
  const Amount charges{bullet.fee.Unpaid().minor + bullet.interest.Unpaid().minor};
  const Int128 principal_days =
      Int128{bullet.principal.due.minor} * arithmetic::ActualDays(start, bullet.due);
  return arithmetic::WithinSimpleCap(charges, principal_days, cap_ppm);
}

}  // namespace

Plan PlanInstalments(const Product& product, const Policy& pricing, const PlanTerms& terms) {
  const bool in_product =
      terms.instalments >= product.min_instalments && terms.instalments <= product.max_instalments;
  const bool bullet = product.method == Method::kBullet;
  if (!in_product || terms.instalments > pricing.max_instalments ||
      (bullet && terms.instalments != 1)) {
    return {.verdict = Verdict::kProduct};
  }
  const auto dues = arithmetic::DueDays(terms.first_due, terms.instalments);
  if (!dues) return {.verdict = Verdict::kDueDay};
  const auto day_count = bullet ? arithmetic::DayCount::kAct365F : arithmetic::DayCount::kMonth12;
  const auto rows = RowsOf(product.method, {.principal = terms.amount,
                                            .instalments = terms.instalments,
                                            .rate_ppm = product.rate_ppm,
                                            .free_instalments = product.free_instalments,
                                            .min_instalment = pricing.min_instalment,
                                            .day_count = day_count,
                                            .start = terms.start,
                                            .dues = *dues});
  if (!rows) return {.verdict = VerdictOf(rows.error())};
  // An annuity of very few units may end early; an instalment of nothing would never be paid.
  if (std::ranges::any_of(*rows, [](const auto& row) { return row.principal.minor < 1; })) {
    return {.verdict = Verdict::kMinInstalment};
  }

  Plan plan;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    plan.instalments.push_back(InstalmentOf(product, (*rows)[i], (*dues)[i]));
  }
  return plan;
}

bool WithinCostCap(Method method, const std::vector<Instalment>& instalments, Day start,
                   const Policy& in_force) {
  const std::uint32_t cap_ppm = in_force.cost_cap_irr_ppm;
  return method == Method::kBullet ? WithinBulletCap(instalments.front(), start, cap_ppm)
                                   : WithinIrrCap(instalments, cap_ppm);
}

}  // namespace aval::ledger::rules
