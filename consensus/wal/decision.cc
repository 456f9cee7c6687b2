#include "consensus/wal/decision.h"

#include "base/assert.h"

namespace aval::consensus::wal {

namespace {

Decision DecideWhole(Testimony testimony) {
  switch (testimony) {
    case Testimony::kAgrees:
      return Decision::kTake;
    case Testimony::kAbsent:
    case Testimony::kBroken:
      return Decision::kTakeAndRewrite;
    case Testimony::kContradicts:
      return Decision::kLost;
  }
  AVAL_ASSERT(false);
  return Decision::kLost;
}

}  // namespace

Decision Decide(Data data, Testimony testimony, bool later) {
  if (data == Data::kWhole) return DecideWhole(testimony);
  if (testimony == Testimony::kContradicts) return Decision::kLost;
  const bool witnessed = testimony == Testimony::kAgrees;
  switch (data) {
    case Data::kWhole:
      break;
    case Data::kTorn:
    case Data::kZero:
      // A disk that has forgotten the newest group, which it had confirmed, may have forgotten
      // others after it, which nothing witnesses. With a later group there, nothing is unknown.
      if (witnessed) return later ? Decision::kRepair : Decision::kLost;
      if (later) return Decision::kLost;
      return data == Data::kTorn ? Decision::kCut : Decision::kEnd;
    case Data::kBroken:
    case Data::kElsewhere:
      return witnessed ? Decision::kRepair : Decision::kLost;
  }
  AVAL_ASSERT(false);
  return Decision::kLost;
}

}  // namespace aval::consensus::wal
