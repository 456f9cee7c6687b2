#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "consensus/core/core.h"

namespace aval::sim {

/// A kind of fault. About half of the kinds are part of a seed's run (swarm testing: what always
/// happens hides what happens when it does not).
enum class Fault : std::uint8_t {
  kLoss,         // A message is lost; on a stream, with all behind it and the link.
  kDuplicate,    // A message arrives again, up to seconds later.
  kReorder,      // Messages overtake one another: links are no streams.
  kDelay,        // Messages take up to a hundred times as long.
  kClog,         // A link carries nothing for a while, then all at once.
  kFlip,         // A bit of a frame flips: the record's seal fails, and the link ends.
  kPartition,    // Nodes are cut apart, in both directions.
  kOneWay,       // A link is cut in one direction.
  kFlap,         // A link goes up and down, again and again.
  kPowerCut,     // One node's power fails: what was not synced is lost in part.
  kKill,         // One node's process dies: what was written stays.
  kCrashInside,  // The power fails between two operations of the disk.
  kBlackout,     // All nodes' power fails.
  kStorm,        // A node dies again and again while it starts.
  kPause,        // A process stands still, and goes on.
  kStall,        // A disk takes seconds for a sync.
  kStallApart,   // A leader's disk stalls, and the others elect another meanwhile.
  kSlowDisk,     // A disk is slow all the time.
  kSyncError,    // A sync fails.
  kFull,         // A disk is full for a while.
  kDrift,        // Clocks run at other speeds.
  kStep,         // A wall clock steps.
  kReplay,       // A message of long ago arrives again.
  kLiar,         // A member sends what an honest one does not: huge terms, entries of its own.
  kTransfer,     // An operator has the leader hand over.
  kMembers,      // Nodes are removed, demoted, added anew and promoted.
  kLostDisk,     // A node comes back with an empty disk.
  kRestore,      // A node comes back with the disk of an earlier day.
  kSnapshot,     // A snapshot is cut, though nobody needs one.
  kSlowApply,    // A node applies nothing for seconds.
  kChangeApart,  // A leader is cut off, and changes the members before it knows.
  kLeftBehind,  // Nodes are cut off until they need a snapshot, and bereft of their leader with it.
  kRot,         // A bit of a log's file flips, or a sector of it cannot be read any more.
  kMisdirect,   // A write to the log lands elsewhere in its file.
  kForgetSync,  // A disk says that it has synced, has not, and loses power.
};
std::string_view FaultName(Fault fault);
const std::vector<Fault>& AllFaults();

/// What a seed's run consists of. Everything is drawn from the seed, so that a seed and a commit
/// are all that it takes to see a run again.
struct Plan {
  std::uint64_t seed = 0;
  std::uint32_t nodes = 3;
  bool real_ledger = false;      // Else the hash chain of chain_machine.h.
  bool real_signatures = false;  // Else the stub of signatures.h.
  std::set<Fault> faults;
  Duration length{};       // Until everything is healed.
  std::uint32_t rate = 1;  // From 1 to 8: how often faults of the drawn kinds come.
  std::uint32_t clients = 8;
  std::uint32_t reads = 0;  // Of a client's ten calls, so many are reads.
  Duration think_time{};    // Of a client between an answer and the next act; the mean.
  Duration client_deadline{};
  Duration latency{};    // Of a message; the mean.
  Duration disk_time{};  // Of a sync; the mean.
  std::uint64_t segment_bytes = 0;
  std::uint64_t retention = 0;    // Entries; see node::Replica::Limits. 0: logs are never trimmed.
  std::uint32_t chunk_bytes = 0;  // Of a snapshot.
  consensus::Core::Options core;  // Limits and timeouts; the node fills in the rest.

  bool Has(Fault fault) const { return faults.contains(fault); }
  /// Nodes leave, for good or until they begin anew.
  bool LosesNodes() const;
  /// Disks lose, with or without saying so, what they had confirmed.
  bool LosesEntries() const;
};

/// The plan of a seed.
Plan Draw(std::uint64_t seed);
/// One line that names everything drawn.
std::string Describe(const Plan& plan);

/// A number, or the 40 hex digits of a commit, of which the first 16 count.
Result<std::uint64_t> ParseSeed(std::string_view text);

}  // namespace aval::sim
