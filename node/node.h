#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/disk.h"
#include "base/result.h"
#include "config/node_config.h"
#include "node/replica.h"
#include "node/snapshot/service.h"

namespace aval::node {

/// What only tests set.
struct NodeTuning {
  Replica::Limits limits = {};  // Its queues are the configuration's.
  SnapshotService::Options snapshots = {};
  std::uint64_t wal_segment_bytes = std::uint64_t{64} << 20U;
  /// Instead of the machine's, but for the state's; outlives the node.
  Disk* disk = nullptr;
  Duration room_look = std::chrono::seconds(1);  // For room on a full disk.
  Duration scrub_rest = std::chrono::hours(1);   // Between two rounds over the log.
};

/// One running node: everything that avald is made of, put together. Tests run several in one
/// process.
class Node {
 public:
  struct Ports {
    std::uint16_t peers = 0;
    std::uint16_t api = 0;
  };

  /// Opens or creates the data directory, recovers, and serves. Errors say what to mend: a file, a
  /// key, a passphrase, a damaged store. `failed` is called once, on some thread, when the node can
  /// not go on; it then answers 503 and should be stopped. `reopen` is called once when it should
  /// be stopped and started again: it has fetched a snapshot, which that installs, or its disk was
  /// full and is no more. Until then a node whose disk is full answers reads.
  static Result<std::unique_ptr<Node>> Start(const config::NodeConfig& config,
                                             std::string_view passphrase,
                                             std::function<void(const Error&)> failed,
                                             std::function<void()> reopen = nullptr,
                                             const NodeTuning& tuning = {});
  /// As Stop.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  Ports ports() const;
  /// Answers who waits, lets go of the network, applies and flushes what is committed, and closes
  /// the files. False when the node has failed, before or now.
  bool Stop();
  /// Has the leader, if this is it, mark where a new snapshot is to be cut.
  void WantSnapshot();

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace aval::node
