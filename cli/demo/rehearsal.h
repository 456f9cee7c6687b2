#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/demo/overdue.h"
#include "cli/demo/tally.h"
#include "crypto/ed25519.h"
#include "ledger/genesis.h"
#include "ledger/machine.h"
#include "ledger/record/refunds.h"
#include "ledger/rules/debt.h"
#include "ledger/state/overlay.h"
#include "ledger/state/store.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// The demo's acts, carried out in this process before the network has them: by it the workload
/// knows, to the last unit, what a party would ask its own node, such as what is due today. The
/// network may order the acts of one day otherwise; what belongs to one purchase keeps its order,
/// and so all amounts are the same.
///
/// Its own failures (a store's) are remembered: from then on it answers nothing, and Check says
/// why. Threads: one.
class Rehearsal {
 public:
  /// Begins the ledger on `store`, which is empty and outlives it.
  static Result<std::unique_ptr<Rehearsal>> Begin(const ledger::Genesis& genesis,
                                                  ledger::Store& store);

  /// Carries out an act that these keys have just signed, in this order. A day roll's sweep is done
  /// with it.
  void Apply(const Bytes& envelope, std::span<const crypto::PublicKey> keys);
  /// Ends the day: what is due is done, and what instalments have come to is noted.
  void EndDay();
  Result<void> Check() const;

  /// The loan as an act of today would find it: what is due has run, penalty is charged. Nothing
  /// when there is no such loan.
  std::optional<ledger::rules::Debt> DebtToday(const ledger::Id& loan);
  /// What the platform of `key` may pay back to its participant today.
  ledger::Amount MayBePaidBack(const ledger::CreditBalance::Key& key);
  template <ledger::Record R>
  std::optional<R> Get(const typename R::Key& key) const {
    return machine_.state().Get<R>(key);
  }

  /// What has been done, by kind; refused acts apart.
  const Tally& tally() const { return tally_; }
  /// How late instalments have come to be.
  const OverdueTable& overdue() const { return overdue_; }
  /// Everything, after EndDay.
  const ledger::Reader& state() const { return pending_; }

 private:
  explicit Rehearsal(std::string origin, ledger::Store& store);
  void Sweep();
  void Note(const Result<void>& done);
  ledger::rules::Context::Position Now() const;

  const std::string origin_;
  ledger::Store& store_;
  ledger::Overlay pending_;  // Ended days, over the store: few large batches are quicker.
  ledger::Machine machine_;
  std::vector<ledger::Leaf> leaves_;  // Of the act under way.
  ledger::Day today_;
  Tally tally_;
  OverdueTable overdue_;
  std::optional<Error> failure_;
};

}  // namespace aval::cli::demo
