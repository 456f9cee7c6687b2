#include "consensus/wal/ring.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "consensus/wal/patient_file.h"

namespace aval::consensus::wal {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunk = std::size_t{256} << 10U;
static_assert(kChunk % kSector == 0);

Result<std::unique_ptr<File>> Make(Disk& disk, const fs::path& directory, std::size_t slots) {
  const fs::path draft = directory / Ring::kDraftName;
  if (disk.Exists(draft)) AVAL_CHECK(disk.Remove(draft));
  AVAL_TRY(std::unique_ptr<File> file, disk.Open(draft, Disk::Mode::kCreate));
  AVAL_CHECK(file->Resize(std::uint64_t{slots} * kSector));
  AVAL_CHECK(file->Sync());
  AVAL_CHECK(disk.Rename(draft, directory / Ring::kName));
  AVAL_CHECK(disk.SyncDirectory(directory));
  return file;
}

}  // namespace

Result<std::vector<WitnessSlot>> Ring::Load(Disk& disk, const fs::path& directory) {
  std::vector<WitnessSlot> slots;
  const fs::path path = directory / kName;
  if (!disk.Exists(path)) return slots;
  AVAL_TRY(auto file, disk.Open(path, Disk::Mode::kRead));
  const PatientFile patient(std::move(file));
  AVAL_TRY(const std::uint64_t size, patient.Size());
  if (size % kSector != 0) return slots;
  slots.reserve(size / kSector);
  for (std::uint64_t at = 0; at < size; at += kChunk) {
    AVAL_TRY(const Bytes chunk, patient.Read(at, kChunk));
    for (std::size_t in = 0; in + kSector <= chunk.size(); in += kSector) {
      slots.push_back(ParseWitness(ByteView(chunk).subspan(in, kSector)));
    }
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].witness.place.group % slots.size() != i) slots[i].state = Sector::State::kBroken;
  }
  return slots;
}

Result<WitnessSlot> Ring::Read(const File& file, std::uint64_t group) {
  AVAL_TRY(const std::uint64_t size, file.Size());
  if (size < kSector) return WitnessSlot{};
  AVAL_TRY(const Bytes sector, file.Read(group % (size / kSector) * kSector, kSector));
  if (sector.size() < kSector) return WitnessSlot{};
  return ParseWitness(sector);
}

Result<Ring> Ring::Open(Disk& disk, const fs::path& directory, std::size_t loaded,
                        std::size_t slots, const std::map<std::uint64_t, Witness>& witnesses) {
  Ring ring;
  if (loaded > 0) {
    AVAL_TRY(ring.file_, disk.Open(directory / kName, Disk::Mode::kReadWrite));
    ring.slots_ = loaded;
  } else {
    AVAL_ASSERT(slots > 0);
    AVAL_TRY(ring.file_, Make(disk, directory, slots));
    ring.slots_ = slots;
  }
  for (const auto& [group, witness] : witnesses) AVAL_CHECK(ring.Put(witness));
  // What a process that died had put may be in the page cache only.
  ring.dirty_ = true;
  AVAL_CHECK(ring.Sync());
  return ring;
}

Result<void> Ring::Put(const Witness& witness) {
  const std::uint64_t slot = witness.place.group % slots_;
  if (pinned_.contains(slot)) return {};
  dirty_ = true;
  return file_->Write(slot * kSector, EncodeWitness(witness));
}

Result<void> Ring::Keep(const Witness& witness) {
  pinned_.erase(witness.place.group % slots_);
  AVAL_CHECK(Put(witness));
  Pin(witness.place.group);
  return {};
}

Result<void> Ring::Sync() {
  if (!dirty_) return {};
  AVAL_CHECK(file_->Sync());
  dirty_ = false;
  return {};
}

}  // namespace aval::consensus::wal
