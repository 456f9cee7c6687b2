#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/random.h"

namespace aval {

/// A disk in memory that keeps what was written apart from what is durable, so that a test can cut
/// the power between any two calls, fail a sync, fill the device or rot a byte.
///
/// Content becomes durable by File::Sync, names by SyncDirectory, and by nothing else. A power cut
/// keeps any subset of the unsynced writes, each torn at sectors of 512 bytes, and any subset of
/// the unsynced changes of names. Files opened before the cut answer kIo for ever.
/// Threads: safe from all.
class FaultDisk final : public Disk {
 public:
  static constexpr std::size_t kSector = 512;

  FaultDisk();
  ~FaultDisk() override;

  // Faults.

  /// The power fails at the `operations`th change from now (1 is the next): that change reaches the
  /// page cache only, and every later call of any kind answers kIo until PowerCycle.
  void CutAfter(std::uint64_t operations);
  bool cut() const;
  /// The device comes back with what survived; what did is drawn from `random`.
  void PowerCycle(Random& random);
  /// The device goes on with all that was written to it: not the power failed but the process died.
  /// As PowerCycle, this ends a cut and what was open.
  void Reopen();
  /// The `syncs`th File::Sync from now fails, once: what it should have made durable is lost to the
  /// durable image for good, while the page cache still shows it (as Linux does since 4.13).
  void FailSyncAfter(std::uint64_t syncs);
  /// The `syncs`th File::Sync from now, of files below `directory`, lies, once: as one that fails,
  /// but it reports success.
  void ForgetSyncAfter(std::uint64_t syncs, const std::filesystem::path& directory = {});
  /// The `writes`th File::Write from now, likewise, lands so many bytes further in its file, once.
  void MisdirectWriteAfter(std::uint64_t writes, std::uint64_t further,
                           const std::filesystem::path& directory = {});
  /// Neither of the two is still to come.
  void StopLying();
  /// A latent error: reads of the sector with this byte answer kIo until it is written again.
  void Spoil(const std::filesystem::path& path, std::uint64_t offset);
  /// Writes and resizes that would make all files together longer than this answer kFull.
  void SetCapacity(std::uint64_t bytes);
  /// Nothing of what was set before happens any more.
  void ForgetFaults();

  // What tests look at.

  /// Changes (writes, resizes, syncs, creations, renames, removals) so far.
  std::uint64_t operations() const;
  std::uint64_t syncs() const;
  std::uint64_t failed_syncs() const;
  /// Writes that went astray.
  std::uint64_t misdirected() const;
  /// Bytes of all files together.
  std::uint64_t used() const;
  /// The byte as a reader sees it; asserts that it exists.
  std::uint8_t ByteAt(const std::filesystem::path& path, std::uint64_t offset) const;
  /// Bit rot: flips the bits of `mask` in cache and on the device. The file is long enough.
  void Flip(const std::filesystem::path& path, std::uint64_t offset, std::uint8_t mask);
  /// A copy whose content and names are all durable; faults are not copied.
  std::unique_ptr<FaultDisk> Clone() const;
  /// A copy of what would be there if the power failed now and everything unsynced were lost.
  std::unique_ptr<FaultDisk> CloneDurable() const;

  Result<std::unique_ptr<File>> Open(const std::filesystem::path& path, Mode mode) override;
  Result<std::vector<std::string>> List(const std::filesystem::path& directory) const override;
  Result<std::vector<std::string>> ListTree(const std::filesystem::path& directory) const override;
  Result<void> MakeDirectories(const std::filesystem::path& directory) override;
  Result<void> Rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<void> Remove(const std::filesystem::path& path) override;
  bool Exists(const std::filesystem::path& path) const override;
  Result<void> SyncDirectory(const std::filesystem::path& directory) override;

 private:
  friend class FaultFile;

  // A write (or, without bytes, a change of size) that is not durable yet.
  struct Change {
    std::uint64_t offset = 0;
    Bytes bytes;
    std::optional<std::uint64_t> size;
  };
  struct Node {
    Bytes cached;
    Bytes durable;
    std::vector<Change> unsynced;      // Oldest first.
    std::set<std::uint64_t> spoilt{};  // Sectors, by number.
  };
  using NodePtr = std::shared_ptr<Node>;
  // Names that change together; an absent node is a removal. Durable once each of their directories
  // has been synced.
  struct NameChange {
    std::map<std::string, NodePtr> names;
    std::set<std::string> directories = {};
  };

  // What is still to come of a kind, of files whose names begin so.
  struct Lie {
    std::uint64_t after = 0;  // 0: nothing.
    std::string prefix = {};
    /// Whether this one is it.
    bool Falls(const std::string& name);
  };

  static void Apply(Change change, Bytes& content);
  static void ApplyTorn(const Change& change, Random& random, Bytes& content);
  Result<void> CheckPower() const;
  /// Counts one change. True when the power fails with it: the change still reaches the cache.
  bool CountChange();
  Result<void> ChangeNode(Node& node, Change change);
  Result<void> SyncNode(Node& node, const std::string& name);
  Result<void> ChangeNames(NameChange change);
  Result<NodePtr> Find(const std::filesystem::path& path) const;
  std::uint64_t BytesUsed() const;

  mutable std::mutex mutex_;
  std::map<std::string, NodePtr> names_;
  std::map<std::string, NodePtr> durable_names_;
  std::vector<NameChange> unsynced_names_;
  std::uint64_t power_cycles_ = 0;
  bool cut_ = false;
  std::uint64_t operations_ = 0;
  std::uint64_t syncs_ = 0;
  std::uint64_t failed_syncs_ = 0;
  std::uint64_t cut_at_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t fail_sync_at_ = std::numeric_limits<std::uint64_t>::max();
  Lie forget_sync_;
  Lie misdirect_;
  std::uint64_t misdirect_by_ = 0;
  std::uint64_t misdirected_ = 0;
  std::uint64_t capacity_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace aval
