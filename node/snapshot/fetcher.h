#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/digest.h"
#include "ledger/snapshot/manifest.h"
#include "node/snapshot/messages.h"
#include "node/snapshot/pull.h"

namespace aval::node {

/// What a fetcher asks of its driver, in this order. The driver clears and reuses it.
struct FetchActions {
  struct Outgoing {
    std::uint32_t to = 0;
    SnapshotMessage message;
  };
  /// Something a peer said that an honest one does not say. People should look.
  struct Alarm {
    std::uint32_t peer = 0;
    std::string what;
  };
  std::vector<Outgoing> messages;
  /// From here on chunks are of this manifest: SnapshotSink::Begin.
  std::optional<ledger::SnapshotManifest> begin;
  /// Compared with the manifest: SnapshotSink::Put.
  std::vector<Chunk> chunks;
  /// Verified, and in order: Backfill::Take.
  std::vector<ledger::LeafRange> leaves;
  std::vector<Alarm> alarms;

  void Clear() { *this = {}; }
};

/// What the peers have said of themselves, asked for again and again; what was said kForgotten
/// intervals ago counts no more.
/// Threads: one.
class PeerNews {
 public:
  /// `peers` without this node itself.
  PeerNews(const std::set<std::uint32_t>& peers, Duration interval)
      : peers_(peers), interval_(interval) {}

  /// True when it has asked.
  bool Tick(Instant now, FetchActions& out);
  Instant next() const { return next_; }
  /// False for a node that is no peer.
  bool Take(std::uint32_t from, const Newest& newest, Instant now);
  void Forget(std::uint32_t node) { newest_.erase(node); }
  const std::map<std::uint32_t, Newest>& newest() const { return newest_; }
  const std::set<std::uint32_t>& peers() const { return peers_; }

 private:
  static constexpr int kForgotten = 4;

  const std::set<std::uint32_t> peers_;
  const Duration interval_;
  Instant next_;
  std::map<std::uint32_t, Newest> newest_;
  std::map<std::uint32_t, Instant> heard_;
};

/// Brings a snapshot from the peers: which one, and its chunks, as a pure function: events and the
/// time go in, actions come out.
///
/// Rules a reader might break:
/// - a manifest is trusted when members of more than half of all groups (institutions) name its
///   digest, this node's own group counted among all; no group counts twice;
/// - chunks come from whoever names that digest; one that is another's bytes bars its sender until
///   the next manifest, and is alarmed;
/// - while somebody still has the snapshot under way, no newer one takes its place; when nobody
///   has, the newest trusted one does;
/// - peers are told when there has been none for a while: those who had named one may have started
///   anew, and only the leader can have another made.
/// Threads: one. No clock, no I/O, no randomness.
class SnapshotFetcher {
 public:
  struct Options {
    std::uint32_t self = 0;
    std::map<std::uint32_t, std::uint32_t> groups;  // Of every member, by node.
    crypto::Digest genesis;                         // Manifests of another one are alarmed.
    /// Snapshots at or below this are of no use.
    std::uint64_t after_raft_index = 0;
    Duration ask_interval = std::chrono::seconds(5);
    Pull::Options pull = {};
  };

  explicit SnapshotFetcher(const Options& options);
  /// Goes on with what the sink has: a manifest that was trusted before a restart, and its chunks.
  void Resume(const ledger::SnapshotManifest& manifest, const std::vector<bool>& has);

  // Events. Each appends to `out`.

  /// Messages that are no answers are ignored.
  void Receive(std::uint32_t from, const SnapshotMessage& message, Instant now, FetchActions& out);
  /// To be called at or after NextDeadline; earlier calls do no harm.
  void Tick(Instant now, FetchActions& out);
  void LinkLost(std::uint32_t node, Instant now, FetchActions& out);
  /// The sink found this chunk missing again.
  void Missing(std::size_t chunk, Instant now, FetchActions& out);

  /// When time alone changes something; nothing when all is there.
  std::optional<Instant> NextDeadline(Instant now) const;
  /// Every chunk has been given to the driver: SnapshotSink::Finish.
  bool complete() const { return manifest_ && left_ == 0; }
  const std::optional<ledger::SnapshotManifest>& manifest() const { return manifest_; }
  std::size_t chunks_left() const { return left_; }

 private:
  // A manifest that is trusted and not here yet.
  struct Candidate {
    crypto::Digest digest;
    std::uint64_t raft_index = 0;
  };

  void Take(std::uint32_t from, const ManifestText& answer, Instant now, FetchActions& out);
  void Take(std::uint32_t from, const Chunk& answer, Instant now, FetchActions& out);
  void Take(std::uint32_t from, const SnapshotRefused& answer, Instant now);
  void Proceed(Instant now, FetchActions& out);
  std::optional<Candidate> Trusted() const;
  std::set<std::uint32_t> Holders(const crypto::Digest& digest) const;
  void Choose(const std::optional<Candidate>& candidate);
  /// There is nothing to pull.
  bool Idle() const;
  void Bar(std::uint32_t node, std::string what, FetchActions& out);

  const Options options_;
  PeerNews news_;
  int idle_asks_ = 0;  // In a row.
  Pull pull_;
  std::optional<Candidate> candidate_;
  std::set<crypto::Digest> refused_;  // Trusted by number, and no manifest that this node can use.
  std::set<std::uint32_t> barred_;
  std::optional<ledger::SnapshotManifest> manifest_;
  crypto::Digest digest_;  // Of manifest_.
  std::vector<bool> has_;
  std::size_t left_ = 0;
};

}  // namespace aval::node
