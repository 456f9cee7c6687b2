#pragma once

#include <cstdint>

namespace aval::consensus::wal {

/// What lies where a group should begin.
enum class Data : std::uint8_t {
  kWhole,      // The group that should be there, following all before it.
  kTorn,       // What a power cut leaves of a write that was never confirmed (torn_tail.h).
  kBroken,     // Rot, a sector that the disk does not give, or records that cannot be.
  kZero,       // Nothing.
  kElsewhere,  // Sectors that belong to another group or place: a misdirected write.
};

/// What the group's slot in the ring says.
enum class Testimony : std::uint8_t {
  kAgrees,  // With the group; where that is not whole, with what is known besides.
  kAbsent,  // Nothing of this group: never written, lost with the power, or another group's.
  kBroken,
  kContradicts,  // Of this group, and of another content or place.
};

enum class Decision : std::uint8_t {
  kTake,
  kTakeAndRewrite,  // Take it, and write its slot.
  kCut,             // It was never acknowledged: overwrite it with zeros.
  kEnd,             // The log ends before it.
  kRepair,          // What it did is known; the entries themselves are to be had from peers.
  kLost,            // What was acknowledged is unknown.
};

/// `later`: something proves that a group after this one was written, a sector or the ring.
Decision Decide(Data data, Testimony testimony, bool later);

}  // namespace aval::consensus::wal
