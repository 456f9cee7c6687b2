#pragma once

#include <cstdint>
#include <vector>

#include "crypto/digest.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

enum class DisputeState : std::uint8_t {
  kOpen = 1,
  kResolved = 2,
  kLapsed = 3,  // Its last day has passed.
};

enum class DisputeOutcome : std::uint8_t { kNone = 0, kUpheld = 1, kRejected = 2, kSplit = 3 };

/// A quarrel about instalments, which it pauses (domain.md 2.4). It edits no history: what follows
/// from its outcome are other acts.
///
/// Invariant: while it is OPEN, its instalments are paused from `opened` to `last_day`.
struct Dispute {
  static constexpr Table kTable = Table::kDispute;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Id dispute;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("dispute", k.dispute);
    }
  };

  DisputeState state = DisputeState::kOpen;
  Id loan;
  std::vector<std::uint16_t> instalments;  // Numbers, ascending.
  PartyId opener;
  crypto::Digest grounds;
  Day opened;
  Day last_day;
  DisputeOutcome outcome = DisputeOutcome::kNone;
  crypto::Digest decision;  // Zero before its resolution.
  PartyId arbiter;          // The MEMO owner (0): the sides agreed.
  Day ended;                // 0 before.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("state", r.state);
    visit("loan", r.loan);
    visit("instalments", r.instalments);
    visit("opener", r.opener);
    visit("grounds", r.grounds);
    visit("opened", r.opened);
    visit("last_day", r.last_day);
    visit("outcome", r.outcome);
    visit("decision", r.decision);
    visit("arbiter", r.arbiter);
    visit("ended", r.ended);
  }
};

}  // namespace aval::ledger
