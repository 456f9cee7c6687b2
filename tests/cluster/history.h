#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aval::cluster {

enum class Operation {
  kWrite,  // Sets a grant's limit to `value`.
  kRead,   // A linearisable read of that limit.
};

enum class Outcome {
  kDone,
  /// It failed and is known to have had no effect.
  kRefused,
  /// The client gave up at `returned`. A write may take effect at any time after its call, also
  /// much later, or never.
  kUnknown,
};

/// One call of one client, as that client saw it: it took effect between `called` and `returned`.
///
/// Times are read from one monotonic clock for all clients, before anything is sent and after the
/// whole answer is there, so that the span is never too short. 0 <= called <= returned.
struct Call {
  std::uint32_t client = 0;
  std::chrono::nanoseconds called{0};
  std::chrono::nanoseconds returned{0};
  Operation operation = Operation::kRead;
  std::string key;         // The grant.
  std::int64_t value = 0;  // In minor units; of a read that is not kDone, without meaning.
  Outcome outcome = Outcome::kUnknown;

  friend bool operator==(const Call&, const Call&) = default;
};

/// Whether the call's times are in their range.
bool TimesInOrder(const Call& call);

/// For people: "client 3 wrote 500 [10, 20]", times in nanoseconds. A write with an unknown outcome
/// ends with "?]".
std::string Describe(const Call& call);

/// One JSON object a line, each with its newline, without spaces and in this order of members:
///
///     {"client":3,"call":10,"return":20,"op":"write","key":"a grant","value":500,"ok":true}
///
/// Times are in nanoseconds, `op` is "write" or "read", and `ok` is true for kDone, false for
/// kRefused, null for kUnknown.
std::string FormatHistory(std::span<const Call> calls);

/// What FormatHistory has written, and nothing else: a line with a member too many, too few, twice
/// or of another type, with times out of their range, in another form, or cut off before its
/// newline is kInvalidArgument, which names the line.
Result<std::vector<Call>> ParseHistory(std::string_view text);

/// Collects the calls of many clients.
/// Threads: safe from all.
class HistoryRecorder {
 public:
  /// `call` is over; its times must be in order.
  void Add(Call call);

  /// What was added so far, in the order in which it was.
  std::vector<Call> calls() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Call> calls_;
};

}  // namespace aval::cluster
