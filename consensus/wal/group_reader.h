#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "consensus/storage.h"
#include "consensus/wal/decision.h"
#include "consensus/wal/log_state.h"
#include "consensus/wal/witness.h"

namespace aval::consensus::wal {

/// A segment's file while it is read through: what it is called in errors, and its room for groups.
struct Room {
  const File* file = nullptr;
  std::string name;
  std::uint64_t ordinal = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

Error CorruptAt(const Room& room, std::uint64_t offset, const std::string& what);

/// Where the log has come to: a group should begin there and follow this.
struct LogEnd {
  GroupPlace place;
  EntryId last;
  HardState hard_state;
  Index floor;  // No truncation goes below.
};

struct Group {
  std::vector<Change> changes;
  Witness witness;
};

/// The group at `end`, every record of which follows the one before. kCorruption with file and
/// offset when it is not there, not whole, or not so.
Result<Group> ReadGroup(const Room& room, const LogEnd& end);

/// What lies at `end` where ReadGroup has failed so.
struct NoGroup {
  Data data = Data::kZero;
  bool later = false;          // A sector proves a later group, here or behind.
  std::uint64_t torn_end = 0;  // Of kTorn: the offset after its last byte.
  Error why;                   // With file and offset.
};
/// `witness` agrees with the group, or is null.
Result<NoGroup> Examine(const Room& room, const LogEnd& end, const Witness* witness,
                        const Error& failure);

}  // namespace aval::consensus::wal
