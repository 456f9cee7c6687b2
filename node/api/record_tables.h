#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/state/store.h"

namespace aval::node::api {

/// Whether there are records that the API calls so.
bool IsRecordTable(std::string_view table);

/// One record as JSON, `{"key": {...}, "record": {...}}`, by its key's parts in their order
/// (docs/formats/state.md); nothing when there is none. `table` is one of IsRecordTable's.
/// kInvalidArgument names a part of the key that is malformed.
Result<std::optional<boost::json::object>> RecordView(const ledger::Reader& state,
                                                      std::string_view table,
                                                      std::vector<std::string> key_parts);

}  // namespace aval::node::api
