#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/note.h"
#include "ledger/log/export.h"
#include "ledger/log/log.h"
#include "ledger/verdict.h"

namespace aval::ledger {

/// The auditor's own reading of a log, trusting nobody: an export (formats.md 1.15) or a stopped
/// node's data directory.
///
/// In this order: files against the manifest (an export); checkpoints against the policy of their
/// epoch; leaf by leaf structure, index, time, every signature of every act, and by re-execution
/// every verdict, every effects hash and the effects beside the log; every entry hashed to the
/// root, every tile and consistency proof recomputed; and the balance of the book. Of a data
/// directory, too: the index of offsets, what the node has signed and, where the state can be read,
/// that it is what re-execution gives.
struct AuditOptions {
  unsigned threads = 1;     // For signatures and hashes.
  bool need_quorum = true;  // Of institutions, by the majority policy (--no-quorum).
  std::optional<crypto::Digest> genesis = {};  // Pinned SHA-256 of the founders' envelope.
  Log::Options log = {};                       // How a node's directory is cut into segments.
};

struct AuditReport {
  bool ok = false;
  std::string failure;  // The first thing wrong, in full: what, which file, which entry.
  std::optional<std::uint64_t> failed_entry;
  std::string failed_file;           // Relative to the directory.
  std::vector<std::string> remarks;  // For people: what is unusual, or could not be compared.

  std::string origin;
  crypto::Digest genesis;          // SHA-256 of the founders' envelope.
  crypto::Checkpoint checkpoint;   // The latest that was signed.
  std::size_t quorum_reached = 0;  // Institutions whose nodes signed; of quorum_members.
  std::size_t quorum_needed = 0;
  std::size_t quorum_members = 0;
  std::uint64_t files = 0;
  std::uint64_t entries = 0;
  std::uint64_t acts = 0;
  std::uint64_t signatures = 0;
  std::uint64_t system_leaves = 0;
  std::uint64_t journal_lines = 0;
  std::uint64_t checkpoints = 0;
  std::map<Verdict, std::uint64_t> verdicts;
  crypto::Digest state_hash;  // After the last entry.
};

/// kInvalidArgument when `directory` is neither form, kDenied when its node is running,
/// kUnavailable when that began at a snapshot and does not have all leaves yet (exit code 2); a log
/// that fails, or cannot be read, is a report with ok = false (exit code 1). Writes nothing.
Result<AuditReport> Audit(Disk& disk, const std::filesystem::path& directory,
                          const AuditOptions& options, const Progress& progress);

}  // namespace aval::ledger
