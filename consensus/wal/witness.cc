#include "consensus/wal/witness.h"

#include "base/assert.h"

namespace aval::consensus::wal {

namespace {

constexpr std::uint8_t kCloses = 1;
constexpr std::uint8_t kConfigures = 2;
constexpr std::uint8_t kTruncates = 4;

}  // namespace

Witness WitnessOf(const GroupPlace& place, std::uint32_t sectors, const EntryId& last,
                  const HardState& hard_state, std::span<const Change> changes) {
  Witness made{
      .place = place, .sectors = sectors, .before = last, .last = last, .hard_state = hard_state};
  for (const Change& change : changes) {
    switch (change.kind) {
      case RecordKind::kEnd:
      case RecordKind::kRepair:
        break;
      case RecordKind::kEntry:
        made.last = change.id;
        made.configures = made.configures || change.configuration != nullptr;
        break;
      case RecordKind::kHardState:
        made.hard_state = change.hard_state;
        break;
      case RecordKind::kTruncate:
        made.last = change.id;
        if (change.id.index < made.before.index) made.before = change.id;
        break;
      case RecordKind::kClose:
        made.closes = true;
        break;
    }
  }
  made.truncates = made.before.index < last.index;
  return made;
}

bool CanFollow(const Witness& witness, const GroupPlace& place, std::uint64_t room_end,
               const EntryId& last, const HardState& hard_state) {
  const HardState& after = witness.hard_state;
  const bool second_vote =
      after.term == hard_state.term && hard_state.vote != NodeId{} && after.vote != hard_state.vote;
  if (after.term < hard_state.term || second_vote || witness.last.term > after.term) return false;
  if (witness.place != place || witness.sectors == 0 || witness.end() > room_end) return false;
  if (witness.last.index < witness.before.index) return false;
  if (witness.last.index == witness.before.index && witness.last != witness.before) return false;
  return witness.truncates ? witness.before.index < last.index : witness.before == last;
}

Bytes EncodeWitness(const Witness& witness) {
  ByteWriter out;
  out.U64(witness.place.group);
  out.U64(witness.place.ordinal);
  out.U64(witness.place.offset);
  out.U32(witness.sectors);
  out.U8(static_cast<std::uint8_t>((witness.closes ? kCloses : 0) |
                                   (witness.configures ? kConfigures : 0) |
                                   (witness.truncates ? kTruncates : 0)));
  WriteId(out, witness.before);
  out.U64(witness.last.index.value - witness.before.index.value);
  WriteId(out, witness.last);
  out.U64(witness.hard_state.term.value);
  out.U32(witness.hard_state.vote.value);
  Bytes sector = out.Take();
  sector.resize(kSector);
  SealSector(sector);
  return sector;
}

WitnessSlot ParseWitness(ByteView sector) {
  AVAL_ASSERT(sector.size() == kSector);
  if (IsZero(sector)) return {};
  WitnessSlot slot{.state = Sector::State::kBroken, .witness = {}};
  if (!IsSealedSector(sector)) return slot;
  ByteReader in(sector);
  Witness& read = slot.witness;
  read.place.group = in.U64();
  read.place.ordinal = in.U64();
  read.place.offset = in.U64();
  read.sectors = in.U32();
  const std::uint8_t flags = in.U8();
  read.closes = (flags & kCloses) != 0;
  read.configures = (flags & kConfigures) != 0;
  read.truncates = (flags & kTruncates) != 0;
  read.before = ReadId(in);
  const std::uint64_t entries = in.U64();
  read.last = ReadId(in);
  read.hard_state.term = {in.U64()};
  read.hard_state.vote = {in.U32()};
  const bool sound = EqualBytes(EncodeWitness(read), sector) &&
                     entries == read.last.index.value - read.before.index.value;
  if (sound) slot.state = Sector::State::kWhole;
  return slot;
}

}  // namespace aval::consensus::wal
