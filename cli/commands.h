#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/connection.h"

namespace aval::cli {

/// What each command of `aval` does once its line is parsed (main.cc). The result is the exit code:
/// 0 done or valid, 1 refused or failed, 2 unusable input.

/// aval keygen: a new key, encrypted at rest; an existing file is never written over.
struct KeygenOptions {
  std::filesystem::path out;
  std::string purpose;
  std::string name;
  std::optional<std::filesystem::path> passphrase_file;  // Else AVAL_PASSPHRASE.
};
int RunKeygen(const KeygenOptions& options);

/// aval network init: a new network's directory from its founders' plan.
struct NetworkInitOptions {
  std::filesystem::path plan;
  std::filesystem::path directory;
};
int RunNetworkInit(const NetworkInitOptions& options);

/// aval act submit: sends a signed act and waits for its outcome.
struct ActSubmitOptions {
  ConnectionOptions connection;
  std::filesystem::path file;  // DSSE JSON, or the envelope's protobuf.
};
int RunActSubmit(const ActSubmitOptions& options);

/// Of a node that may be behind the one that answered an act.
struct ReadOptions {
  ConnectionOptions connection;
  std::uint64_t min_index = 0;  // The node is to show so many leaves first.
};

/// aval act show: a leaf by its index, or an outcome by its act's id.
struct ActShowOptions {
  ReadOptions read;
  std::string what;
};
int RunActShow(const ActShowOptions& options);

/// aval query: one record by its key, or a report.
struct QueryOptions {
  ReadOptions read;
  std::string table;
  std::vector<std::string> key;
};
int RunQuery(const QueryOptions& options);

/// aval node status: what each node says of itself, as lines or an array; 1 when one does not
/// answer.
int RunNodeStatus(const ConnectionOptions& options);

/// aval node add, promote, demote, remove, transfer: asks the node that leads, and waits until it
/// is done; 1 when it is not, within 30 s.
struct NodeChangeOptions {
  ConnectionOptions connection;
  std::uint32_t subject = 0;      // The node's number.
  std::uint32_t incarnation = 1;  // Of the one that is added.
};
int RunNodeChange(const std::string& kind, const NodeChangeOptions& options);
int RunNodeTransfer(const NodeChangeOptions& options);

/// aval log export: a node's log in the public layout.
struct LogExportOptions {
  ConnectionOptions connection;
  std::filesystem::path directory;
  std::vector<std::string> peers;  // URLs of nodes that client.toml names.
  bool all_checkpoints = false;    // Else at most kEarlierMost of the earlier ones.
  std::optional<std::filesystem::path> key;
  std::optional<std::filesystem::path> passphrase_file;
};
int RunLogExport(const LogExportOptions& options);

/// aval audit verify: reads a log on its own, trusting nobody.
struct AuditVerifyOptions {
  std::filesystem::path directory;  // An export, or a stopped node's data directory.
  bool no_quorum = false;
  std::string genesis;   // SHA-256 of the founders' envelope in hex; empty: not pinned.
  unsigned threads = 0;  // 0: all cores.
  bool json = false;
};
int RunAuditVerify(const AuditVerifyOptions& options);

}  // namespace aval::cli
