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
#include "cli/act_signing.h"
#include "cli/demo/help.h"
#include "cli/demo/purchases_file.h"
#include "cli/network.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/proto/genesis.pb.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// What the demo adds to the real rows, by rule (data/README.md; the demo prints it):
///
/// - The platform and one of two banks lend together, 30 % and 70 %; which bank follows from the
///   order's id. That bank attests the borrower's identity and capacity, and collects.
/// - Where a row has no customer, its order stands for one; where it has no purchase time, it was
///   made six days before the shipping limit date, which is the most frequent distance.
/// - Of 3 to 6 instalments the first three are interest-free, paid by the seller; else up to 12
/// cost
///   0.5 % of the price a month; longer ones are annuities at 18 % a year. The first is due 30 days
///   after the capture.
/// - Of a hundred instalments 85 are paid on their due day, 10 five days late and 5 forty days
/// late,
///   with the penalty; which ones follows from order id and number.
/// - One purchase in ten has a co-payer (help.h), who stands for 80 % of one instalment. The
///   borrower asks when it is overdue; the day after, five days late at the earliest, the co-payer
///   is debited at the other bank, which has attested its capacity, and the borrower pays the rest.
/// - Cancelled orders are voided the next day; all others are delivered on the shipping limit date.
/// - Keys are derived from the ids: nobody's secrets.

inline constexpr std::uint32_t kPlatform = 1;
inline constexpr std::uint32_t kFirstBank = 2;
inline constexpr std::uint32_t kBanks = 2;

/// The demo's genesis but for keys and addresses; the first business day is the one before the
/// first purchase.
genesis::v1::Genesis DemoGenesis(const std::string& origin, ledger::Day first_day);

/// The day of the earliest purchase; `rows` is not empty.
ledger::Day FirstDay(const std::vector<PurchaseRow>& rows);

/// What the rows are and what became of them, for the summary.
struct RowCounts {
  std::size_t rows = 0;
  std::size_t with_customer = 0;
  std::size_t with_purchase_time = 0;
  std::size_t with_status = 0;
  std::size_t cancelled = 0;
  std::size_t instalments = 0;
  std::size_t co_payers = 0;  // Invitations that were accepted.
  std::size_t declined = 0;   // Invitations that were not.
  ledger::Amount value;
};

/// The acts of one business day: everything of `first` goes before everything of `chains`; within
/// a chain the order counts, chains may go beside one another.
struct DayOfActs {
  std::vector<Bytes> first;
  std::vector<std::vector<Bytes>> chains;
  std::size_t acts() const;
};

/// Turns rows into signed acts, day by day. The same rows give the same parties, objects and
/// amounts every time; nonces are random. Threads: one.
class Workload {
 public:
  /// `network` and `random` outlive it.
  Workload(std::vector<PurchaseRow> rows, const Network& network, Random& random);

  const RowCounts& counts() const { return counts_; }
  ledger::Day first_day() const;  // Of the first act; there is one.
  bool done() const { return events_.empty(); }
  /// Events not yet taken, for a progress bar.
  std::size_t events_left() const { return events_left_; }

  /// The platform and the first bank open `day`.
  Bytes DayRoll(ledger::Day day);
  /// Takes the acts of `day`; days are asked for in order.
  DayOfActs Take(ledger::Day day);

 private:
  enum class Step : std::uint8_t { kBuy, kCapture, kVoid, kDeliver, kAgree, kRepay };
  struct Event {
    std::size_t row = 0;
    Step step = Step::kBuy;
    std::uint32_t instalment = 0;
    friend auto operator<=>(const Event&, const Event&) = default;
  };
  struct Instalment {
    ledger::Amount amount;
    ledger::Day due;
    ledger::Day paid;
  };

  void Plan(std::size_t row);
  void Add(ledger::Day day, const Event& event);
  std::vector<Instalment> InstalmentsOf(std::size_t index) const;

  void RegisterNewParties(const PurchaseRow& row, std::vector<Bytes>& acts);
  void Buy(const PurchaseRow& row, std::vector<Bytes>& acts);
  Bytes AttestCapacity(const PurchaseRow& row);
  Bytes ProposeGrant(const PurchaseRow& row);
  Bytes Authorise(const PurchaseRow& row, const Hand& borrower);
  Bytes Capture(const PurchaseRow& row);
  Bytes Void(const PurchaseRow& row);
  Bytes Deliver(const PurchaseRow& row);
  void Pay(std::size_t index, std::uint32_t number, std::vector<Bytes>& acts);
  Bytes Repay(const PurchaseRow& row, std::uint32_t number, ledger::Amount amount);

  // workload_copay.cc
  void Agree(std::size_t index, std::vector<Bytes>& acts);
  Bytes Invite(std::size_t index, std::size_t friend_row);
  Bytes Decline(std::size_t index, std::size_t friend_row);
  Bytes Accept(std::size_t index, std::size_t friend_row);
  void Review(std::size_t index, const ledger::PartyId& co_payer, const Bytes& acceptance,
              std::vector<Bytes>& acts);
  ledger::Amount Debit(std::size_t index, ledger::Amount due, std::vector<Bytes>& acts);

  Hand Office(std::uint32_t institution, ledger::Department department) const;
  Bytes Sign(act::v1::Act act, const std::vector<Hand>& hands);

  const std::vector<PurchaseRow> rows_;
  const Network& network_;
  Random& random_;
  RowCounts counts_;
  const std::vector<std::optional<Help>> help_;       // By row.
  std::vector<std::vector<Instalment>> instalments_;  // By row; none where it was cancelled.
  ledger::Day today_;
  std::map<ledger::Day, std::set<Event>> events_;
  std::size_t events_left_ = 0;
  std::set<std::string> registered_;  // Suppliers and borrowers, by their derived ids.
};

}  // namespace aval::cli::demo
