#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "base/worker_pool.h"

namespace aval::ledger {

/// Shares independent pieces of work among threads.
class Crew {
 public:
  /// `threads` counts the caller's own.
  explicit Crew(unsigned threads);

  /// Calls task(0) to task(count - 1), in no particular order and on any of the threads; returns
  /// when all are done.
  void ForAll(std::size_t count, const std::function<void(std::size_t)>& task);

 private:
  const unsigned others_;
  std::optional<WorkerPool> pool_;
};

}  // namespace aval::ledger
