#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "config/node_config.h"

namespace aval::node {

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
  /// not go on; it then answers 503 and should be stopped.
  static Result<std::unique_ptr<Node>> Start(const config::NodeConfig& config,
                                             std::string_view passphrase,
                                             std::function<void(const Error&)> failed);
  /// As Stop.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  Ports ports() const;
  /// Answers who waits, lets go of the network, applies and flushes what is committed, and closes
  /// the files. False when the node has failed, before or now.
  bool Stop();

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace aval::node
