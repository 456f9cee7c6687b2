#pragma once

#include <cstdint>
#include <ostream>
#include <string_view>

#include "base/clock.h"
#include "consensus/types.h"

namespace aval::sim {

/// What happened, in order. Two runs with the same digest were the same run; the lines, one for
/// each event, are for people.
/// Threads: one.
class Trace {
 public:
  /// Lines go to `lines`, unless null, which outlives the trace.
  Trace(const Clock& time, std::ostream* lines) : time_(time), lines_(lines) {}

  /// `what` is one of few words; `a` and `b` are what it is about.
  void Note(std::string_view what, consensus::NodeId node, std::uint64_t a = 0,
            std::uint64_t b = 0);
  /// For people alone.
  void Say(std::string_view text);

  std::uint64_t digest() const { return digest_; }
  std::uint64_t events() const { return events_; }

 private:
  void Mix(std::uint64_t word);
  void Stamp();

  const Clock& time_;
  std::ostream* const lines_;
  std::uint64_t digest_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace aval::sim
