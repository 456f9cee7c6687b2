// Segments of the write-ahead log: recovery is right or refuses, and what it found can be read.

#include <algorithm>
#include <memory>

#include "consensus/wal/format.h"
#include "consensus/wal/wal.h"
#include "tests/base/fault_disk.h"
#include "tests/fuzz/target.h"

namespace aval::consensus {
namespace {

constexpr std::size_t kSegmentBytes = 16 * wal::kPage;
constexpr NodeId kNode{1};

Bytes Segment(ByteView groups) {
  Bytes segment = wal::EncodeHeader(
      {.ordinal = 1, .size = kSegmentBytes, .cluster = {}, .node = kNode, .first_group = 1});
  segment.insert(segment.end(), groups.begin(), groups.end());
  segment.resize(kSegmentBytes);
  return segment;
}

// The first byte says whether what follows lies on the disk as it is, or as the data of so many
// groups with right checksums, which random bytes would never have.
Bytes GroupsOf(ByteView input) {
  if (input.empty()) return {};
  ByteView data = input.subspan(1);
  const std::size_t count = input[0] % 4;
  if (count == 0) return CopyBytes(data);
  Bytes groups;
  for (std::size_t i = 0; i < count; ++i) {
    const ByteView part = data.first(data.size() / (count - i));
    data = data.subspan(part.size());
    if (part.empty()) continue;
    const Bytes group = wal::SealGroup(i + 1, part);
    groups.insert(groups.end(), group.begin(), group.end());
  }
  return groups;
}

void Run(ByteView input) {
  const Bytes segment = Segment(GroupsOf(input));
  if (segment.size() != kSegmentBytes) return;
  FaultDisk disk;
  AVAL_ASSERT(disk.MakeDirectories("/wal").has_value());
  const auto file = disk.Open("/wal/" + wal::SegmentName(1), Disk::Mode::kCreate);
  AVAL_ASSERT(file && (*file)->Write(0, segment) && (*file)->Sync());
  AVAL_ASSERT(disk.SyncDirectory("/wal").has_value());
  const auto log = Wal::Open(disk, "/wal", {.cluster = {}, .node = kNode, .ring_slots = 16}, {});
  if (!log) {
    AVAL_ASSERT(log.error().code == Code::kCorruption);
    return;
  }
  const Index anchor = (*log)->Anchor().index;
  const Index last = (*log)->recovered().last.index;
  if (anchor == last) return;
  const auto entries = (*log)->Read({anchor.value + 1}, last, kSegmentBytes);
  AVAL_ASSERT(entries.has_value());
}

}  // namespace
}  // namespace aval::consensus

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  aval::consensus::Run({data, size});
  return 0;
}
