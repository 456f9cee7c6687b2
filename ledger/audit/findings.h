#pragma once

#include <cstdint>
#include <string>

#include "ledger/audit/audit.h"

namespace aval::ledger {

/// Takes down what an audit finds wrong: the first thing stays in the report. All give false, which
/// the finder returns, and the audit ends there.
/// Threads: one.
class Findings {
 public:
  explicit Findings(AuditReport& report) : report_(report) {}

  /// `file` is relative to the audited directory.
  bool File(const std::string& file, const std::string& what) {
    return Set(file + ": " + what, file);
  }
  bool Entry(std::uint64_t index, const std::string& file, const std::string& what) {
    if (report_.failure.empty()) report_.failed_entry = index;
    return Set("entry " + std::to_string(index) + " (" + file + "): " + what, file);
  }
  bool Whole(const std::string& what) { return Set(what, ""); }

  /// Worth saying, and no reason to fail.
  void Remark(std::string text) { report_.remarks.push_back(std::move(text)); }

 private:
  bool Set(const std::string& text, const std::string& file) {
    if (report_.failure.empty()) {
      report_.failure = text;
      report_.failed_file = file;
    }
    return false;
  }
  AuditReport& report_;
};

}  // namespace aval::ledger
