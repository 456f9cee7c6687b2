#include "node/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <utility>
#include <vector>

namespace aval::node {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// Families as Prometheus's own serializer takes them.
class Families {
 public:
  void Gauge(const std::string& name, const std::string& help, std::uint64_t value) {
    Add(name, help, MetricType::Gauge, {}, value);
  }
  void Counter(const std::string& name, const std::string& help, std::uint64_t value) {
    Add(name, help, MetricType::Counter, {}, value);
  }
  void PeerGauge(const std::string& name, const std::string& help, std::uint32_t peer,
                 std::uint64_t value) {
    Add(name, help, MetricType::Gauge, {{"peer", std::to_string(peer)}}, value);
  }
  void PeerCounter(const std::string& name, const std::string& help, std::uint32_t peer,
                   std::uint64_t value) {
    Add(name, help, MetricType::Counter, {{"peer", std::to_string(peer)}}, value);
  }

  /// One of several that `label` tells apart.
  void CounterOf(const std::string& label, const std::string& of, const std::string& name,
                 const std::string& help, std::uint64_t value) {
    Add(name, help, MetricType::Counter, {{label, of}}, value);
  }

  std::string Text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  void Add(const std::string& name, const std::string& help, MetricType type,
           std::vector<ClientMetric::Label> labels, std::uint64_t value) {
    if (families_.empty() || families_.back().name != name) {
      families_.push_back({.name = name, .help = help, .type = type, .metric = {}});
    }
    ClientMetric metric;
    metric.label = std::move(labels);
    (type == MetricType::Gauge ? metric.gauge.value : metric.counter.value) =
        static_cast<double>(value);
    families_.back().metric.push_back(std::move(metric));
  }

  std::vector<MetricFamily> families_;
};

void AddReplica(const Replica::Status& status, Families& families) {
  families.Gauge("aval_raft_term", "Raft's term.", status.term.value);
  families.Gauge("aval_raft_is_leader", "1 while this node leads.",
                 status.role == consensus::Role::kLeader ? 1 : 0);
  families.Gauge("aval_raft_leader_node", "Number of the leading node; 0: unknown.",
                 status.leader.value);
  families.Gauge("aval_raft_last_index", "Last entry of the Raft log.", status.last.value);
  families.Gauge("aval_raft_durable_index", "Last entry durable here.", status.stable.value);
  families.Gauge("aval_raft_commit_index", "Last committed entry known here.", status.commit.value);
  families.Gauge("aval_raft_applied_index", "Last entry applied and flushed here.",
                 status.flushed.value);
  families.Gauge("aval_snapshot_offered_raft_index",
                 "Where the snapshot that this node offers to peers was cut; 0: it offers none.",
                 status.offered.value);
  families.Counter("aval_raft_leadership_changes_total", "Changes of role, term or leader.",
                   status.elections);
  families.Counter("aval_blocks_proposed_total", "Blocks that this node has made as leader.",
                   status.blocks_proposed);
  families.Gauge("aval_queue_acts", "Acts in the leader's queue.", status.queued_acts);
  families.Gauge("aval_unanswered_acts", "Acts of this node's clients not yet applied.",
                 status.unanswered_acts);
  families.Gauge("aval_waiting_reads", "Linearisable reads that wait.", status.reads);
  families.Gauge("aval_raft_takes_part",
                 "1 while this node votes and acknowledges: it knows what it has promised.",
                 status.standing == consensus::Promises::Standing::kKept ? 1 : 0);
  families.Gauge("aval_wal_damaged", "1 while entries of the Raft log cannot be read here.",
                 status.damaged ? 1 : 0);
  for (std::size_t i = 0; i < consensus::kRarePaths; ++i) {
    const auto path = static_cast<consensus::RarePath>(i);
    families.CounterOf("path", consensus::RarePathName(path), "aval_raft_paths_total",
                       "What consensus did that it does rarely.", status.rare_paths.of(path));
  }
  families.Gauge("aval_raft_at_odds", "1 while this node's log and its leader's contradict.",
                 status.at_odds ? 1 : 0);
  families.Counter("aval_alarms_total", "Things a peer did that an honest one does not do.",
                   status.alarms);
}

void AddLedger(const AppliedLedger& ledger, Families& families) {
  const auto view = ledger.view();
  families.Gauge("aval_log_leaves", "Leaves applied.", view->tree.size());
  families.Gauge("aval_business_day", "Business day, since 1970-01-01.",
                 static_cast<std::uint64_t>(view->today.number));
  const auto checkpoint = ledger.checkpoints().highest();
  families.Gauge("aval_checkpoint_leaves", "Size of the highest checkpoint signed here.",
                 checkpoint ? checkpoint->size : 0);
  families.Counter("aval_flushes_total", "Runs of blocks made durable in log and state.",
                   ledger.counters().flushes);
  families.Gauge("aval_signing_stopped", "1 when this node signs no checkpoints any more.",
                 ledger.signing_failure() ? 1 : 0);
}

// Threads that could check signatures are always listed: what is not there cannot be seen to be 0.
void AddSignatures(const ActVerifier::Counters& counters, const AppliedLedger::Counters& ledger,
                   Families& families) {
  std::map<std::string, std::uint64_t> checked = counters.checked;
  for (const char* thread : {"applier", "core", "io", "verify"}) checked.try_emplace(thread, 0);
  for (const auto& [thread, count] : checked) {
    families.CounterOf("thread", thread, "aval_signatures_checked_total",
                       "Signatures verified ahead of their turn, by the thread that did it.",
                       count);
  }
  families.Counter("aval_signatures_reused_total", "Signatures not checked again.",
                   counters.reused);
  families.Counter("aval_signatures_applied_total", "Signatures of the acts applied.",
                   ledger.signatures);
  families.Counter("aval_signatures_left_to_rules_total",
                   "Of those applied, what nobody had checked before.", ledger.unchecked);
}

void AddWal(const consensus::Wal::Counters& wal, Families& families) {
  families.Counter("aval_wal_entries_total", "Entries made durable.", wal.entries);
  families.Counter("aval_wal_syncs_total", "fdatasync calls of the Raft log.", wal.syncs);
  families.Counter("aval_wal_bytes_total", "Bytes written to the Raft log.", wal.bytes);
  families.Counter("aval_wal_repaired_total", "Damaged entries that peers gave back.",
                   wal.repaired);
  families.Counter(
      "aval_wal_repairs_refused_total",
      "Repairs that the Raft log did not take: nothing was damaged there, or still is.",
      wal.refused);
  families.Counter("aval_wal_scrubbed_bytes_total", "Bytes of the Raft log read again.",
                   wal.scrubbed);
  families.Gauge("aval_wal_short_of_room", "1 while the disk has no room for another segment.",
                 wal.short_of_room ? 1 : 0);
}

void AddPeers(const std::map<consensus::NodeId, net::PeerCounters>& peers, Families& families) {
  using Value = std::uint64_t (*)(const net::PeerCounters&);
  struct Row {
    const char* name;
    const char* help;
    bool counter;
    Value value;
  };
  static constexpr Row kRows[] = {
      {"aval_peer_up", "1 while the link to the peer is up.", false,
       [](const net::PeerCounters& c) -> std::uint64_t { return c.up ? 1 : 0; }},
      {"aval_peer_sent_bytes_total", "Bytes sent, before encryption.", true,
       [](const net::PeerCounters& c) { return c.bytes_sent; }},
      {"aval_peer_received_bytes_total", "Bytes received, after decryption.", true,
       [](const net::PeerCounters& c) { return c.bytes_received; }},
      {"aval_peer_sent_frames_total", "Frames sent.", true,
       [](const net::PeerCounters& c) { return c.frames_sent; }},
      {"aval_peer_received_frames_total", "Frames received.", true,
       [](const net::PeerCounters& c) { return c.frames_received; }},
      {"aval_peer_connects_total", "Outgoing links that came up.", true,
       [](const net::PeerCounters& c) { return c.connects; }},
      {"aval_peer_dropped_messages_total", "Not taken: link down or queue full.", true,
       [](const net::PeerCounters& c) { return c.dropped; }},
      {"aval_peer_queued_bytes", "Waiting to be sent.", false,
       [](const net::PeerCounters& c) -> std::uint64_t { return c.queued_bytes; }},
  };
  for (const Row& row : kRows) {
    for (const auto& [peer, counters] : peers) {
      if (row.counter) {
        families.PeerCounter(row.name, row.help, peer.value, row.value(counters));
      } else {
        families.PeerGauge(row.name, row.help, peer.value, row.value(counters));
      }
    }
  }
}

void AddHttp(const net::HttpServer::Counters& http, Families& families) {
  families.Gauge("aval_http_connections", "Open connections.", http.connections);
  families.Counter("aval_http_requests_total", "Requests handled.", http.requests);
  families.Counter("aval_http_bad_requests_total", "Requests refused as malformed or too large.",
                   http.bad_requests);
  families.Counter("aval_http_refused_bodies_total",
                   "Requests refused because others were unfinished.", http.refused_bodies);
  families.Counter("aval_http_greedy_bodies_total",
                   "Of these, those whose client had its share already.", http.greedy_bodies);
  families.Gauge("aval_http_unfinished_bytes", "Counted for unfinished request bodies.",
                 http.unfinished_bytes);
  families.Gauge("aval_http_waiting_handshakes", "TLS handshakes that wait for their turn.",
                 http.waiting_handshakes);
  families.Counter("aval_http_failed_handshakes_total", "TLS handshakes that failed.",
                   http.failed_handshakes);
  families.Counter("aval_http_hasty_calls_total", "Closed because their host calls too often.",
                   http.hasty_calls);
  families.Counter("aval_http_refused_connections_total", "Closed because there were too many.",
                   http.refused_connections);
  families.Counter("aval_http_greedy_connections_total",
                   "Of these, those whose client had its share already.", http.greedy_connections);
}

}  // namespace

std::string MetricsText(const MetricsSource& source) {
  Families families;
  AddReplica(source.replica->status(), families);
  AddLedger(*source.ledger, families);
  AddSignatures(source.verifier->counters(), source.ledger->counters(), families);
  AddWal(source.wal->counters(), families);
  families.Gauge("aval_waiting_acts", "Clients that wait for an act.", source.waiters->size());
  families.Gauge("aval_acts_awaiting_keys", "Acts that wait for a key of their signers.",
                 source.acts_awaiting_keys.taken.things);
  families.Counter("aval_refused_submissions_total", "Requests whose acts had no place.",
                   source.acts.refused);
  families.Counter("aval_greedy_submissions_total",
                   "Of these, those whose client had its share already.", source.acts.greedy);
  AddPeers(source.peers->counters(), families);
  AddHttp(source.http->counters(), families);
  return families.Text();
}

}  // namespace aval::node
