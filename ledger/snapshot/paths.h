#pragma once

namespace aval::ledger {

/// Names in a node's data directory (docs/formats/snapshot.md).

inline constexpr const char* kStateDirectory = "state";
inline constexpr const char* kLogDirectoryName = "log";
inline constexpr const char* kWalDirectory = "wal";
/// The write-ahead log from before an installation, until a new one has been begun: it alone knows
/// in which term this node has voted.
inline constexpr const char* kOldWalDirectory = "wal.old";
/// Of the snapshot installed last.
inline constexpr const char* kInstalledFile = "installed";

/// What is being fetched and built.
inline constexpr const char* kIncomingDirectory = "incoming";
// In it:
inline constexpr const char* kManifestPart = "manifest";
inline constexpr const char* kChunksPart = "chunks";
inline constexpr const char* kNewStatePart = "state";
inline constexpr const char* kNewLogPart = "log";
inline constexpr const char* kPendingPart = "pending";    // All is there: to be installed.
inline constexpr const char* kClearingPart = "clearing";  // What was there before is going.
inline constexpr const char* kMovingPart = "moving";      // It is gone.

}  // namespace aval::ledger
