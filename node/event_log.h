#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace aval::node {

/// What people read about a node: one line an event on standard error, with time and level.
/// Threads: safe from all.
class EventLog {
 public:
  /// `level`: trace, debug, info, warn or error; `node` stands in each line.
  EventLog(std::string_view level, std::uint32_t node);
  ~EventLog();

  void Debug(std::string_view text);
  void Info(std::string_view text);
  void Warn(std::string_view text);
  void Error(std::string_view text);

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace aval::node
