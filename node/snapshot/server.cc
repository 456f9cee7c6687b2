#include "node/snapshot/server.h"

#include <algorithm>
#include <utility>

namespace aval::node {

namespace {

// What a question asks for, as a refusal says it; nothing for what is no question that costs.
std::optional<SnapshotRefused> RefusalOf(const SnapshotMessage& message) {
  if (const auto* ask = std::get_if<AskManifest>(&message)) {
    return SnapshotRefused{.asked = SnapshotRefused::Asked::kManifest, .digest = ask->digest};
  }
  if (const auto* ask = std::get_if<AskChunk>(&message)) {
    return SnapshotRefused{
        .asked = SnapshotRefused::Asked::kChunk, .digest = ask->digest, .number = ask->number};
  }
  if (const auto* ask = std::get_if<AskLeaves>(&message)) {
    return SnapshotRefused{
        .asked = SnapshotRefused::Asked::kLeaves, .digest = {}, .number = ask->first};
  }
  return std::nullopt;
}

std::size_t CostOf(const SnapshotMessage& message) {
  if (const auto* text = std::get_if<ManifestText>(&message)) return text->text.size();
  if (const auto* chunk = std::get_if<Chunk>(&message)) return chunk->bytes.size();
  if (const auto* leaves = std::get_if<Leaves>(&message)) {
    std::size_t size = 32 * leaves->range.hashes.size();
    for (const Bytes& entry : leaves->range.entries) size += entry.size();
    for (const Bytes& effects : leaves->range.effects) size += effects.size();
    return size;
  }
  return 64;
}

constexpr Duration kPatience = std::chrono::seconds(1);

Error NotHere() { return {.code = Code::kNotFound, .message = "no such snapshot"}; }

}  // namespace

void SnapshotServer::Offer(std::unique_ptr<ledger::SnapshotSource> source, Instant now) {
  source_ = std::move(source);
  offered_ = last_fetch_ = now;
}

bool SnapshotServer::IsFetched(Instant now) const {
  return source_ != nullptr && now - last_fetch_ < options_.fetched &&
         now - offered_ < options_.fetched_most;
}

Newest SnapshotServer::newest() const {
  Newest newest{.snapshot = {}, .log_first = log_.first(), .log_size = log_.synced_size()};
  if (source_ != nullptr) {
    newest.snapshot = {.digest = source_->digest(), .raft_index = source_->manifest().raft.index};
  }
  return newest;
}

Result<std::optional<SnapshotMessage>> SnapshotServer::Answer(std::uint32_t from,
                                                              const SnapshotMessage& message,
                                                              Instant now) {
  using Answered = std::optional<SnapshotMessage>;
  Pace& pace = paces_.try_emplace(from, options_.pace).first->second;
  if (std::holds_alternative<AskNewest>(message)) {
    // It costs nothing; but who does not heed a refusal is not heard.
    if (pace.Rest(now) > kPatience) return Answered();
    pace.Count(1, 64, now);
    return Answered(newest());
  }
  std::optional<SnapshotRefused> refusal = RefusalOf(message);
  if (!refusal) return Answered();
  if (const Duration rest = pace.Rest(now); rest > Duration(0)) {
    refusal->reason = SnapshotRefused::Reason::kBusy;
    refusal->rest_ms = static_cast<std::uint32_t>(rest.count() / 1'000 + 1);
    return Answered(*refusal);
  }
  Result<SnapshotMessage> answer = NotHere();
  if (const auto* manifest = std::get_if<AskManifest>(&message)) {
    answer = ManifestFor(*manifest, now);
  } else if (const auto* chunk = std::get_if<AskChunk>(&message)) {
    answer = ChunkFor(*chunk, now);
  } else if (const auto* leaves = std::get_if<AskLeaves>(&message)) {
    answer = LeavesFor(*leaves);
  }
  const bool rotten = !answer && answer.error().code == Code::kCorruption;
  if (rotten) alarm_("cannot give a peer what it asks for: " + answer.error().message);
  if (!answer && !rotten && answer.error().code != Code::kNotFound) return answer.error();
  pace.Count(1, answer ? CostOf(*answer) : 64, now);
  if (!answer) return Answered(*refusal);
  return Answered(*std::move(answer));
}

Result<SnapshotMessage> SnapshotServer::ManifestFor(const AskManifest& ask, Instant now) {
  if (source_ == nullptr || ask.digest != source_->digest()) return NotHere();
  last_fetch_ = now;
  return SnapshotMessage(ManifestText{.digest = ask.digest, .text = source_->encoded_manifest()});
}

Result<SnapshotMessage> SnapshotServer::ChunkFor(const AskChunk& ask, Instant now) {
  if (source_ == nullptr || ask.digest != source_->digest()) return NotHere();
  AVAL_TRY(Bytes bytes, source_->Chunk(ask.number));
  last_fetch_ = now;
  return SnapshotMessage(
      Chunk{.digest = ask.digest, .number = ask.number, .bytes = std::move(bytes)});
}

Result<SnapshotMessage> SnapshotServer::LeavesFor(const AskLeaves& ask) {
  AVAL_TRY(ledger::LeafRange range,
           ledger::ReadLeafRange(log_, ask.first, ask.size, options_.leaves_bytes));
  Leaves leaves{.range = std::move(range), .size = ask.size};
  // One leaf alone may be too long for a frame; then peers cannot have it from here.
  if (CostOf(leaves) + 4096 > kSnapshotMessageBytesMax) return NotHere();
  return SnapshotMessage(std::move(leaves));
}

void SnapshotServer::Tick(Instant now) {
  if (source_ != nullptr && last_fetch_ + options_.keep <= now) source_.reset();
}

std::optional<Instant> SnapshotServer::NextDeadline() const {
  if (source_ == nullptr) return std::nullopt;
  return last_fetch_ + options_.keep;
}

}  // namespace aval::node
