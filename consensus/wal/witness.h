#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "consensus/storage.h"
#include "consensus/wal/format.h"
#include "consensus/wal/log_state.h"

namespace aval::consensus::wal {

/// What a group did, without its payloads. Made once its sync has succeeded: that there is one
/// proves that the group was durable.
struct Witness {
  GroupPlace place;
  std::uint32_t sectors = 0;
  bool closes = false;      // The log goes on in the next segment.
  bool configures = false;  // One of its entries brings a configuration.
  bool truncates = false;   // `before` is older than the last entry before the group.
  /// Its entries are those after `before` up to `last`; when the group had truncated what it had
  /// itself written, those that remained.
  EntryId before;
  EntryId last;
  HardState hard_state;  // After it.
  friend bool operator==(const Witness&, const Witness&) = default;

  std::uint64_t end() const { return place.offset + WholePages(std::uint64_t{sectors} * kSector); }
};

/// Of a group whose changes follow a log that ended in `last` and `hard_state`.
Witness WitnessOf(const GroupPlace& place, std::uint32_t sectors, const EntryId& last,
                  const HardState& hard_state, std::span<const Change> changes);

/// Whether the witness can be that of the group at `place`, in a room that ends at `room_end`, of a
/// log that ends in `last` and `hard_state`.
bool CanFollow(const Witness& witness, const GroupPlace& place, std::uint64_t room_end,
               const EntryId& last, const HardState& hard_state);

/// kSector bytes, sealed.
Bytes EncodeWitness(const Witness& witness);

struct WitnessSlot {
  Sector::State state = Sector::State::kZero;
  Witness witness;  // Of a whole one.
};
/// `sector` is kSector bytes.
WitnessSlot ParseWitness(ByteView sector);

}  // namespace aval::consensus::wal
