#pragma once

#include "ledger/verdict.h"

#define AVAL_REQUIRE_IMPL_(verdict, check)             \
  if (const ::aval::ledger::Verdict verdict = (check); \
      verdict != ::aval::ledger::Verdict::kAccepted)   \
  return verdict
/// `AVAL_REQUIRE(CheckStanding(context, grant));` returns a check's refusal to the caller.
#define AVAL_REQUIRE(check) AVAL_REQUIRE_IMPL_(aval_verdict, check)
