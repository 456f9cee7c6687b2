#include "tests/ledger/rules/replays.h"

#include <algorithm>
#include <cstddef>

#include "base/assert.h"
#include "ledger/record/codec.h"
#include "ledger/record/copay.h"
#include "ledger/record/loans.h"
#include "ledger/record/notices.h"
#include "ledger/record/recovery.h"

namespace aval::ledger::rules {

std::vector<Verdict> Repeat(Market& market, const std::vector<Deed>& deeds,
                            const std::vector<std::uint8_t>& chunks) {
  std::size_t next = 0;
  const auto chunk = [&] { return chunks.empty() ? 0U : chunks[next++ % chunks.size()] % 4U; };
  std::vector<Verdict> verdicts;
  for (const Deed& deed : deeds) {
    if (deed.act) {
      if (const auto size = chunk(); size > 0) market.SweepChunk(size);
      verdicts.push_back(deed.act(market));
      continue;
    }
    for (int day = 0; day < deed.days; ++day) {
      while (market.SweepChunk(chunk() + 1) > 0) continue;
      market.RollDay();
    }
    verdicts.push_back(Verdict::kAccepted);
  }
  while (market.SweepChunk(512) > 0) continue;
  return verdicts;
}

Picture PictureOf(Market& market) {
  Picture picture;
  const bool read =
      static_cast<bool>(market.book().state().Scan({}, {}, [&](ByteView key, ByteView value) {
        if (key[0] == static_cast<std::uint8_t>(Table::kObligation)) {
          const Obligation owed = *DecodeValue<Obligation>(value);
          picture.obligations.emplace_back(owed.from, owed.to, owed.currency, owed.amount,
                                           owed.day);
        } else if (key[0] == static_cast<std::uint8_t>(Table::kAgreement)) {
          Agreement agreement = *DecodeValue<Agreement>(value);
          agreement.acceptance = {};
          picture.records.emplace(CopyBytes(key), EncodeValue(agreement));
        } else if (key[0] == static_cast<std::uint8_t>(Table::kRestructuring)) {
          Restructuring restructuring = *DecodeValue<Restructuring>(value);
          restructuring.proposal = {};
          picture.records.emplace(CopyBytes(key), EncodeValue(restructuring));
        } else if (key[0] == static_cast<std::uint8_t>(Table::kNotice)) {
          Notice::Key without_leaf = *DecodeKey<Notice>(key);
          without_leaf.leaf = 0;
          picture.notices.emplace_back(EncodeKey<Notice>(without_leaf), CopyBytes(value));
        } else {
          picture.records.emplace(CopyBytes(key), CopyBytes(value));
        }
        return true;
      }));
  AVAL_ASSERT(read);
  std::sort(picture.obligations.begin(), picture.obligations.end());
  std::sort(picture.notices.begin(), picture.notices.end());
  return picture;
}

}  // namespace aval::ledger::rules
