#include "ledger/rules/rules.h"

// To go as each is written.
namespace aval::ledger::rules {

Verdict Apply(Context&, const act::v1::EscrowRelease&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::ReceivableAssign&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::Refund&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::PayBack&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::DisputeOpen&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::DisputeResolve&) { return Verdict::kState; }

}  // namespace aval::ledger::rules
