#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "consensus/message.h"
#include "consensus/storage.h"
#include "consensus/types.h"

namespace aval::consensus {

enum class Role : std::uint8_t { kFollower, kPreCandidate, kCandidate, kLeader };
const char* RoleName(Role role);

/// Why this node takes no proposal now.
enum class Obstacle : std::uint8_t {
  kNotLeading,
  kUncommitted,  // Too many bytes of this leader's.
  kHandingOver,
  kUnapplied,  // By a quorum: too many bytes, or for too long.
  kDisk,       // Too many writes under way.
};

/// What the next proposal will be; its payload may say so.
struct ProposalSlot {
  Term term;
  Index index;
  crypto::Digest previous;
};

struct Outgoing {
  NodeId to;
  Message message;
};

/// Something a peer did that an honest one does not do. The message was refused and changed
/// nothing; people should look.
struct Alarm {
  NodeId peer;
  std::string what;
};

struct Leadership {
  Role role = Role::kFollower;
  Term term;
  NodeId leader;  // 0: unknown.
  friend bool operator==(const Leadership&, const Leadership&) = default;
};

/// What a step asks of the driver, in this order: start writing `persist`, send `messages` at once
/// (what has to wait for the disk comes with a later step), apply `committed` in order, note the
/// rest. The driver clears and reuses it.
struct Actions {
  std::vector<Persist> persist;
  std::vector<Outgoing> messages;
  std::vector<Entry> committed;
  std::optional<Leadership> leadership;  // When it changed.
  /// Every read with a ticket up to this one may be answered by a state that has applied `index`.
  struct Readable {
    std::uint64_t ticket = 0;
    Index index;
  };
  std::optional<Readable> readable;  // When there is news.
  /// The leader no longer has the entries that this node needs: a snapshot brings it further.
  bool needs_snapshot = false;
  std::vector<Alarm> alarms;
  /// This node's own log cannot be read any more: the driver must stop the node. A peer whose disk
  /// is whole takes its place.
  std::optional<Error> failure;

  void Clear();
};

}  // namespace aval::consensus
