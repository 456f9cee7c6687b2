#pragma once

#include <cstdint>

#include "ledger/types.h"

namespace aval::ledger {

/// One line of the journal: exactly one of debit and credit is positive, the other zero. Encoded in
/// this order (record/codec.h) after a version byte; part of the effects hash.
struct JournalLine {
  PartyId owner;
  std::uint16_t code = 0;
  Id subject;
  Currency currency;
  Amount debit;
  Amount credit;
  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("owner", r.owner);
    visit("code", r.code);
    visit("subject", r.subject);
    visit("currency", r.currency);
    visit("debit", r.debit);
    visit("credit", r.credit);
  }
};

}  // namespace aval::ledger
