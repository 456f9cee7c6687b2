#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/executor.h"
#include "base/result.h"
#include "base/thread_executor.h"
#include "consensus/storage.h"
#include "consensus/wal/wal.h"
#include "node/event_log.h"

namespace aval::node {

/// "entries 3 to 7".
std::string EntriesOf(const consensus::DamagedRange& range);

/// Looks after a running node's disk: whether there is room on it, and whether what lies there can
/// still be read.
///
/// Room for the Raft log: its writer says when there is none for another segment, and looks again
/// until there is. Room for all that follows the Raft log (the applied log, the state, a snapshot
/// under way): the first error of a full disk ends applying, since LevelDB takes no write after
/// one; reads go on from what is there, and once there is room everything is opened anew. What was
/// not taken comes again from the Raft log.
/// Threads: the public methods are safe from all.
class DiskUpkeep {
 public:
  struct Parts {
    Disk* disk = nullptr;  // All of these outlive the upkeep.
    consensus::Wal* wal = nullptr;
    EventLog* log = nullptr;
    Executor* core = nullptr;  // The replica's.
    std::filesystem::path data_directory;
    Duration look_interval = std::chrono::seconds(1);  // For room.
    Duration scrub_rest = std::chrono::hours(1);       // Between two rounds over the log.
    /// Asks the log's writer to look for room; false when it has stopped.
    std::function<bool()> look_for_segment;
    /// Whether the replica may take entries; on the core's thread, from Start on.
    std::function<void(bool)> room;
    /// Entries that the scrubber has found lost.
    std::function<void(const consensus::DamagedRange&)> damaged;
    std::function<void()> reopen;              // Called at most once. Null: a full disk is failure.
    std::function<void(const Error&)> failed;  // The node must stop.
  };

  explicit DiskUpkeep(Parts parts) : parts_(std::move(parts)) {}

  /// The replica runs: it hears of room, and the log is scrubbed.
  void Start();
  void Stop() { thread_.Stop(); }

  /// What the log's writer says: consensus::WalWriter::Events::room.
  void OnSegmentRoom(bool room);
  /// What a peer gave back and the log did not take: consensus::WalWriter::Events::unrepaired.
  void OnUnrepaired(const consensus::DamagedRange& range);
  /// Of what follows the Raft log: a full disk is waited for, anything else is failure.
  void OnError(const Error& error);
  /// The node is to be opened anew, for whatever reason.
  void AskToReopen();
  /// Nothing is applied until the node is opened anew.
  bool is_full() const { return is_full_; }

 private:
  void TellRoom();
  void LookForSegment();
  void ReopenWithRoom();
  bool HasRoom();
  void Scrub();
  void AwaitRepair();

  const Parts parts_;
  std::atomic<bool> has_segment_ = true;
  std::atomic<bool> is_full_ = false;
  std::atomic<bool> started_ = false;
  std::atomic<bool> reopen_asked_ = false;
  bool awaits_repair_ = false;
  ThreadExecutor thread_{"upkeep"};  // Last: its tasks use the rest.
};

}  // namespace aval::node
