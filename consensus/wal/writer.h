#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "base/bounded_queue.h"
#include "base/result.h"
#include "consensus/storage.h"
#include "consensus/wal/wal.h"

namespace aval::consensus {

/// The thread that writes the log. Whatever waits when the disk becomes free goes out as one group
/// with one sync: no timer, the batch finds its size from the disk's own speed.
///
/// Threads: Write is safe from all and never waits; the events come on the writer's own thread.
/// Stop not from there.
class WalWriter {
 public:
  struct Events {
    /// Everything up to this sequence number is durable.
    std::function<void(std::uint64_t)> persisted;
    /// The log has failed, once; nothing is durable that was not reported before, and the node must
    /// stop. A sync is never tried again: it would report success for pages that are lost.
    std::function<void(const Error&)> failed;
    /// False: there is no room for the segment after this one. Take no more entries: what is left
    /// is for terms and votes, and a group of entries that does not fit is kFull, which is a
    /// failure. True: there is room again. May be empty.
    std::function<void(bool)> room{};
    /// A write was to fill this, and it is damaged still; comes before that write is reported
    /// durable. May be empty.
    std::function<void(const DamagedRange&)> unrepaired{};
  };
  struct Limits {
    /// Writes that wait. The core bounds those under way (Core::Options::writes); this is above.
    std::size_t queue = 4096;
    /// A group is closed once it has so many bytes.
    std::size_t group_bytes = std::size_t{4} << 20U;
    /// With nothing to write for so long, it does what can wait (Wal::Idle).
    std::chrono::milliseconds idle{50};
  };

  /// `wal` outlives the writer.
  WalWriter(Wal& wal, Events events);
  WalWriter(Wal& wal, Events events, const Limits& limits);
  ~WalWriter();
  WalWriter(const WalWriter&) = delete;
  WalWriter& operator=(const WalWriter&) = delete;

  /// False when the queue is full, or the log has failed or is stopped: the write is dropped, and
  /// its sequence number never reported.
  bool Write(Persist write) { return queue_.TryPush(std::move(write)); }
  /// After Events::room(false), from a timer: looks whether there is room again. False as Write.
  bool TryAgain() { return queue_.TryPush(LookForRoom{}); }
  /// Writes what waits, reports it, and joins the thread.
  void Stop();

 private:
  struct LookForRoom {};
  using Work = std::variant<Persist, LookForRoom>;

  void Run();
  Result<void> RunUntilClosed();
  Result<void> WriteGroup(std::deque<Work>& waiting);
  void TellRoom();

  Wal& wal_;
  const Events events_;
  const Limits limits_;
  BoundedQueue<Work> queue_;
  bool short_of_room_ = false;  // As told.
  std::thread thread_;
};

}  // namespace aval::consensus
