#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "consensus/types.h"

namespace aval::net {

/// What is worth telling people about one peer, or about all strangers together: not the same words
/// twice in a row, and no more than a few reports a minute, whatever the other end provokes.
/// Threads: one at a time.
class TroubleFilter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr unsigned kReports = 8;
  static constexpr std::chrono::seconds kPeriod{60};

  /// The words to report; they say how many reports were left out since the last one. Nothing when
  /// this one is left out, too. `now` does not decrease.
  std::optional<std::string> Report(const std::string& words, Time now) {
    if (words == last_) return std::nullopt;
    if (!period_ || now - *period_ >= kPeriod) {
      period_ = now;
      reports_ = 0;
    }
    if (reports_ == kReports) {
      ++left_out_;
      return std::nullopt;
    }
    ++reports_;
    last_ = words;
    if (left_out_ == 0) return words;
    std::string more = words + " (after " + std::to_string(left_out_) + " reports left out)";
    left_out_ = 0;
    return more;
  }

  /// The next words are news, even if they are the same.
  void ForgetLast() { last_.clear(); }

 private:
  std::string last_;
  std::optional<Time> period_;
  unsigned reports_ = 0;  // In the period.
  std::uint64_t left_out_ = 0;
};

/// A filter for each peer, and one for what is nobody's: who provokes reports without end leaves
/// the others theirs. Threads: one at a time.
class PeerTroubles {
 public:
  /// As TroubleFilter.
  std::optional<std::string> Report(std::optional<consensus::NodeId> peer, const std::string& words,
                                    TroubleFilter::Time now) {
    return filters_[peer].Report(words, now);
  }
  void ForgetLast(consensus::NodeId peer) { filters_[peer].ForgetLast(); }

 private:
  std::map<std::optional<consensus::NodeId>, TroubleFilter> filters_;  // Peers are known ones.
};

}  // namespace aval::net
