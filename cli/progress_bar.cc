#include "cli/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace aval::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::seconds kNewLine{5};
constexpr std::size_t kWidth = 30;

double Seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

ProgressBar::ProgressBar(std::string what, std::string unit)
    : what_(std::move(what)),
      unit_(std::move(unit)),
      terminal_(isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      drawn_(start_) {}

ProgressBar::~ProgressBar() {
  if (any_ && terminal_) std::fputc('\n', stderr);
}

void ProgressBar::Show(double fraction, std::uint64_t count, const std::string& note) {
  const Clock::time_point now = Clock::now();
  const bool last = fraction >= 1.0;
  if (!last && now - drawn_ < (terminal_ ? Clock::duration(kRedraw) : Clock::duration(kNewLine))) {
    return;
  }
  Draw(fraction, count, note, now);
  drawn_ = now;
  any_ = true;
}

void ProgressBar::Draw(double fraction, std::uint64_t count, const std::string& note,
                       Clock::time_point now) {
  const double share = std::clamp(fraction, 0.0, 1.0);
  const auto full = static_cast<std::size_t>(share * kWidth);
  const double rate = static_cast<double>(count) / std::max(Seconds(now - start_), 1e-9);
  std::fprintf(stderr, "%s%s [%s%s] %3.0f %%  %llu %s  %.0f %s/s  %s%s", terminal_ ? "\r" : "",
               what_.c_str(), std::string(full, '#').c_str(),
               std::string(kWidth - full, ' ').c_str(), share * 100.0,
               static_cast<unsigned long long>(count), unit_.c_str(), rate, unit_.c_str(),
               note.c_str(), terminal_ ? "\033[K" : "\n");
  std::fflush(stderr);
}

}  // namespace aval::cli
