#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "ledger/types.h"
#include "ledger/verdict.h"
#include "tests/ledger/rules/author.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {

/// Does the deeds again, sweeping in chunks between them. A day ends with its work done.
std::vector<Verdict> Repeat(Market& market, const std::vector<Deed>& deeds,
                            const std::vector<std::uint8_t>& chunks);

/// All of a state but where and in what order obligations and notices arose, and the identities of
/// acts, which in this book follow from their places.
struct Picture {
  std::map<Bytes, Bytes> records;
  std::vector<std::tuple<PartyId, PartyId, Currency, Amount, Day>> obligations;
  std::vector<std::pair<Bytes, Bytes>> notices;
  friend bool operator==(const Picture&, const Picture&) = default;
};

Picture PictureOf(Market& market);

}  // namespace aval::ledger::rules
