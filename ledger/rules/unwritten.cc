#include "ledger/rules/rules.h"

// To go as each is written.
namespace aval::ledger::rules {

Verdict Apply(Context&, const act::v1::GrantReview&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::GrantClose&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::Hold&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::Lift&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::DebitReturn&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::MandateGive&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::MandateRevoke&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::EarlyRepay&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::RestructurePropose&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::RestructureConsent&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::WriteOff&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::Recover&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::CopayTerminate&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::Demand&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::RecourseRepay&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::RecourseForgive&) { return Verdict::kState; }
Verdict Apply(Context&, const act::v1::DisclosureConsent&) { return Verdict::kState; }

}  // namespace aval::ledger::rules
