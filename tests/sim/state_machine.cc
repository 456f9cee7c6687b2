#include "tests/sim/state_machine.h"

namespace aval::sim {

void StateMachine::Commit(std::vector<node::CommittedEntry> entries) {
  const bool idle = waiting_.empty();
  for (node::CommittedEntry& entry : entries) waiting_.push_back(std::move(entry));
  if (!idle) return;
  const auto most = static_cast<std::uint64_t>(2 * parts_.disk_time.count());
  const auto time = Duration(static_cast<Duration::rep>(parts_.random->Below(most)));
  parts_.executor->After(time + parts_.stall(), [this] { Apply(std::exchange(waiting_, {})); });
}

}  // namespace aval::sim
