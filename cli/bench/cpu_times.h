#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aval::cli::bench {

/// Processor time, user and system, by the name of threads without their number: "verify-0" and
/// "verify-1" are "verify".
struct CpuTimes {
  std::map<std::string, double> seconds;

  double Total() const;
  /// What came since `earlier`.
  CpuTimes Since(const CpuTimes& earlier) const;
};

/// One line of /proc/<pid>/task/<tid>/stat, proc(5).
struct ThreadStat {
  std::string name;         // Without its number.
  std::uint64_t ticks = 0;  // Of the processor, user and system.
};
Result<ThreadStat> ParseThreadStat(std::string_view line);

/// Of the threads that the process has at the moment; those that have ended are left out.
Result<CpuTimes> ReadCpuTimes(pid_t process);

/// Bytes that the process has caused to be written to storage so far (write_bytes of
/// /proc/<pid>/io).
Result<std::uint64_t> ReadWrittenBytes(pid_t process);

}  // namespace aval::cli::bench
