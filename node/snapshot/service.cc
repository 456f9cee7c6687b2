#include "node/snapshot/service.h"

#include <algorithm>
#include <set>
#include <vector>

#include "crypto/digest.h"
#include "ledger/snapshot/paths.h"

namespace aval::node {

using consensus::Index;
using consensus::NodeId;

namespace {

constexpr const char* kBackfillDirectory = "backfill";

}  // namespace

SnapshotService::SnapshotService(Parts parts, const Options& options)
    : parts_(std::move(parts)),
      options_(options),
      server_(*parts_.log, options.server,
              [this](const std::string& what) { parts_.alarm(std::nullopt, what); }) {}

void SnapshotService::Post(Work work) {
  parts_.executor->Post([this, work = std::move(work)] { Do(work); });
}

void SnapshotService::Do(const Work& work) {
  if (failed_ || stopped_) return;
  const Instant now = parts_.clock->Now();
  if (const auto done = work(now); !done) {
    failed_ = true;
    parts_.failed(done.error());
    return;
  }
  TellOffered();
  ArmTimer(now);
}

void SnapshotService::Start() {
  Post([this](Instant) -> Result<void> {
    AVAL_CHECK(ledger::SnapshotSink::DropOvertaken(*parts_.disk, *parts_.states,
                                                   parts_.data_directory, parts_.last().value));
    if (!backfilling()) return {};
    AVAL_TRY(backfill_,
             ledger::Backfill::Open(*parts_.disk, parts_.data_directory / ledger::kLogDirectoryName,
                                    parts_.data_directory / kBackfillDirectory, options_.log));
    if (backfill_->joined()) return Join();
    std::set<std::uint32_t> peers;
    for (const ledger::Genesis::NodeEntry& node : parts_.genesis->nodes()) {
      if (node.number != parts_.self.value) peers.insert(node.number);
    }
    log_fetcher_.emplace(LogFetcher::Options{.peers = std::move(peers),
                                             .tree = backfill_->tree(),
                                             .from = backfill_->missing().from,
                                             .ask_interval = options_.ask_leaves_interval,
                                             .pull = options_.pull});
    return log_fetcher_->complete() ? Join() : Result<void>{};
  });
}

void SnapshotService::OnCut(ledger::SnapshotCut cut, ledger::RaftMark mark) {
  {
    const std::scoped_lock lock(mutex_);
    cut_.emplace(std::move(cut), std::move(mark));
  }
  Post([this](Instant) { return Offer(); });
}

Result<void> SnapshotService::Offer() {
  std::optional<std::pair<ledger::SnapshotCut, ledger::RaftMark>> cut;
  {
    const std::scoped_lock lock(mutex_);
    cut.swap(cut_);
  }
  if (!cut) return {};
  auto made = ledger::SnapshotSource::Make(std::move(cut->first), std::move(cut->second),
                                           options_.chunk_bytes);
  if (!made && made.error().code == Code::kInvalidArgument) {
    parts_.alarm(std::nullopt, made.error().message);
    return {};
  }
  AVAL_TRY(std::unique_ptr<ledger::SnapshotSource> source, std::move(made));
  parts_.note("offers the snapshot " + source->digest().Hex() + " at raft index " +
              std::to_string(source->manifest().raft.index));
  // As old as it is now, not when its making began.
  server_.Offer(std::move(source), parts_.clock->Now());
  // Who waits for one need not ask again.
  for (const ledger::Genesis::NodeEntry& node : parts_.genesis->nodes()) {
    if (node.number != parts_.self.value) Send({node.number}, server_.newest());
  }
  return {};
}

void SnapshotService::TellOffered() {
  const auto newest = server_.newest().snapshot;
  const Index index{newest ? newest->raft_index : 0};
  if (std::exchange(offered_, index) != index) parts_.offered(index);
}

void SnapshotService::OnNeeded() {
  if (need_posted_.exchange(true)) return;
  Post([this](Instant now) {
    need_posted_ = false;
    needed_ = now;
    return BeginFetching(now);
  });
}

Result<void> SnapshotService::BeginFetching(Instant now) {
  if (fetcher_ || pending_) return {};
  AVAL_TRY(sink_, ledger::SnapshotSink::Open(*parts_.disk, *parts_.states, parts_.data_directory));
  const Index last = parts_.last();
  if (sink_->manifest() && sink_->manifest()->raft.index <= last.value) {
    AVAL_CHECK(sink_->Abandon());
  }
  SnapshotFetcher::Options options{.self = parts_.self.value,
                                   .groups = {},
                                   .genesis = crypto::Sha256(parts_.genesis->envelope()),
                                   .after_raft_index = last.value,
                                   .ask_interval = options_.ask_interval,
                                   .pull = options_.pull};
  for (const ledger::Genesis::NodeEntry& node : parts_.genesis->nodes()) {
    options.groups[node.number] = node.institution.InstitutionNumber();
  }
  fetcher_.emplace(options);
  none_noted_ = false;
  installing_ = true;
  parts_.note("fetches a snapshot: its peers no longer have the entries after raft index " +
              std::to_string(last.value));
  if (const auto& manifest = sink_->manifest()) {
    std::vector<bool> has(manifest->chunks.size());
    for (std::size_t i = 0; i < has.size(); ++i) has[i] = sink_->Has(i);
    fetcher_->Resume(*manifest, has);
    if (fetcher_->complete()) return Finish(now);
  }
  return Tick(now);
}

// What has come stays on the disk, for the next time.
void SnapshotService::EndFetching() {
  fetcher_.reset();
  sink_.reset();
  installing_ = false;
}

void SnapshotService::OnExtension(NodeId from, net::Extension extension, net::Receipt receipt) {
  Post([this, from, extension = std::move(extension), receipt = std::move(receipt)](Instant now) {
    return Receive(from, extension, now);
  });
}

Result<void> SnapshotService::Receive(NodeId from, const net::Extension& extension, Instant now) {
  if (!IsSnapshotMessage(extension.number)) return {};  // A later version's.
  const auto message = DecodeSnapshotMessage(extension.number, extension.body);
  if (!message) {
    parts_.alarm(from, "node " + std::to_string(from.value) +
                           " sends a malformed message: " + message.error().message);
    return {};
  }
  AVAL_TRY(const auto answer, server_.Answer(from.value, *message, now));
  if (answer) Send(from, *answer);
  const bool none = std::holds_alternative<NoneTrusted>(*message);
  if (none || std::holds_alternative<AskNewest>(*message)) {
    parts_.asked(from, none && !server_.IsFetched(now));
  }
  FetchActions actions;
  if (fetcher_) fetcher_->Receive(from.value, *message, now, actions);
  if (log_fetcher_) log_fetcher_->Receive(from.value, *message, now, actions);
  return Act(actions, now);
}

void SnapshotService::OnLink(NodeId peer, bool up) {
  if (up) return;
  Post([this, peer](Instant now) {
    FetchActions actions;
    if (fetcher_) fetcher_->LinkLost(peer.value, now, actions);
    if (log_fetcher_) log_fetcher_->LinkLost(peer.value, now, actions);
    return Act(actions, now);
  });
}

Result<void> SnapshotService::Tick(Instant now) {
  server_.Tick(now);
  if (fetcher_ && !pending_ && now - needed_ > options_.patience) {
    parts_.note("needs no snapshot any more");
    EndFetching();
  }
  FetchActions actions;
  if (fetcher_) fetcher_->Tick(now, actions);
  if (log_fetcher_) log_fetcher_->Tick(now, actions);
  return Act(actions, now);
}

Result<void> SnapshotService::Act(FetchActions& actions, Instant now) {
  for (const FetchActions::Alarm& alarm : actions.alarms) {
    parts_.alarm(NodeId{alarm.peer}, "node " + std::to_string(alarm.peer) + " " + alarm.what);
  }
  if (actions.begin) AVAL_CHECK(sink_->Begin(*actions.begin));
  for (const Chunk& chunk : actions.chunks) AVAL_CHECK(sink_->Put(chunk.number, chunk.bytes));
  for (const ledger::LeafRange& range : actions.leaves) AVAL_CHECK(backfill_->Take(range));
  for (const FetchActions::Outgoing& out : actions.messages) {
    if (std::holds_alternative<NoneTrusted>(out.message) && !std::exchange(none_noted_, true)) {
      parts_.note(
          "has been told of no snapshot that nodes of a majority of the institutions have: asks "
          "the leader for another");
    }
    Send({out.to}, out.message);
  }
  if (fetcher_ && fetcher_->complete() && !pending_) AVAL_CHECK(Finish(now));
  if (log_fetcher_ && log_fetcher_->complete()) AVAL_CHECK(Join());
  return {};
}

// All chunks are there.
Result<void> SnapshotService::Finish(Instant now) {
  // Entries may have come by another way meanwhile. The opening looks again.
  if (parts_.last().value >= sink_->manifest()->raft.index) {
    AVAL_CHECK(sink_->Abandon());
    EndFetching();
    return {};
  }
  const auto finished = sink_->Finish({.signed_size = parts_.signed_size(), .log = options_.log});
  if (finished) {
    pending_ = true;
    parts_.note("has fetched a snapshot up to raft index " +
                std::to_string(sink_->manifest()->raft.index) + ", and opens again");
    parts_.reopen();
    return {};
  }
  if (finished.error().code != Code::kCorruption) return finished;
  parts_.alarm(std::nullopt, finished.error().message);
  if (sink_->missing() == 0) {
    // A majority of the institutions named what is no state.
    AVAL_CHECK(sink_->Abandon());
    EndFetching();
    return {};
  }
  FetchActions actions;
  for (std::size_t chunk = 0; chunk < sink_->manifest()->chunks.size(); ++chunk) {
    if (!sink_->Has(chunk)) fetcher_->Missing(chunk, now, actions);
  }
  return Act(actions, now);
}

Result<void> SnapshotService::Join() {
  log_fetcher_.reset();
  if (!backfill_->joined()) {
    AVAL_CHECK(backfill_->Sync());
    AVAL_CHECK(backfill_->Join());
  }
  backfill_.reset();
  parts_.forget_log_start();
  parts_.note("has all leaves of the log");
  return {};
}

void SnapshotService::Send(NodeId to, const SnapshotMessage& message) {
  parts_.links->SendExtension(
      to, {.number = SnapshotMessageNumber(message), .body = EncodeSnapshotMessage(message)});
}

void SnapshotService::ArmTimer(Instant now) {
  std::optional<Instant> next = server_.NextDeadline();
  const auto sooner = [&next](const std::optional<Instant>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (fetcher_) sooner(fetcher_->NextDeadline(now));
  if (log_fetcher_) sooner(log_fetcher_->NextDeadline(now));
  if (!next || (armed_ && *armed_ <= *next)) return;
  armed_ = next;
  parts_.executor->After(std::max(*next - now, Duration{0}), [this, at = *next] {
    if (armed_ != at) return;  // An earlier one has overtaken it.
    armed_.reset();
    Do([this](Instant then) { return Tick(then); });
  });
}

}  // namespace aval::node
