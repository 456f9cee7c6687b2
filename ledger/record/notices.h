#pragma once

#include <cstdint>

#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

enum class NoticeKind : std::uint8_t {
  kReceivableAssigned = 1,  // Civil Code Art. 696. Subject: the purchase.
};

/// What a party has to be told of, written by the act that causes it.
struct Notice {
  static constexpr Table kTable = Table::kNotice;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId party;
    std::uint64_t leaf = 0;
    std::uint32_t number = 0;  // Within the leaf.
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("party", k.party);
      visit("leaf", k.leaf);
      visit("number", k.number);
    }
  };

  NoticeKind kind = NoticeKind::kReceivableAssigned;
  Id subject;
  Day day;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("kind", r.kind);
    visit("subject", r.subject);
    visit("day", r.day);
  }
};

}  // namespace aval::ledger
