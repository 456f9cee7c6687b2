#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "cli/demo/delays_file.h"
#include "cli/demo/purchases_file.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// When an instalment is paid, counted from its due day.
struct Lateness {
  bool never = false;          // Not within the demo; months and days then mean nothing.
  std::uint32_t months = 0;    // Calendar months, as due days are counted (A3).
  std::uint32_t days = 0;      // After these.
  std::uint32_t part_ppm = 0;  // Of what is late: so much of it is paid on the due day already.

  bool InTime() const { return !never && months == 0 && days == 0; }
  friend bool operator==(const Lateness&, const Lateness&) = default;
};

/// The rule of `--delays` (data/README.md). Instalment k takes the client's month k, from the
/// oldest on: a status up to 0 is in time, 1 to 7 so many months late, 8 and more never; an
/// instalment beyond the sixth takes the latest month, and is never paid when the client defaults.
/// Of what is late, that part is paid on the due day which the client paid of its bill in that
/// month: paid / billed, rounded down, at most all but one part in a million; none where nothing
/// was billed. `number` is from 1.
Lateness LatenessOf(const ClientMonths& client, std::uint32_t number);

/// Whose months a borrower takes: position in the file, by a digest of its pseudonym. `clients` is
/// not 0.
std::size_t ClientOf(const ledger::PartyId& borrower, std::size_t clients);

/// Who pays when: by the demo's own rule, or as real clients have paid.
/// Threads: any; it never changes.
class PayingHabits {
 public:
  /// The demo's own: of a hundred instalments 85 in time, 10 five and 5 forty days late; of a
  /// hundred purchases four are not paid from some instalment on.
  PayingHabits() = default;
  /// `clients` is not empty.
  explicit PayingHabits(std::vector<ClientMonths> clients) : clients_(std::move(clients)) {}

  bool AreReal() const { return !clients_.empty(); }
  /// By the row's borrower, or, the demo's own, by its order.
  Lateness Of(const PurchaseRow& row, std::uint32_t number) const;

 private:
  std::vector<ClientMonths> clients_;
};

}  // namespace aval::cli::demo
