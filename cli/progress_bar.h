#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace aval::cli {

/// One line on standard error that says how far a long task is: redrawn in place on a terminal, now
/// and then a line of its own elsewhere. Threads: one.
class ProgressBar {
 public:
  /// `unit` is what is counted: "acts".
  ProgressBar(std::string what, std::string unit);
  /// Ends the line.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `fraction` from 0 to 1, `count` units done so far; `note` stands at the end.
  void Show(double fraction, std::uint64_t count, const std::string& note);

 private:
  using Clock = std::chrono::steady_clock;
  void Draw(double fraction, std::uint64_t count, const std::string& note, Clock::time_point now);

  const std::string what_;
  const std::string unit_;
  const bool terminal_;
  const Clock::time_point start_;
  Clock::time_point drawn_;
  bool any_ = false;
};

}  // namespace aval::cli
