#include "tests/sim/limits.h"

namespace aval::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

node::Replica::Limits ReplicaLimits(const Plan& plan) {
  node::Replica::Limits limits;
  if (plan.retention > 0) limits.retention = plan.retention;
  limits.trim_interval = milliseconds(300);
  limits.mark_pace = {.made = seconds(1), .longest = seconds(1)};
  return limits;
}

node::SnapshotService::Options SnapshotLimits(const Plan& plan) {
  node::SnapshotService::Options options;
  options.server.keep = seconds(4);
  options.server.fetched = seconds(1);
  options.server.leaves_bytes = 16 * 1024;
  options.ask_interval = milliseconds(200);
  options.ask_leaves_interval = seconds(1);
  options.pull = {
      .deadline = seconds(2), .first_rest = milliseconds(100), .longest_rest = seconds(2)};
  options.chunk_bytes = plan.chunk_bytes;
  options.patience = seconds(10);
  return options;
}

}  // namespace aval::sim
