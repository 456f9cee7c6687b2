#include "node/disk_upkeep.h"

#include <algorithm>
#include <string>
#include <utility>

namespace aval::node {

namespace {

// 4 MiB a second.
constexpr std::size_t kScrubBytes = std::size_t{1} << 20U;
constexpr Duration kScrubStep = std::chrono::milliseconds(250);

constexpr const char* kProbe = "room.probe";
// What opening and going on need at once, so that not every freed byte opens the files anew.
constexpr std::uint64_t kProbeBytes = std::uint64_t{16} << 20U;

}  // namespace

std::string EntriesOf(const consensus::DamagedRange& range) {
  return "entries " + std::to_string(range.before.index.value + 1) + " to " +
         std::to_string(range.last.index.value);
}

void DiskUpkeep::Start() {
  started_ = true;
  TellRoom();
  if (!parts_.wal->damaged().empty()) AwaitRepair();
  thread_.After(kScrubStep, [this] { Scrub(); });
}

void DiskUpkeep::OnSegmentRoom(bool room) {
  if (room) {
    parts_.log->Info("the disk has room for the write-ahead log again");
  } else {
    parts_.log->Warn(
        "the disk has no room for another segment of the write-ahead log: no more entries are "
        "taken");
  }
  has_segment_ = room;
  TellRoom();
  if (!room) LookForSegment();
}

// What holds when it comes to the core, whoever of two threads was first.
void DiskUpkeep::TellRoom() {
  parts_.core->Post([this] {
    if (started_) parts_.room(has_segment_ && !is_full_);
  });
}

void DiskUpkeep::LookForSegment() {
  thread_.After(parts_.look_interval, [this] {
    if (!parts_.wal->counters().short_of_room || !parts_.look_for_segment()) return;
    LookForSegment();
  });
}

void DiskUpkeep::OnError(const Error& error) {
  if (error.code != Code::kFull || !parts_.reopen) return parts_.failed(error);
  if (is_full_.exchange(true)) return;
  parts_.log->Error("the disk is full: " + error.message +
                    ". Reads are answered, nothing is applied until there is room");
  TellRoom();
  ReopenWithRoom();
}

void DiskUpkeep::ReopenWithRoom() {
  thread_.After(parts_.look_interval, [this] {
    if (!HasRoom()) return ReopenWithRoom();
    parts_.log->Info("there is room on the disk again");
    AskToReopen();
  });
}

void DiskUpkeep::AskToReopen() {
  if (parts_.reopen && !reopen_asked_.exchange(true)) parts_.reopen();
}

bool DiskUpkeep::HasRoom() {
  const std::filesystem::path path = parts_.data_directory / kProbe;
  const auto probe = [&]() -> Result<void> {
    if (parts_.disk->Exists(path)) AVAL_CHECK(parts_.disk->Remove(path));
    AVAL_TRY(const auto file, parts_.disk->Open(path, Disk::Mode::kCreate));
    return file->Resize(kProbeBytes);
  };
  const auto probed = probe();
  if (parts_.disk->Exists(path)) {
    if (const auto removed = parts_.disk->Remove(path); !removed) parts_.failed(removed.error());
  }
  if (!probed && probed.error().code != Code::kFull) parts_.failed(probed.error());
  return probed.has_value();
}

void DiskUpkeep::OnUnrepaired(const consensus::DamagedRange& range) {
  parts_.log->Error("what a peer gave back was not taken by the write-ahead log: " +
                    EntriesOf(range) + " are damaged still");
  parts_.damaged(range);
}

// Reads what lies on the disk again, slowly: most latent errors are found by nothing else.
void DiskUpkeep::Scrub() {
  const auto scrubbed = parts_.wal->Scrub(kScrubBytes);
  thread_.After(scrubbed && scrubbed->came_round ? parts_.scrub_rest : kScrubStep,
                [this] { Scrub(); });
  if (!scrubbed) {
    parts_.log->Error("scrubbing the write-ahead log: " + scrubbed.error().message);
    return;
  }
  if (scrubbed->lost) parts_.log->Error("the write-ahead log: " + scrubbed->lost->message);
  for (const consensus::DamagedRange& range : scrubbed->damaged) {
    parts_.log->Warn("the write-ahead log cannot read " + EntriesOf(range) +
                     " any more: asking peers for them");
    parts_.damaged(range);
  }
  if (!scrubbed->damaged.empty()) AwaitRepair();
}

void DiskUpkeep::AwaitRepair() {
  if (std::exchange(awaits_repair_, true)) return;
  thread_.After(parts_.look_interval, [this] {
    awaits_repair_ = false;
    if (!parts_.wal->damaged().empty()) return AwaitRepair();
    parts_.log->Info("nothing of the write-ahead log is damaged any more");
  });
}

}  // namespace aval::node
