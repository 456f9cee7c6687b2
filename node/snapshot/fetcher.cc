#include "node/snapshot/fetcher.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace aval::node {

namespace {

// The one thing that is pulled while a manifest is.
constexpr std::uint64_t kTheManifest = 0;
// Of digests that turned out to be of no use: a majority of institutions has to name each.
constexpr std::size_t kRefusedMax = 64;
// Peers are given the time to make the one that the leader has marked.
constexpr int kIdleAsks = 3;

std::set<std::uint32_t> PeersOf(const SnapshotFetcher::Options& options) {
  std::set<std::uint32_t> peers;
  for (const auto& [node, group] : options.groups) {
    if (node != options.self) peers.insert(node);
  }
  return peers;
}

}  // namespace

bool PeerNews::Tick(Instant now, FetchActions& out) {
  if (now < next_) return false;
  next_ = now + interval_;
  std::erase_if(newest_, [&](const auto& entry) {
    return heard_[entry.first] + kForgotten * interval_ < now;
  });
  for (const std::uint32_t peer : peers_)
    out.messages.push_back({.to = peer, .message = AskNewest{}});
  return true;
}

bool PeerNews::Take(std::uint32_t from, const Newest& newest, Instant now) {
  if (!peers_.contains(from)) return false;
  heard_[from] = now;
  newest_[from] = newest;
  return true;
}

SnapshotFetcher::SnapshotFetcher(const Options& options)
    : options_(options), news_(PeersOf(options), options.ask_interval), pull_(options.pull) {}

void SnapshotFetcher::Resume(const ledger::SnapshotManifest& manifest,
                             const std::vector<bool>& has) {
  AVAL_ASSERT(has.size() == manifest.chunks.size());
  manifest_ = manifest;
  digest_ = manifest.Digest();
  has_ = has;
  left_ = static_cast<std::size_t>(std::count(has.begin(), has.end(), false));
  Choose(std::nullopt);
}

void SnapshotFetcher::Receive(std::uint32_t from, const SnapshotMessage& message, Instant now,
                              FetchActions& out) {
  if (const auto* newest = std::get_if<Newest>(&message)) {
    if (!news_.Take(from, *newest, now)) return;
  } else if (const auto* text = std::get_if<ManifestText>(&message)) {
    Take(from, *text, now, out);
  } else if (const auto* chunk = std::get_if<Chunk>(&message)) {
    Take(from, *chunk, now, out);
  } else if (const auto* refused = std::get_if<SnapshotRefused>(&message)) {
    Take(from, *refused, now);
  } else {
    return;
  }
  Proceed(now, out);
}

void SnapshotFetcher::Tick(Instant now, FetchActions& out) {
  if (complete()) return;
  if (news_.Tick(now, out)) {
    idle_asks_ = Idle() ? idle_asks_ + 1 : 0;
    if (idle_asks_ > kIdleAsks) {
      for (const std::uint32_t peer : news_.peers()) {
        out.messages.push_back({.to = peer, .message = NoneTrusted{}});
      }
    }
  }
  pull_.Tick(now);
  Proceed(now, out);
}

bool SnapshotFetcher::Idle() const {
  return !candidate_ && (!manifest_ || Holders(digest_).empty());
}

void SnapshotFetcher::LinkLost(std::uint32_t node, Instant now, FetchActions& out) {
  news_.Forget(node);
  pull_.LinkLost(node, now);
  Proceed(now, out);
}

void SnapshotFetcher::Missing(std::size_t chunk, Instant now, FetchActions& out) {
  AVAL_ASSERT(manifest_ && chunk < has_.size());
  if (!has_[chunk]) return;
  has_[chunk] = false;
  ++left_;
  pull_.Want(chunk);
  Proceed(now, out);
}

std::optional<Instant> SnapshotFetcher::NextDeadline(Instant now) const {
  if (complete()) return std::nullopt;
  const std::optional<Instant> pull = pull_.NextDeadline(now);
  return pull ? std::min(*pull, news_.next()) : news_.next();
}

void SnapshotFetcher::Take(std::uint32_t from, const ManifestText& answer, Instant now,
                           FetchActions& out) {
  if (!candidate_ || answer.digest != candidate_->digest) return;
  if (!pull_.IsAsked(from, kTheManifest)) return;
  const std::string name = "the snapshot manifest " + answer.digest.Hex();
  if (ledger::ManifestDigest(answer.text) != answer.digest) {
    pull_.Failed(from, kTheManifest, now);
    return Bar(from, "sent another text for " + name, out);
  }
  pull_.Answered(from, kTheManifest);
  Result<ledger::SnapshotManifest> manifest = ledger::SnapshotManifest::Decode(answer.text);
  std::string fault;
  if (!manifest) {
    fault = manifest.error().message;
  } else if (manifest->genesis != options_.genesis) {
    fault = "of another genesis";
  } else if (manifest->raft.index <= options_.after_raft_index) {
    fault = "not as new as was said";
  }
  if (!fault.empty()) {
    if (refused_.size() < kRefusedMax) refused_.insert(answer.digest);
    out.alarms.push_back({.peer = from, .what = "and others name " + name + ": " + fault});
    return Choose(std::nullopt);
  }
  manifest_ = *std::move(manifest);
  digest_ = answer.digest;
  has_.assign(manifest_->chunks.size(), false);
  left_ = has_.size();
  Choose(std::nullopt);
  out.begin = manifest_;
  out.chunks.clear();  // Of an older one.
}

void SnapshotFetcher::Take(std::uint32_t from, const Chunk& answer, Instant now,
                           FetchActions& out) {
  if (!manifest_ || candidate_ || answer.digest != digest_) return;
  if (answer.number >= has_.size() || !pull_.IsAsked(from, answer.number)) return;
  if (answer.bytes.size() != manifest_->BytesOfChunk(answer.number) ||
      crypto::Sha256(answer.bytes) != manifest_->chunks[answer.number]) {
    pull_.Failed(from, answer.number, now);
    return Bar(from,
               "sent other bytes for chunk " + std::to_string(answer.number) + " of the snapshot " +
                   digest_.Hex(),
               out);
  }
  pull_.Answered(from, answer.number);
  AVAL_ASSERT(!has_[answer.number] && left_ > 0);
  has_[answer.number] = true;
  --left_;
  out.chunks.push_back(answer);
}

void SnapshotFetcher::Take(std::uint32_t from, const SnapshotRefused& answer, Instant now) {
  const crypto::Digest& wanted = candidate_ ? candidate_->digest : digest_;
  if (answer.asked == SnapshotRefused::Asked::kLeaves || answer.digest != wanted) return;
  // An answer to what was asked before the last manifest would take back what is asked now.
  const bool of_manifest = answer.asked == SnapshotRefused::Asked::kManifest;
  if (of_manifest != candidate_.has_value()) return;
  const std::uint64_t item = of_manifest ? kTheManifest : answer.number;
  if (answer.reason == SnapshotRefused::Reason::kBusy) {
    return pull_.Postponed(from, item, std::chrono::milliseconds(answer.rest_ms), now);
  }
  pull_.Failed(from, item, now);
  news_.Forget(from);
}

void SnapshotFetcher::Bar(std::uint32_t node, std::string what, FetchActions& out) {
  barred_.insert(node);
  out.alarms.push_back({.peer = node, .what = std::move(what)});
}

std::set<std::uint32_t> SnapshotFetcher::Holders(const crypto::Digest& digest) const {
  std::set<std::uint32_t> holders;
  for (const auto& [node, newest] : news_.newest()) {
    if (!newest.snapshot || newest.snapshot->digest != digest || barred_.contains(node)) continue;
    holders.insert(node);
  }
  return holders;
}

std::optional<SnapshotFetcher::Candidate> SnapshotFetcher::Trusted() const {
  std::set<std::uint32_t> all;
  for (const auto& [node, group] : options_.groups) all.insert(group);
  // The least index that a namer gives: a single one cannot make an old snapshot look new.
  struct Named {
    std::set<std::uint32_t> groups;
    std::uint64_t raft_index = UINT64_MAX;
  };
  std::map<crypto::Digest, Named> by_digest;
  for (const auto& [node, newest] : news_.newest()) {
    if (!newest.snapshot || refused_.contains(newest.snapshot->digest)) continue;
    Named& named = by_digest[newest.snapshot->digest];
    named.groups.insert(options_.groups.at(node));
    named.raft_index = std::min(named.raft_index, newest.snapshot->raft_index);
  }
  std::optional<Candidate> best;
  for (const auto& [digest, named] : by_digest) {
    if (2 * named.groups.size() <= all.size()) continue;
    if (named.raft_index <= options_.after_raft_index) continue;
    if (best && best->raft_index >= named.raft_index) continue;
    best = {.digest = digest, .raft_index = named.raft_index};
  }
  return best;
}

// What is pulled from here on: a candidate's manifest, or without one the chunks that are missing.
void SnapshotFetcher::Choose(const std::optional<Candidate>& candidate) {
  candidate_ = candidate;
  pull_.Clear();
  barred_.clear();
  if (candidate_) return pull_.Want(kTheManifest);
  for (std::size_t chunk = 0; chunk < has_.size(); ++chunk) {
    if (!has_[chunk]) pull_.Want(chunk);
  }
}

void SnapshotFetcher::Proceed(Instant now, FetchActions& out) {
  if (complete()) return;
  if (candidate_ && Holders(candidate_->digest).empty()) Choose(std::nullopt);
  if (Idle()) {
    const std::optional<Candidate> trusted = Trusted();
    if (trusted && (!manifest_ || trusted->digest != digest_)) Choose(trusted);
  }
  if (!candidate_ && !manifest_) return;
  const crypto::Digest& digest = candidate_ ? candidate_->digest : digest_;
  for (const Pull::Ask& ask : pull_.Next(Holders(digest), now)) {
    if (candidate_) {
      out.messages.push_back({.to = ask.node, .message = AskManifest{.digest = digest}});
    } else {
      out.messages.push_back(
          {.to = ask.node,
           .message = AskChunk{.digest = digest, .number = static_cast<std::uint32_t>(ask.item)}});
    }
  }
}

}  // namespace aval::node
