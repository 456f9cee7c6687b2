#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/disk.h"
#include "base/result.h"
#include "consensus/storage.h"
#include "consensus/types.h"
#include "consensus/wal/recovery.h"
#include "consensus/wal/scrubber.h"
#include "consensus/wal/spare.h"

namespace aval::consensus {

/// A node's write-ahead log: entries, truncations and hard states in the order of the core's
/// decisions, in preallocated segment files (docs/formats/wal.md). What Sync has confirmed survives
/// any crash or power cut, and is read back as it was written or not at all.
///
/// What lies between two syncs is one group, written whole and never overwritten: a later group
/// proves that every earlier one was durable. So a group torn by a power cut can only be the last,
/// and is cut on opening. A group that rots is known by its witness (wal/ring.h): the log opens
/// with a damaged range of entries, which peers can fill. Where that is not known either, the log
/// begins behind it if the state has all that came before, else it is lost, and does not open.
///
/// Invariant: nothing below what Sync has confirmed is ever written again with other bytes.
/// Threads: Write to MakeSpare and wants_spare on one thread, the writer's; IdAt, Read, Anchor,
/// LastWithTermAtMost and TrimBefore on another, the core's, for entries whose Sync has been
/// reported; Scrub on a third; counters and damaged on any. They share the index and the table of
/// segments under a mutex, held for look-ups only: reading goes through file handles of their own,
/// into groups that no longer change.
class Wal final : public LogReader {
 public:
  struct Options {
    crypto::Digest cluster{};  // Whose log this is; another's is refused.
    NodeId node{};
    /// Of a segment file, allocated at once; a larger group gets a larger segment.
    std::uint64_t segment_bytes = std::uint64_t{64} << 20U;
    /// Newest groups that have a witness, of 512 bytes each; of a new log, an old one keeps its
    /// own. Damage in an older group is a loss, of the segment or of the log.
    std::size_t ring_slots = std::size_t{1} << 16U;
    /// The last entry that the state has durably. Segments that are lost go, if the next one
    /// follows no entry after this one.
    Index flushed{};
  };
  /// What a log begins after: by default the very beginning, else a snapshot.
  struct Origin {
    EntryId last{};  // Becomes the anchor.
    HardState hard_state{};
    /// In force after `last`: ascending, up to its index.
    std::vector<ConfigurationAt> configurations{};
    std::uint32_t incarnation = 1;
  };
  struct Recovered {
    HardState hard_state;
    EntryId last;
    std::uint32_t incarnation = 1;
    bool begun = false;  // There was no log: this opening has begun one.
    /// As Core::Recovered wants them: what was in force before the first entry that can be read,
    /// then what the entries in the log bring. Empty only when the origin had none.
    std::vector<ConfigurationAt> configurations;
    /// Entries that cannot be read. Ascending, disjoint, each from one group.
    std::vector<DamagedRange> damaged;
    /// What a power cut had torn, and was cut; for people to see.
    std::optional<wal::TornTail> torn;
    /// Why older segments, which only others might have asked for, were removed; likewise.
    std::optional<Error> dropped;
  };

  /// Recovers the log in `directory`, or begins one after `origin` where there is none, and only
  /// there is `origin` looked at. Whoever opens it must see to it that it does not end before what
  /// else is durable (a lost disk looks like a new one), and that no other process has it open.
  ///
  /// kCorruption: the log is lost, and nothing was changed. What the node has promised is unknown;
  /// it must come back with an empty directory, as a new incarnation. The text says file and
  /// offset. kInvalidArgument: the directory holds the log of another cluster or node, one of
  /// another format version, or something else. kFull: there is no room for a segment. kIo: the
  /// disk has failed.
  static Result<std::unique_ptr<Wal>> Open(Disk& disk, const std::filesystem::path& directory,
                                           const Options& options, const Origin& origin);

  /// The last entry of the log in `directory`; changes nothing. Errors as those of Open.
  static Result<EntryId> ReadLast(Disk& disk, const std::filesystem::path& directory,
                                  const Options& options);

  /// As it was on opening.
  const Recovered& recovered() const { return recovered_; }

  /// Since the opening; of any thread.
  struct Counters {
    std::uint64_t entries = 0;   // Made durable.
    std::uint64_t repaired = 0;  // Damaged ones, filled.
    std::uint64_t refused = 0;   // Repairs that filled nothing.
    std::uint64_t syncs = 0;     // Of segment files: groups, and two for each new segment.
    std::uint64_t bytes = 0;     // Written, whole pages.
    /// Groups written since there was a spare segment last; nothing while there is one.
    std::optional<std::uint64_t> without_spare = 0;
    /// And there is no room for one: the node must take no more entries. Term and vote can still be
    /// written for long.
    bool short_of_room = false;
    std::uint64_t scrubbed = 0;  // Bytes read by Scrub.
    std::uint64_t rounds = 0;    // Of Scrub over all that there was.
  };
  Counters counters() const;
  /// Entries that cannot be read now. Ascending, disjoint.
  std::vector<DamagedRange> damaged() const;

  // The writer's.

  /// Adds to the group under construction, in memory. A repair that is refused is counted.
  void Write(std::span<const Persist> writes);
  /// Adds what fills the damaged range that begins with the first of these, all of it or what this
  /// group leaves of it; with the Sync it can be read. What comes after the range is left out.
  /// kInvalidArgument when it fills none, as after a truncation, or when the chain does not lead
  /// through it.
  Result<void> Repair(std::span<const Entry> entries);
  /// Where the group of the last Sync was to fill what is damaged still.
  std::vector<DamagedRange> Unrepaired() const;
  /// Bytes of the group under construction.
  std::size_t pending_bytes() const { return pending_.size(); }
  /// Writes the group and syncs it, once. After an error the log is of no more use: what has
  /// reached the disk is unknown until the next opening, and every later call gives the same error.
  /// kFull: nothing of the group was written. Without a spare segment entries are refused so
  /// already when what is left in this one is kept for terms and votes.
  Result<void> Sync();
  /// What can wait until nothing else does, and is not needed for anything to be durable: syncs the
  /// ring, and makes a spare segment unless there was no room for one. Errors as those of Sync;
  /// that there is no room is none.
  Result<void> Idle();
  /// Tries again to make a spare segment. Errors as those of Idle.
  Result<void> MakeSpare();
  /// There is none, nobody knows whether there is room for one, and this segment is half full: not
  /// to be put off until the writer is idle.
  bool wants_spare() const;

  // The scrubber's.

  struct Scrubbed {
    std::vector<DamagedRange> damaged;  // Since this call.
    /// The ring does not know what the damaged group at that place held: with the next opening it
    /// counts as lost, and its segment or the log with it. The next call goes on behind.
    std::optional<Error> lost;
    bool came_round = false;  // To the log's end.
  };
  /// Reads about so many bytes of what is durable again, at least one group, and verifies them;
  /// where it stopped it goes on. Damage, a sector that the disk does not give included, is in
  /// damaged() from then on. kIo when the disk fails.
  Result<Scrubbed> Scrub(std::size_t bytes);

  // The core's.

  EntryId Anchor() const override;
  Result<EntryId> IdAt(Index index) const override;
  Index LastWithTermAtMost(Index from, Term term) const override;
  Result<std::vector<Entry>> Read(Index from, Index to, std::size_t bytes_max) const override;

  /// Removes the segments, whole ones only, that hold nothing but entries below `index`, which are
  /// no more needed: neither by the state (all of them are applied) nor by a peer.
  Result<void> TrimBefore(Index index);

 private:
  Wal(Disk& disk, std::filesystem::path directory, const Options& options);
  std::filesystem::path PathOf(std::uint64_t ordinal) const;

  // The writer's (wal.cc).
  Result<void> Begin(const Origin& origin);
  Result<void> WriteGroup();
  /// Of the header, ordinal and first group are given; `room` for the first group.
  Result<void> StartSegment(wal::SegmentHeader header, std::size_t room);
  /// Under the draft's name.
  Result<std::unique_ptr<File>> CreateSegment(const wal::SegmentHeader& header);
  Result<void> Rotate(std::size_t room);
  /// kFull when there is no spare, and no room for one.
  Result<void> RequireSpare();
  /// Bytes at the end of a segment that entries must leave free while there is no spare.
  std::uint64_t Reserve() const;
  /// A configuration in this segment cannot be read any more, and the next one's header can have
  /// it.
  bool WantsHeader() const;
  void Stage(const Entry& entry);
  void CountSync(std::size_t bytes);  // Under the mutex.
  Result<void> PutWitness(const wal::Witness& witness);
  /// Gives the ring what the scrubber has found.
  Result<void> PutFound();
  void EndAt(std::uint64_t offset);  // Under the mutex.
  /// Remembers an error for good.
  Result<void> Fail(const Result<void>& result);

  // The core's (reading.cc).
  struct Resume {  // Where a reader is.
    EntryId before;
    wal::Position at;
  };
  /// Entries that follow each other in one place.
  struct Run {
    Resume from;
    Index last;
    wal::RecordKind kind = wal::RecordKind::kEntry;
  };
  Result<Run> Seek(Index index) const;
  std::optional<EntryId> KnownId(Index index) const;
  /// What the taker of an entry answers; after kLeave the entry counts as not read.
  enum class Taken : std::uint8_t { kMore, kEnough, kLeave };
  /// Gives live entries from the run's beginning on to `take`, verified.
  Result<void> Walk(const Run& run, const std::function<Taken(Entry&)>& take) const;
  Result<const File*> ReadableSegment(std::uint64_t ordinal) const;

  Disk& disk_;
  const std::filesystem::path directory_;
  const Options options_;
  Recovered recovered_;

  // The writer's: the segment it writes to, and the group under construction.
  std::uint32_t incarnation_ = 1;
  std::uint64_t ordinal_ = 0;
  std::unique_ptr<File> file_;
  std::uint64_t offset_ = 0;
  std::uint64_t end_ = 0;  // Of the room for groups.
  std::optional<wal::Ring> ring_;
  wal::Spare spare_;
  ByteWriter pending_;
  std::vector<wal::Change> changes_;
  /// What repairs of this group, and of the last one synced, were to fill.
  std::vector<std::pair<Index, Index>> to_fill_;
  std::vector<std::pair<Index, Index>> filled_;
  EntryId last_;
  HardState hard_state_;
  std::optional<Error> failure_;

  // Shared.
  mutable std::mutex mutex_;
  wal::LogState state_;  // Of what is durable.
  std::uint64_t truncations_ = 0;
  Counters counters_;
  wal::GroupPlace next_;               // Where the next group will begin.
  std::vector<wal::Witness> to_keep_;  // Of damaged groups, for the ring.
  std::vector<wal::Witness> to_put_;   // Of whole ones.
  std::uint64_t unconfigured_ = 0;     // The last segment with a damaged configuration.

  wal::Scrubber scrubber_;  // Its thread's.

  // The core's: its own handle, and where the last reading ended.
  mutable std::unique_ptr<File> reading_;
  mutable std::uint64_t reading_ordinal_ = 0;
  mutable std::optional<Resume> resume_;
  mutable std::uint64_t resume_truncations_ = 0;
};

}  // namespace aval::consensus
