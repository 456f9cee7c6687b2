#pragma once

#include <string>

#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"

namespace aval::cli::acts {

/// An amount with its currency, as acts name it.
struct Money {
  ledger::Currency currency;
  ledger::Amount amount;
};

inline void SetMoney(act::v1::Money& field, const Money& money) {
  field.set_currency(std::string(money.currency.Text()));
  field.set_minor(money.amount.minor);
}

}  // namespace aval::cli::acts
