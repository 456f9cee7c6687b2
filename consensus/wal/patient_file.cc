#include "consensus/wal/patient_file.h"

#include <algorithm>

#include "consensus/wal/format.h"

namespace aval::consensus::wal {

namespace {

// No sector: it has no check. Not torn either: it does not end in a zero.
constexpr std::uint8_t kUnread = 0xff;

}  // namespace

Result<Bytes> PatientFile::Read(std::uint64_t offset, std::size_t length) const {
  auto whole = file_->Read(offset, length);
  if (whole || whole.error().code != Code::kIo || !Answers()) return whole;
  AVAL_TRY(const std::uint64_t size, file_->Size());
  const std::uint64_t end = std::min(size, offset + length);
  Bytes bytes;
  for (std::uint64_t at = offset; at < end;) {
    const std::uint64_t next = std::min(end, (at / kSector + 1) * kSector);
    const auto part = file_->Read(at, static_cast<std::size_t>(next - at));
    if (part) {
      bytes.insert(bytes.end(), part->begin(), part->end());
    } else if (part.error().code == Code::kIo) {
      bytes.resize(bytes.size() + static_cast<std::size_t>(next - at), kUnread);
    } else {
      return part.error();
    }
    at = next;
  }
  // The disk may have gone meanwhile, and then nothing of this counts.
  if (!Answers()) return whole;
  return bytes;
}

bool PatientFile::Answers() const {
  const auto size = file_->Size();
  if (!size) return false;
  if (file_->Read(0, kSector)) return true;
  return *size >= kSector && file_->Read(*size - kSector, kSector).has_value();
}

}  // namespace aval::consensus::wal
