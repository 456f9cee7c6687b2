#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aval::bench {

/// Durations of many of the same thing.
class Durations {
 public:
  void Add(std::chrono::nanoseconds duration) { all_.push_back(duration); }
  std::size_t size() const { return all_.size(); }
  /// The one that `share` of them, from 0 to 1, do not exceed; 0 of none.
  double Millis(double share) const;
  /// "p50 1.2 ms, p99 3.4 ms, p99.9 5.6 ms, max 7.8 ms".
  std::string Text() const;

 private:
  std::vector<std::chrono::nanoseconds> all_;
};

/// A number with so many decimals.
std::string Fixed(double value, int decimals);
/// In units of 10^6 bytes, one decimal.
std::string MegaBytes(std::uint64_t bytes);

/// What this process has in memory that is no file's (RssAnon), in bytes.
std::uint64_t AnonymousMemory();
/// Processor time of the calling thread.
std::chrono::nanoseconds ThreadTime();
/// The bytes of all files below `directory`, sparse ones as they lie on the disk.
std::uint64_t BytesOnDisk(const std::filesystem::path& directory);
/// Lets the system forget what it has read or written of the files below `directory`, so that it
/// has to be read again.
void ForgetFiles(const std::filesystem::path& directory);

}  // namespace aval::bench
