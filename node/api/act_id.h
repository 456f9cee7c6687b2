#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/record/calendar.h"

namespace aval::node::api {

/// An act's id as people write it: "<last valid day>_<author>_<nonce>", for example
/// "2017-05-02_institution:1_00112233445566778899aabbccddeeff".
std::string ActIdText(const ledger::Outcome::Key& id);
Result<ledger::Outcome::Key> ParseActId(std::string_view text);

}  // namespace aval::node::api
