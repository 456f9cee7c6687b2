#pragma once

#include <atomic>

namespace aval::cli {

/// While it lives, Ctrl-C and SIGTERM set a flag instead of ending the process; another one, five
/// seconds or more after the first, ends it. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const std::atomic<bool>& asked() const;
};

}  // namespace aval::cli
