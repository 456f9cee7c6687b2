#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/shape.h"
#include "ledger/types.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {

/// The tables of what CheckShape refuses, and in which words: shape_test.cc has the acts that
/// parties, purchases and co-payers begin with, shape_credit_test.cc those of the rest of the
/// credit book.

inline const std::string kId(16, 'i');  // Of anything and anybody.
inline const std::string kDigest(32, 'd');

/// Signed by its author's OPS; without a body.
inline act::v1::Act ActBy(const PartyId& author) {
  act::v1::Act act = NewAct(author, 1);
  act::v1::Signer* signer = act.add_signers();
  signer->set_party(ToWire(author));
  signer->set_department(act::v1::OPS);
  return act;
}

/// Makes an act that is right in every field.
using RightAct = act::v1::Act (*)();

/// A right act, a change that makes it wrong, and what is then said.
struct ShapeCase {
  RightAct right;
  std::function<void(act::v1::Act&)> spoil;
  const char* error;
};

inline void ExpectRefusals(const std::vector<ShapeCase>& cases) {
  for (const ShapeCase& wrong : cases) {
    act::v1::Act act = wrong.right();
    const Result<void> before = CheckShape(act);
    EXPECT_TRUE(before) << wrong.error << ": " << before.error().message;
    wrong.spoil(act);
    const Result<void> after = CheckShape(act);
    ASSERT_FALSE(after) << wrong.error;
    EXPECT_EQ(after.error().code, Code::kInvalidArgument);
    EXPECT_EQ(after.error().message, wrong.error);
  }
}

/// What the tables of shape_test.cc begin from: one act of each of its kinds.
std::vector<RightAct> RightActs();
/// What those of shape_credit_test.cc begin from: every form of each of its kinds.
std::vector<RightAct> RightCreditActs();

}  // namespace aval::ledger
