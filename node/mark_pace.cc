#include "node/mark_pace.h"

#include <algorithm>

namespace aval::node {

void MarkPace::Marked(const consensus::EntryId& mark, Instant now, bool for_none) {
  under_way_ = mark;
  last_ = now;
  if (for_none) ++in_vain_;
}

void MarkPace::Made(consensus::Index mark, Instant now) {
  if (mark < under_way_.index) return;
  under_way_ = {};
  last_ = now;
}

void MarkPace::NoneTrusted(Instant now) {
  if (now - none_ > Interval()) in_vain_ = 0;
  none_ = now;
}

Duration MarkPace::Interval() const {
  if (under_way_ != consensus::EntryId{}) return limits_.longest;
  Duration interval = limits_.made;
  for (int i = 0; i < in_vain_ && interval < limits_.longest; ++i) interval *= 2;
  return std::min(interval, limits_.longest);
}

}  // namespace aval::node
