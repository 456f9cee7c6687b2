#include "consensus/wal/log_state.h"

namespace aval::consensus::wal {

void LogState::StartSegment(std::uint64_t ordinal) { segments.emplace(ordinal, last); }

void LogState::Apply(const Change& change, std::uint64_t ordinal) {
  switch (change.kind) {
    case RecordKind::kEnd:
    case RecordKind::kClose:
      break;
    case RecordKind::kEntry:
      last = change.id;
      index.Append(change.before, change.at, change.bytes);
      terms.Append(change.before, change.id.term);
      if (change.configuration != nullptr) {
        configurations.push_back(
            {.index = change.id.index, .configuration = *change.configuration});
      }
      break;
    case RecordKind::kHardState:
      hard_state = change.hard_state;
      break;
    case RecordKind::kTruncate: {
      last = change.id;
      index.TruncateAfter(last.index);
      terms.TruncateAfter(last.index);
      while (!configurations.empty() && configurations.back().index > last.index) {
        configurations.pop_back();
      }
      EntryId& lowest = segments.at(ordinal);
      if (last.index < lowest.index) lowest = last;
      if (last.index < anchor.index) anchor = last;
      break;
    }
  }
}

void LogState::DropOldConfigurations() {
  const auto replaced = [&](std::size_t next) {
    return next < configurations.size() && configurations[next].index <= anchor.index;
  };
  std::size_t dropped = 0;
  while (replaced(dropped + 1)) ++dropped;
  configurations.erase(configurations.begin(),
                       configurations.begin() + static_cast<std::ptrdiff_t>(dropped));
}

}  // namespace aval::consensus::wal
