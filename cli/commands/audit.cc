// aval audit verify: reads a log on its own, trusting nobody.

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

#include "base/disk.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "cli/progress_bar.h"
#include "ledger/audit/audit.h"

namespace aval::cli {
namespace {

unsigned long long Number(std::uint64_t value) { return value; }

boost::json::object JsonOf(const ledger::AuditReport& report, bool pinned, double seconds) {
  boost::json::object verdicts;
  for (const auto& [verdict, count] : report.verdicts) {
    verdicts.emplace(ledger::VerdictCode(verdict), count);
  }
  boost::json::object body{{"ok", report.ok},
                           {"origin", report.origin},
                           {"genesis", report.genesis.Hex()},
                           {"genesis_pinned", pinned},
                           {"size", report.checkpoint.size},
                           {"root", ToBase64(report.checkpoint.root)},
                           {"quorum", boost::json::object{{"reached", report.quorum_reached},
                                                          {"needed", report.quorum_needed},
                                                          {"members", report.quorum_members}}},
                           {"files", report.files},
                           {"entries", report.entries},
                           {"acts", report.acts},
                           {"signatures", report.signatures},
                           {"system_leaves", report.system_leaves},
                           {"journal_lines", report.journal_lines},
                           {"checkpoints", report.checkpoints},
                           {"verdicts", std::move(verdicts)},
                           {"state_hash", report.state_hash.Hex()},
                           {"seconds", seconds}};
  boost::json::array remarks;
  for (const std::string& remark : report.remarks) remarks.emplace_back(remark);
  body.emplace("remarks", std::move(remarks));
  if (report.ok) return body;
  body.emplace("failure", report.failure);
  if (report.failed_entry) body.emplace("failed_entry", *report.failed_entry);
  if (!report.failed_file.empty()) body.emplace("failed_file", report.failed_file);
  return body;
}

void Print(const ledger::AuditReport& report, bool pinned, double seconds) {
  std::printf("origin      %s\n", report.origin.c_str());
  std::printf("genesis     %s%s\n", report.genesis.Hex().c_str(),
              pinned ? "" : " (is it yours? --genesis pins it)");
  std::printf("checkpoint  %llu leaves, root %s\n", Number(report.checkpoint.size),
              ToBase64(report.checkpoint.root).c_str());
  std::printf("quorum      %zu of %zu institutions, %zu needed\n", report.quorum_reached,
              report.quorum_members, report.quorum_needed);
  std::printf("read        %llu files, %llu entries, %llu checkpoints\n", Number(report.files),
              Number(report.entries), Number(report.checkpoints));
  std::printf("acts        %llu with %llu signatures, %llu system leaves, %llu journal lines\n",
              Number(report.acts), Number(report.signatures), Number(report.system_leaves),
              Number(report.journal_lines));
  for (const auto& [verdict, count] : report.verdicts) {
    std::printf("  %-20s %llu\n", std::string(ledger::VerdictCode(verdict)).c_str(), Number(count));
  }
  std::printf("rates       %.0f entries/s, %.0f signatures/s, %.1f s\n",
              static_cast<double>(report.entries) / seconds,
              static_cast<double>(report.signatures) / seconds, seconds);
  std::printf("state hash  %s\n", report.state_hash.Hex().c_str());
  for (const std::string& remark : report.remarks) std::printf("remark      %s\n", remark.c_str());
  if (!report.ok) std::printf("failure     %s\n", report.failure.c_str());
  std::printf("audit: %s\n", report.ok ? "OK" : "FAILED");
}

}  // namespace

int RunAuditVerify(const AuditVerifyOptions& options) {
  ledger::AuditOptions audit;
  audit.threads =
      options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  audit.need_quorum = !options.no_quorum;
  if (!options.genesis.empty()) {
    const auto raw = FromHex(options.genesis);
    if (raw) audit.genesis = crypto::Digest::From(*raw);
    if (!audit.genesis) {
      return Report(
          {.code = Code::kInvalidArgument, .message = "--genesis must be 64 lowercase hex digits"});
    }
  }
  const auto start = std::chrono::steady_clock::now();
  Result<ledger::AuditReport> report = [&] {
    ProgressBar bar("audit", "leaves");
    PosixDisk disk;
    return ledger::Audit(disk, options.directory, audit,
                         [&bar](std::uint64_t done, std::uint64_t of) {
                           bar.Show(static_cast<double>(done) / static_cast<double>(of), done, "");
                         });
  }();
  if (!report) {
    Report(report.error());
    return 2;  // Nothing was audited: 1 would say that a log has failed.
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (options.json) {
    std::printf("%s\n", PrettyJson(JsonOf(*report, audit.genesis.has_value(), seconds)).c_str());
  } else {
    Print(*report, audit.genesis.has_value(), seconds);
  }
  return report->ok ? 0 : 1;
}

}  // namespace aval::cli
