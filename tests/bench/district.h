#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ledger/machine.h"
#include "ledger/state/overlay.h"
#include "ledger/state/store.h"
#include "tests/bench/district_acts.h"

namespace aval::bench {

/// Lets the people of one district do what district_plan.h has for them, by real acts: they are
/// registered, attested for, granted credit, buy, pay and fall behind; some are helped, refunded,
/// in dispute, or have ordered what is not sent yet.
class District {
 public:
  explicit District(const BookNames& names) : acts_(names) {}

  const BookNames& names() const { return acts_.names(); }
  /// Nonces are numbered from 0 up to here.
  std::uint32_t nonces() const { return acts_.nonces(); }

  /// All acts of a day, in their order; `state` is that of the day's beginning, all that is due
  /// done. To be asked once for each day, from the first to kBookDay.
  std::vector<Envelope> ActsOf(ledger::Day day, const ledger::Overlay& state);

 private:
  void Begin(std::vector<Envelope>& acts);
  void GrantCredit(std::uint32_t person, std::vector<Envelope>& acts);
  void Buy(std::vector<Envelope>& acts);
  void Order(std::vector<Envelope>& acts);
  void Pay(const ledger::Overlay& state, std::vector<Envelope>& acts);
  void Help(std::vector<Envelope>& acts);
  void Collect(std::vector<Envelope>& acts);
  void Quarrel(std::vector<Envelope>& acts);

  DistrictActs acts_;
};

/// Numbers of a district's attestations: three of each person, and a co-payer's second one.
std::uint32_t EvidenceNumber(std::uint32_t person, std::uint32_t which);
std::uint32_t CapacityNumber(std::uint32_t co_payer);

/// The purchase that becomes a loan.
DistrictActs::Order OrderOf(const PlannedLoan& loan);

/// Applies every act to the machine, day by day, sweeping and rolling, up to the end of kBookDay.
/// Several districts act one after the other on each day. `day_begins` is called with the size of
/// the log where each day begins. Stops the run where an act is refused.
using DayBegins = std::function<void(std::uint64_t size)>;
void RunDistricts(std::vector<District>& districts, ledger::Machine& machine, ledger::Store& store,
                  const DayBegins& day_begins);

}  // namespace aval::bench
