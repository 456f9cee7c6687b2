#pragma once

#include <cstdint>

#include "ledger/record/parties.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// What a hold stops.
enum class Held : std::uint8_t { kParty = 1, kGrant = 2, kAgreement = 3 };

/// That somebody has stopped new acts on something. Each holds by itself; the subject's record
/// counts its holds.
struct HoldOn {
  static constexpr Table kTable = Table::kHoldOn;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Held what = Held::kParty;
    Id subject;
    PartyId holder;
    Department department = Department::kLegal;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("what", k.what);
      visit("subject", k.subject);
      visit("holder", k.holder);
      visit("department", k.department);
    }
  };

  std::uint32_t reason = 0;  // A code of the holder.
  Day since;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("reason", r.reason);
    visit("since", r.since);
  }
};

}  // namespace aval::ledger
