#include "ledger/record/codec.h"

namespace aval::ledger {

void Decoder::Read(bool& value) {
  const std::uint8_t raw = in_.U8();
  // One encoding for one value: records are compared as bytes.
  if (raw > 1) valid_ = false;
  value = raw == 1;
}

void Decoder::Read(Currency& value) {
  const std::optional<Currency> currency = Currency::Parse(AsText(in_.Raw(3)));
  if (currency) {
    value = *currency;
  } else {
    valid_ = false;
  }
}

}  // namespace aval::ledger
