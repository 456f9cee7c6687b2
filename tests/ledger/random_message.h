#pragma once

#include <google/protobuf/message.h>

namespace aval::ledger {

/// Sets about half of a message's fields to values of their types, edges among them, drawn from the
/// property that runs; messages within messages down to `depth` more levels.
void FillRandomly(google::protobuf::Message& message, int depth);

/// Whether some enum field, however deep, has a number that its type does not name.
bool HasUnnamedEnum(const google::protobuf::Message& message);

}  // namespace aval::ledger
