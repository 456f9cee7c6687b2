#include "consensus/wal/scrubber.h"

#include <algorithm>
#include <utility>

#include "consensus/wal/patient_file.h"
#include "consensus/wal/ring.h"

namespace aval::consensus::wal {

Result<Scrubber::Found> Scrubber::Run(const Bounds& bounds, std::size_t bytes) {
  Found found;
  while (found.bytes < bytes && !found.came_round && !found.lost) {
    const bool at_end = segment_ && end_.place.ordinal == bounds.end.ordinal &&
                        end_.place.offset >= bounds.end.offset;
    if (!segment_ || at_end) {
      AVAL_CHECK(Next(bounds, found));
    } else {
      AVAL_CHECK(Step(found));
    }
  }
  return found;
}

Result<void> Scrubber::Next(const Bounds& bounds, Found& found) {
  segment_.reset();
  if (next_ > bounds.end.ordinal) {
    next_ = 0;
    found.came_round = true;
    return {};
  }
  const std::uint64_t ordinal = std::max(next_, bounds.oldest);
  next_ = ordinal + 1;
  auto opened = OpenSegment(disk_, directory_, ordinal, Disk::Mode::kRead);
  if (!opened) {
    switch (opened.error().code) {
      case Code::kNotFound:  // Trimmed meanwhile.
        return {};
      case Code::kCorruption:
        found.lost = opened.error();
        return {};
      default:
        return opened.error();
    }
  }
  segment_.emplace(*std::move(opened));
  const std::uint64_t begin = segment_->room.begin;
  segment_->file->ForgetCache(0, segment_->header.size);
  end_ = {.place = {.group = segment_->header.first_group, .ordinal = ordinal, .offset = begin},
          .last = segment_->header.last,
          .hard_state = segment_->header.hard_state,
          .floor = {}};
  found.bytes += 2 * begin;
  return {};
}

Result<void> Scrubber::Step(Found& found) {
  const auto group = ReadGroup(segment_->room, end_);
  if (!group && group.error().code != Code::kCorruption) return group.error();
  AVAL_TRY(const WitnessSlot slot, ReadSlot(end_.place.group));
  const bool whole = slot.state == Sector::State::kWhole;
  const bool known = whole && slot.witness.place.group == end_.place.group;
  const bool newer = whole && slot.witness.place.group > end_.place.group;
  const bool agrees = known && (group ? slot.witness == group->witness
                                      : CanFollow(slot.witness, end_.place, segment_->room.end,
                                                  end_.last, end_.hard_state));
  if ((known && !agrees) || (!group && !known)) {
    found.lost = group
                     ? CorruptAt(segment_->room, end_.place.offset,
                                 "the ring knows another group " + std::to_string(end_.place.group))
                     : group.error();
    segment_.reset();
    return {};
  }
  const Witness& witness = group ? group->witness : slot.witness;
  if (!group) found.damaged.push_back(witness);
  if (group && !known && !newer) found.unseen.push_back(witness);
  found.bytes += witness.end() - witness.place.offset;
  end_ = {.place = {.group = end_.place.group + 1,
                    .ordinal = end_.place.ordinal,
                    .offset = witness.end()},
          .last = witness.last,
          .hard_state = witness.hard_state,
          .floor = {}};
  if (witness.closes) segment_.reset();
  return {};
}

Result<WitnessSlot> Scrubber::ReadSlot(std::uint64_t group) {
  if (ring_ == nullptr) {
    AVAL_TRY(auto file, disk_.Open(directory_ / Ring::kName, Disk::Mode::kRead));
    ring_ = std::make_unique<PatientFile>(std::move(file));
  }
  return Ring::Read(*ring_, group);
}

}  // namespace aval::consensus::wal
