#include "consensus/wal/spare.h"

#include "base/assert.h"
#include "consensus/wal/torn_tail.h"

namespace aval::consensus::wal {

Result<void> Spare::Adopt() {
  if (!disk_.Exists(path())) return {};
  {
    AVAL_TRY(const auto file, disk_.Open(path(), Disk::Mode::kReadWrite));
    AVAL_TRY(const std::uint64_t size, file->Size());
    AVAL_TRY(const auto used, FirstNonZero(*file, 0, size));
    ready_ = size == size_ && !used;
    if (ready_) return file->Sync();
  }
  AVAL_CHECK(disk_.Remove(path()));
  return disk_.SyncDirectory(directory_);
}

Result<void> Spare::Make() {
  if (ready_) return {};
  const std::filesystem::path draft = directory_ / kDraftName;
  if (disk_.Exists(draft)) AVAL_CHECK(disk_.Remove(draft));
  AVAL_TRY(const auto file, disk_.Open(draft, Disk::Mode::kCreate));
  if (const auto resized = file->Resize(size_); !resized) {
    AVAL_CHECK(disk_.Remove(draft));
    return resized.error();
  }
  AVAL_CHECK(file->Sync());
  AVAL_CHECK(disk_.Rename(draft, path()));
  AVAL_CHECK(disk_.SyncDirectory(directory_));
  ready_ = true;
  return {};
}

Result<std::unique_ptr<File>> Spare::Use() {
  AVAL_ASSERT(ready_);
  ready_ = false;
  return disk_.Open(path(), Disk::Mode::kReadWrite);
}

}  // namespace aval::consensus::wal
