#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "cli/demo/act_writer.h"
#include "cli/demo/course.h"
#include "cli/demo/lateness.h"
#include "cli/demo/purchases_file.h"
#include "cli/demo/rehearsal.h"
#include "cli/demo/sales.h"
#include "cli/network.h"
#include "ledger/rules/debt.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// What the rows are, for the summary.
struct RowCounts {
  std::size_t rows = 0;
  std::size_t with_customer = 0;
  std::size_t with_purchase_time = 0;
  std::size_t with_status = 0;
  std::size_t cancelled = 0;
  std::size_t instalments = 0;
  ledger::Amount value;
};

/// Turns rows into signed acts, day by day, through the whole life of a purchase: what the demo
/// adds to the real rows, and by which rules, is said in data/README.md, and followed by course.h.
/// The same rows give the same parties, objects and amounts every time; nonces are random.
///
/// It knows from a rehearsal how things stand, as the parties would from their nodes, and writes no
/// act that its rules would refuse.
/// Threads: one.
class Workload {
 public:
  /// `network`, `random` and `rehearsal`, which has just begun, outlive it.
  Workload(std::vector<PurchaseRow> rows, const PayingHabits& habits, const Network& network,
           Random& random, Rehearsal& rehearsal);

  const RowCounts& counts() const { return counts_; }
  ledger::Day first_day() const;  // Of the first act; there is one.
  bool done() const { return events_.empty(); }
  /// What has been taken of all that is planned, 0 to 1, for a progress bar.
  double Progress() const;

  /// The platform and the first bank open `day`.
  Bytes DayRoll(ledger::Day day);
  /// Takes the acts of `day`, after its roll; days are asked for in order, and each once. The
  /// rehearsal's failure is the error.
  Result<DayOfActs> Take(ledger::Day day);

 private:
  // In the order in which those of one purchase come on one day.
  enum class Step : std::uint8_t {
    kBuy,
    kCapture,
    kVoid,
    kMandate,
    kDeliver,
    kRelease,
    kAssign,
    kDispute,
    kResolve,
    kReview,
    kHold,
    kAgree,
    kDemand,
    kCopayFails,
    kCopay,
    kCopayReturn,
    kEndAgreement,
    kOwnFails,
    kOwnDebit,
    kOwnReturn,
    kPart,
    kPay,
    kEndEarly,
    kRefund,
    kPayBack,
    kRestructure,
    kWriteOff,
    kRecover,
    kLift,
    kRevoke,
    kRecourse,
    kClose,
  };
  // `number` is an instalment's, an escrow's step, or 0.
  struct Event {
    std::size_t row = 0;
    Step step = Step::kBuy;
    std::uint32_t number = 0;
    friend auto operator<=>(const Event&, const Event&) = default;
  };

  // workload_plan.cc
  void Plan(std::size_t index);
  void PlanSale(std::size_t index);
  void PlanCourse(std::size_t index);
  void PlanPayments(std::size_t index);
  void PlanHelp(std::size_t index);
  void PlanTrouble(std::size_t index);
  void PlanEnd(std::size_t index);
  void Add(ledger::Day day, std::size_t row, Step step, std::uint32_t number = 0);

  // workload.cc
  void Run(const Event& event);
  void RunSale(const Event& event);
  void RunSupply(const Event& event);
  void RunPayment(const Event& event);
  void RunTrouble(const Event& event);
  void RunCopay(const Event& event);
  void RunGrant(const Event& event);

  void Deliver(const PurchaseRow& row);
  void Assign(const PurchaseRow& row);
  void Resolve(std::size_t index);
  void Refund(std::size_t index);
  void PayBack(std::size_t index);
  void Restructure(std::size_t index);
  void Agree(std::size_t index);
  void Copay(std::size_t index, std::uint32_t attempt);
  void Recourse(std::size_t index);

  /// The loan, while it is open.
  std::optional<ledger::rules::Debt> OpenDebt(const PurchaseRow& row);
  /// What may be debited for an instalment; 0: nothing.
  ledger::Amount Debitable(const PurchaseRow& row, std::uint32_t number);
  void Repay(const PurchaseRow& row, const std::string& name, ledger::Amount amount);
  bool GrantIsLive(const PurchaseRow& row) const;

  const std::vector<PurchaseRow> rows_;
  Rehearsal& rehearsal_;
  ActWriter writer_;
  RowCounts counts_;
  std::vector<PurchasePlan> plans_;  // By row.
  std::map<ledger::Day, std::set<Event>> events_;
  std::size_t planned_ = 0;
  std::size_t taken_ = 0;
  Registered registered_;
};

}  // namespace aval::cli::demo
