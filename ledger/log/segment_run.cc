#include "ledger/log/segment_run.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace aval::ledger {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSegmentDigits = 10;
constexpr std::size_t kReadAhead = std::size_t{1} << 20U;

std::string At(const std::string& file, std::uint64_t offset) {
  return file + ", offset " + std::to_string(offset);
}

Error EndsEarly(const std::string& file, std::uint64_t offset, std::size_t length,
                std::uint64_t size) {
  return {.code = Code::kCorruption,
          .message = At(file, offset) + ": " + std::to_string(length) +
                     " bytes expected, but the file ends at " + std::to_string(size)};
}

}  // namespace

SegmentRun::SegmentRun(Disk& disk, fs::path directory, std::string name)
    : disk_(&disk), directory_(std::move(directory)), name_(std::move(name)) {}

std::string SegmentRun::FileName(std::uint64_t segment) const {
  std::string number = std::to_string(segment);
  if (number.size() < kSegmentDigits) number.insert(0, kSegmentDigits - number.size(), '0');
  return name_ + "." + number;
}

Result<void> SegmentRun::OpenForWriting(std::uint64_t segment) {
  if (file_ != nullptr && segment_ == segment) return {};
  AVAL_CHECK(Sync());
  file_ = nullptr;
  const fs::path path = PathOf(segment);
  const bool exists = disk_->Exists(path);
  AVAL_TRY(file_, disk_->Open(path, exists ? Disk::Mode::kReadWrite : Disk::Mode::kCreate));
  segment_ = segment;
  if (!exists) names_changed_ = true;
  return {};
}

Result<void> SegmentRun::Write(std::uint64_t segment, std::uint64_t offset, ByteView bytes) {
  if (bytes.empty()) return {};
  AVAL_CHECK(OpenForWriting(segment));
  dirty_ = true;
  return file_->Write(offset, bytes);
}

Result<void> SegmentRun::Sync() {
  if (!dirty_) return {};
  AVAL_CHECK(file_->Sync());
  dirty_ = false;
  return {};
}

Result<void> SegmentRun::LeaveRoom(std::uint64_t segment, std::uint64_t offset) {
  if (offset == 0) return {};
  AVAL_CHECK(OpenForWriting(segment));
  dirty_ = true;
  return file_->Resize(offset);
}

Result<void> SegmentRun::CutTo(std::uint64_t segment, std::uint64_t offset) {
  AVAL_TRY(const std::vector<std::string> names, disk_->List(directory_));
  const std::string last = FileName(segment);
  for (const std::string& name : names) {
    const bool ours = name.starts_with(name_ + ".") && name.size() == last.size();
    if (!ours || name < last || (name == last && offset > 0)) continue;
    AVAL_CHECK(disk_->Remove(directory_ / name));
    names_changed_ = true;
  }
  if (offset == 0) return {};
  AVAL_CHECK(OpenForWriting(segment));
  AVAL_TRY(const std::uint64_t size, file_->Size());
  if (size < offset) return EndsEarly(last, 0, offset, size);
  if (size == offset) return {};
  dirty_ = true;
  return file_->Resize(offset);
}

bool SegmentRun::TakeNamesChanged() { return std::exchange(names_changed_, false); }

Result<std::uint64_t> SegmentRun::SizeOf(std::uint64_t segment) const {
  const fs::path path = PathOf(segment);
  if (!disk_->Exists(path)) return std::uint64_t{0};
  AVAL_TRY(const auto file, disk_->Open(path, Disk::Mode::kRead));
  return file->Size();
}

Result<Bytes> SegmentRun::Read(std::uint64_t segment, std::uint64_t offset,
                               std::size_t length) const {
  const fs::path path = PathOf(segment);
  if (!disk_->Exists(path)) return EndsEarly(FileName(segment), offset, length, 0);
  AVAL_TRY(const auto file, disk_->Open(path, Disk::Mode::kRead));
  // Asked first, because a damaged length must not become an allocation.
  AVAL_TRY(const std::uint64_t size, file->Size());
  if (offset > size || size - offset < length) {
    return EndsEarly(FileName(segment), offset, length, size);
  }
  AVAL_TRY(Bytes bytes, file->Read(offset, length));
  if (bytes.size() != length) return EndsEarly(FileName(segment), offset, length, size);
  return bytes;
}

Result<SegmentCursor> SegmentCursor::At(const SegmentRun& run, std::uint64_t segment,
                                        std::uint64_t offset) {
  AVAL_TRY(const std::uint64_t size, run.SizeOf(segment));
  if (offset > size) return EndsEarly(run.FileName(segment), offset, 0, size);
  return SegmentCursor(run, segment, offset, size);
}

Result<ByteView> SegmentCursor::Take(std::size_t length) {
  if (size_ - offset() < length) {
    return EndsEarly(run_->FileName(segment_), offset(), length, size_);
  }
  if (buffer_.size() - used_ < length) {
    const std::uint64_t at = offset();
    const auto ahead =
        static_cast<std::size_t>(std::min<std::uint64_t>(size_ - at, std::max(length, kReadAhead)));
    AVAL_TRY(buffer_, run_->Read(segment_, at, ahead));
    offset_ = at;
    used_ = 0;
  }
  const ByteView bytes = ByteView(buffer_).subspan(used_, length);
  used_ += length;
  return bytes;
}

std::string SegmentCursor::Place() const { return ledger::At(run_->FileName(segment_), offset()); }

}  // namespace aval::ledger
