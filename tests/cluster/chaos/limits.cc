#include "tests/cluster/chaos/limits.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "cli/act_signing.h"
#include "cli/bench/purchases.h"
#include "cli/demo/derived.h"
#include "cli/demo/purchases_file.h"
#include "cli/demo/sales.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/record/parties.h"
#include "ledger/types.h"
#include "ledger/wire.h"
#include "tests/cluster/chaos/nodes.h"
#include "tests/cluster/linearizability.h"

namespace aval::chaos {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

// The smallest with floor(old * factor) = value. It exists because no step of one ppm leaps over a
// value.
std::uint32_t FactorPpm(std::int64_t old, std::int64_t value) {
  static_assert(Limits::kFirst <= kMillion);
  return static_cast<std::uint32_t>((value * kMillion + old - 1) / old);
}

}  // namespace

Result<std::unique_ptr<Limits>> Limits::Prepare(const Nodes& nodes, std::size_t count,
                                                ledger::Day day, const std::atomic<bool>& stop) {
  auto limits = std::unique_ptr<Limits>(new Limits(nodes.network(), day, count));
  SystemRandom random;
  std::vector<cli::demo::PurchaseRow> rows = cli::bench::MakeRows(count, day, random);
  for (cli::demo::PurchaseRow& row : rows) {
    row.value.minor = kFirst;
    const ledger::Id id = cli::demo::GrantOf(row);
    limits->grants_.push_back({.key = ToHex(id.bytes), .id = id, .lender = cli::demo::BankOf(row)});
  }
  std::vector<Bytes> acts{cli::demo::RollTo(day, nodes.network(), random)};
  cli::demo::DayOfActs granted = cli::demo::SellOn(day, rows, nodes.network(), random);
  std::ranges::move(granted.first, std::back_inserter(acts));
  for (std::vector<Bytes>& chain : granted.chains) {
    std::ranges::move(chain, std::back_inserter(acts));
  }
  AVAL_CHECK(cli::bench::DecideInOrder(nodes.clients(), std::move(acts), stop));
  return limits;
}

cluster::InitialValues Limits::first_values() const {
  cluster::InitialValues values;
  for (const Grant& grant : grants_) values.emplace(grant.key, kFirst);
  return values;
}

Limits::Write Limits::Next(std::size_t grant) {
  Values& values = values_[grant];
  Write write;
  // In this order: what was seen has been asked for before, so it is higher.
  const std::int64_t old = values.seen;
  write.value = values.asked.fetch_sub(1) - 1;
  AVAL_ASSERT(write.value >= 0 && write.value < old);
  write.envelope = Sign(grants_[grant], write.value, FactorPpm(old, write.value));
  return write;
}

// One lender may not raise a limit, and nobody may set it to what it is.
Bytes Limits::Mark(std::size_t grant) const {
  return Sign(grants_[grant], kFirst, static_cast<std::uint32_t>(kMillion));
}

Bytes Limits::Sign(const Grant& grant, std::int64_t limit, std::uint32_t factor_ppm) const {
  act::v1::Act act;
  act::v1::LimitAdjust& adjust = *act.mutable_limit_adjust();
  adjust.set_grant(ledger::ToWire(grant.id));
  adjust.set_limit(limit);
  adjust.set_factor_ppm(factor_ppm);
  adjust.set_reason(1);
  const auto key = network_.InstitutionKey(grant.lender, ledger::Department::kCredit);
  AVAL_ASSERT(key.has_value());
  SystemRandom random;
  return cli::SignAct(std::move(act), network_.origin(), last_valid_day_,
                      {{.signer = {.party = ledger::PartyId::Institution(grant.lender),
                                   .department = ledger::Department::kCredit},
                        .key = *key}},
                      random);
}

void Limits::Saw(std::size_t grant, std::int64_t value) { values_[grant].seen = value; }

}  // namespace aval::chaos
