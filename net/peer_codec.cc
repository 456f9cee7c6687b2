#include "net/peer_codec.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "net/frame.h"
#include "net/proto/peer.pb.h"

namespace aval::net {

namespace {

namespace pb = aval::peer::v1;

using consensus::EntryKind;
using consensus::Index;
using consensus::NodeId;
using consensus::Term;

// Tags, lengths and numbers of a frame or entry; generous.
constexpr std::size_t kOverhead = 128;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kMaxConfigurationBytes = 8'192;
// Of a whole frame, entries' own not counted. An append of no-ops has the most: 1 MiB of entries
// that count for 128 bytes each are 8,192.
constexpr std::size_t kMaxFields = 16'384;

std::string ToWire(ByteView bytes) { return std::string(AsText(bytes)); }

// Encoding: one Fill for each message, from our struct to protobuf's.

void Fill(const Hello& from, pb::Frame& frame) {
  pb::Hello& to = *frame.mutable_hello();
  to.set_version(from.version);
  to.set_origin(from.origin);
  to.set_node(from.node.value);
  to.set_incarnation(from.incarnation);
}

void Fill(const Alive&, pb::Frame& frame) { frame.mutable_alive(); }

void Fill(const Goodbye& from, pb::Frame& frame) {
  // Other bytes than ASCII might be cut in the middle of a character.
  std::string reason = from.reason.substr(0, kMaxReasonBytes);
  for (char& c : reason) {
    if (c < ' ' || c > '~') c = '?';
  }
  frame.mutable_goodbye()->set_reason(std::move(reason));
}

void Fill(const consensus::Promise& from, pb::Promise& to) {
  to.set_incarnation(from.incarnation);
  to.set_run(from.run);
  to.set_term(from.term.value);
  to.set_vote(from.vote.value);
  to.set_index(from.index.value);
  to.set_seal(ToWire(from.seal));
}

void Fill(const consensus::Entry& from, pb::Entry& to) {
  to.set_term(from.term.value);
  to.set_index(from.index.value);
  to.set_kind(static_cast<pb::EntryKind>(from.kind));
  to.set_payload(from.payload->data(), from.payload->size());
  to.set_chain(ToWire(from.chain));
}

void Fill(const consensus::VoteRequest& from, pb::Frame& frame) {
  pb::VoteRequest& to = *frame.mutable_vote_request();
  to.set_term(from.term.value);
  to.set_pre(from.pre);
  to.set_transfer(from.transfer);
  to.set_last_index(from.last_index.value);
  to.set_last_term(from.last_term.value);
  if (from.promise) Fill(*from.promise, *to.mutable_promise());
}

void Fill(const consensus::VoteResponse& from, pb::Frame& frame) {
  pb::VoteResponse& to = *frame.mutable_vote_response();
  to.set_term(from.term.value);
  to.set_pre(from.pre);
  to.set_granted(from.granted);
  if (from.promise) Fill(*from.promise, *to.mutable_promise());
}

void Fill(const consensus::Append& from, pb::Frame& frame) {
  pb::Append& to = *frame.mutable_append();
  to.set_term(from.term.value);
  to.set_prev_index(from.prev_index.value);
  to.set_prev_term(from.prev_term.value);
  to.set_prev_chain(ToWire(from.prev_chain));
  to.set_commit(from.commit.value);
  for (const consensus::Entry& entry : from.entries) Fill(entry, *to.add_entries());
}

void Fill(const consensus::AppendResponse& from, pb::Frame& frame) {
  pb::AppendResponse& to = *frame.mutable_append_response();
  to.set_term(from.term.value);
  to.set_success(from.success);
  to.set_match(from.match.value);
  to.set_hint_index(from.hint_index.value);
  to.set_hint_term(from.hint_term.value);
  to.set_applied(from.applied.value);
  if (from.promise) Fill(*from.promise, *to.mutable_promise());
}

void Fill(const consensus::Heartbeat& from, pb::Frame& frame) {
  pb::Heartbeat& to = *frame.mutable_heartbeat();
  to.set_term(from.term.value);
  to.set_commit(from.commit.value);
  to.set_round(from.round);
}

void Fill(const consensus::HeartbeatResponse& from, pb::Frame& frame) {
  pb::HeartbeatResponse& to = *frame.mutable_heartbeat_response();
  to.set_term(from.term.value);
  to.set_applied(from.applied.value);
  to.set_round(from.round);
  to.set_clock_ms(from.clock_ms);
}

void Fill(const consensus::TimeoutNow& from, pb::Frame& frame) {
  frame.mutable_timeout_now()->set_term(from.term.value);
}

void Fill(const consensus::ReadRequest& from, pb::Frame& frame) {
  pb::ReadRequest& to = *frame.mutable_read_request();
  to.set_term(from.term.value);
  to.set_ticket(from.ticket);
}

void Fill(const consensus::ReadResponse& from, pb::Frame& frame) {
  pb::ReadResponse& to = *frame.mutable_read_response();
  to.set_term(from.term.value);
  to.set_ticket(from.ticket);
  to.set_index(from.index.value);
}

void Fill(const consensus::SnapshotNeeded& from, pb::Frame& frame) {
  pb::SnapshotNeeded& to = *frame.mutable_snapshot_needed();
  to.set_term(from.term.value);
  to.set_anchor(from.anchor.value);
}

void Fill(const consensus::GreetingRequest& from, pb::Frame& frame) {
  pb::GreetingRequest& to = *frame.mutable_greeting_request();
  to.set_term(from.term.value);
  to.set_run(from.run);
}

void Fill(const consensus::GreetingResponse& from, pb::Frame& frame) {
  pb::GreetingResponse& to = *frame.mutable_greeting_response();
  to.set_term(from.term.value);
  to.set_run(from.run);
  to.set_blank(from.blank);
  if (from.promise) Fill(*from.promise, *to.mutable_promise());
  to.set_configuration_index(from.configuration_index.value);
  to.set_configuration(from.configuration.data(), from.configuration.size());
}

void Fill(const consensus::EntriesRequest& from, pb::Frame& frame) {
  pb::EntriesRequest& to = *frame.mutable_entries_request();
  to.set_term(from.term.value);
  to.set_after(from.after.value);
  to.set_last(from.last.value);
}

void Fill(const consensus::EntriesResponse& from, pb::Frame& frame) {
  pb::EntriesResponse& to = *frame.mutable_entries_response();
  to.set_term(from.term.value);
  to.set_after(from.after.value);
  for (const consensus::Entry& entry : from.entries) Fill(entry, *to.add_entries());
}

void Fill(const consensus::Message& from, pb::Frame& frame) {
  std::visit([&frame](const auto& message) { Fill(message, frame); }, from);
}

void Fill(const Forward& from, pb::Frame& frame) {
  pb::Forward& to = *frame.mutable_forward();
  for (const auto& envelope : from.envelopes) {
    to.add_envelopes(envelope->data(), envelope->size());
  }
}

void Fill(const ForwardRefused& from, pb::Frame& frame) {
  pb::ForwardRefused& to = *frame.mutable_forward_refused();
  for (const crypto::Digest& envelope : from.envelopes) to.add_envelopes(ToWire(envelope));
  to.set_reason(static_cast<pb::RefusalReason>(from.reason));
}

void Fill(const Extension& from, pb::Frame& frame) {
  pb::Extension& to = *frame.mutable_extension();
  to.set_number(from.number);
  to.set_body(from.body.data(), from.body.size());
}

// Decoding: one Read for each message.

Error Malformed(std::string_view field, std::string_view problem) {
  return {.code = Code::kCorruption,
          .message = "peer frame: " + std::string(field) + ": " + std::string(problem)};
}

Result<crypto::Digest> ReadDigest(std::string_view field, const std::string& from) {
  if (from.size() != kDigestBytes) return Malformed(field, "not 32 bytes");
  return crypto::Digest{.bytes = ByteReader(AsBytes(from)).Array<kDigestBytes>()};
}

Result<PeerMessage> Read(const pb::Hello& from) {
  if (from.version() == 0) return Malformed("hello.version", "0");
  if (from.node() == 0) return Malformed("hello.node", "0");
  if (from.incarnation() == 0) return Malformed("hello.incarnation", "0");
  if (from.origin().empty() || from.origin().size() > kMaxOriginBytes) {
    return Malformed("hello.origin", "empty or too long");
  }
  return PeerMessage(Hello{.version = from.version(),
                           .origin = from.origin(),
                           .node = NodeId{from.node()},
                           .incarnation = from.incarnation()});
}

Result<PeerMessage> Read(const pb::Alive&) { return PeerMessage(Alive{}); }

Result<PeerMessage> Read(const pb::Goodbye& from) {
  if (from.reason().size() > kMaxReasonBytes) return Malformed("goodbye.reason", "too long");
  return PeerMessage(Goodbye{.reason = from.reason()});
}

Result<std::optional<consensus::Promise>> ReadPromise(bool given, const pb::Promise& from) {
  if (!given) return std::optional<consensus::Promise>();
  if (from.incarnation() == 0) return Malformed("promise.incarnation", "0");
  AVAL_TRY(const crypto::Digest seal, ReadDigest("promise.seal", from.seal()));
  return std::optional(consensus::Promise{.incarnation = from.incarnation(),
                                          .run = from.run(),
                                          .term = Term{from.term()},
                                          .vote = NodeId{from.vote()},
                                          .index = Index{from.index()},
                                          .seal = seal});
}

Result<PeerMessage> Read(const pb::VoteRequest& from) {
  AVAL_TRY(const auto promise, ReadPromise(from.has_promise(), from.promise()));
  return PeerMessage(consensus::VoteRequest{.term = Term{from.term()},
                                            .pre = from.pre(),
                                            .transfer = from.transfer(),
                                            .last_index = Index{from.last_index()},
                                            .last_term = Term{from.last_term()},
                                            .promise = promise});
}

Result<PeerMessage> Read(const pb::VoteResponse& from) {
  AVAL_TRY(const auto promise, ReadPromise(from.has_promise(), from.promise()));
  return PeerMessage(consensus::VoteResponse{
      .term = Term{from.term()}, .pre = from.pre(), .granted = from.granted(), .promise = promise});
}

Result<consensus::Entry> ReadEntry(const pb::Entry& from) {
  if (from.term() == 0) return Malformed("entry.term", "0");
  if (from.index() == 0) return Malformed("entry.index", "0");
  if (!pb::EntryKind_IsValid(from.kind())) return Malformed("entry.kind", "unknown");
  const bool bare = from.kind() == pb::NOOP || from.kind() == pb::MARK;
  if (bare && !from.payload().empty()) {
    return Malformed("entry.payload", "not empty in a no-op or mark");
  }
  AVAL_TRY(const crypto::Digest chain, ReadDigest("entry.chain", from.chain()));
  return consensus::Entry{
      .term = Term{from.term()},
      .index = Index{from.index()},
      .kind = static_cast<EntryKind>(from.kind()),
      .payload = std::make_shared<const Bytes>(CopyBytes(AsBytes(from.payload()))),
      .chain = chain};
}

Result<std::vector<consensus::Entry>> ReadEntries(
    const google::protobuf::RepeatedPtrField<pb::Entry>& from) {
  std::vector<consensus::Entry> entries;
  entries.reserve(static_cast<std::size_t>(from.size()));
  for (const pb::Entry& entry : from) {
    AVAL_TRY(consensus::Entry read, ReadEntry(entry));
    entries.push_back(std::move(read));
  }
  return entries;
}

Result<PeerMessage> Read(const pb::Append& from) {
  AVAL_TRY(const crypto::Digest prev_chain, ReadDigest("append.prev_chain", from.prev_chain()));
  AVAL_TRY(auto entries, ReadEntries(from.entries()));
  return PeerMessage(consensus::Append{.term = Term{from.term()},
                                       .prev_index = Index{from.prev_index()},
                                       .prev_term = Term{from.prev_term()},
                                       .prev_chain = prev_chain,
                                       .commit = Index{from.commit()},
                                       .entries = std::move(entries)});
}

Result<PeerMessage> Read(const pb::AppendResponse& from) {
  AVAL_TRY(const auto promise, ReadPromise(from.has_promise(), from.promise()));
  return PeerMessage(consensus::AppendResponse{.term = Term{from.term()},
                                               .success = from.success(),
                                               .match = Index{from.match()},
                                               .hint_index = Index{from.hint_index()},
                                               .hint_term = Term{from.hint_term()},
                                               .applied = Index{from.applied()},
                                               .promise = promise});
}

Result<PeerMessage> Read(const pb::Heartbeat& from) {
  return PeerMessage(consensus::Heartbeat{
      .term = Term{from.term()}, .commit = Index{from.commit()}, .round = from.round()});
}

Result<PeerMessage> Read(const pb::HeartbeatResponse& from) {
  return PeerMessage(consensus::HeartbeatResponse{.term = Term{from.term()},
                                                  .applied = Index{from.applied()},
                                                  .round = from.round(),
                                                  .clock_ms = from.clock_ms()});
}

Result<PeerMessage> Read(const pb::TimeoutNow& from) {
  return PeerMessage(consensus::TimeoutNow{.term = Term{from.term()}});
}

Result<PeerMessage> Read(const pb::ReadRequest& from) {
  return PeerMessage(consensus::ReadRequest{.term = Term{from.term()}, .ticket = from.ticket()});
}

Result<PeerMessage> Read(const pb::ReadResponse& from) {
  return PeerMessage(consensus::ReadResponse{
      .term = Term{from.term()}, .ticket = from.ticket(), .index = Index{from.index()}});
}

Result<PeerMessage> Read(const pb::SnapshotNeeded& from) {
  return PeerMessage(
      consensus::SnapshotNeeded{.term = Term{from.term()}, .anchor = Index{from.anchor()}});
}

Result<PeerMessage> Read(const pb::GreetingRequest& from) {
  return PeerMessage(consensus::GreetingRequest{.term = Term{from.term()}, .run = from.run()});
}

Result<PeerMessage> Read(const pb::GreetingResponse& from) {
  AVAL_TRY(const auto promise, ReadPromise(from.has_promise(), from.promise()));
  if (from.configuration().size() > kMaxConfigurationBytes) {
    return Malformed("greeting_response.configuration", "too long");
  }
  return PeerMessage(
      consensus::GreetingResponse{.term = Term{from.term()},
                                  .run = from.run(),
                                  .blank = from.blank(),
                                  .promise = promise,
                                  .configuration_index = Index{from.configuration_index()},
                                  .configuration = CopyBytes(AsBytes(from.configuration()))});
}

Result<PeerMessage> Read(const pb::EntriesRequest& from) {
  return PeerMessage(consensus::EntriesRequest{
      .term = Term{from.term()}, .after = Index{from.after()}, .last = Index{from.last()}});
}

Result<PeerMessage> Read(const pb::EntriesResponse& from) {
  AVAL_TRY(auto entries, ReadEntries(from.entries()));
  return PeerMessage(consensus::EntriesResponse{
      .term = Term{from.term()}, .after = Index{from.after()}, .entries = std::move(entries)});
}

Result<PeerMessage> Read(const pb::Forward& from) {
  if (from.envelopes_size() > static_cast<int>(kMaxForwardedActs)) {
    return Malformed("forward.envelopes", "too many");
  }
  Forward forward;
  forward.envelopes.reserve(static_cast<std::size_t>(from.envelopes_size()));
  for (const std::string& envelope : from.envelopes()) {
    if (envelope.empty()) return Malformed("forward.envelopes", "an empty one");
    forward.envelopes.push_back(std::make_shared<const Bytes>(CopyBytes(AsBytes(envelope))));
  }
  return PeerMessage(std::move(forward));
}

Result<PeerMessage> Read(const pb::ForwardRefused& from) {
  ForwardRefused refused;
  if (from.reason() == pb::REFUSAL_REASON_UNSPECIFIED ||
      !pb::RefusalReason_IsValid(from.reason())) {
    return Malformed("forward_refused.reason", "unknown");
  }
  refused.reason = static_cast<ForwardRefused::Reason>(from.reason());
  if (from.envelopes_size() > static_cast<int>(kMaxForwardedActs)) {
    return Malformed("forward_refused.envelopes", "too many");
  }
  refused.envelopes.reserve(static_cast<std::size_t>(from.envelopes_size()));
  for (const std::string& envelope : from.envelopes()) {
    AVAL_TRY(const crypto::Digest digest, ReadDigest("forward_refused.envelopes", envelope));
    refused.envelopes.push_back(digest);
  }
  return PeerMessage(std::move(refused));
}

Result<PeerMessage> Read(const pb::Extension& from) {
  if (from.body().size() > kMaxExtensionBytes) return Malformed("extension.body", "too long");
  return PeerMessage(Extension{.number = from.number(), .body = CopyBytes(AsBytes(from.body()))});
}

// Protobuf makes an object of every field before anybody can look at one, so these are counted
// first. False for bytes that are no message, too: the parser says what is wrong with them.
bool HasTooManyFields(ByteView content) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(content.data(), static_cast<int>(content.size()));
  std::size_t fields = 0;
  while (const std::uint32_t body = in.ReadTag()) {
    if (++fields > kMaxFields) return true;
    if (WireFormatLite::GetTagWireType(body) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&in, body)) return false;
      continue;
    }
    std::uint32_t length = 0;
    if (!in.ReadVarint32(&length) || length > content.size()) return false;
    const auto outer = in.PushLimit(static_cast<int>(length));
    while (const std::uint32_t field = in.ReadTag()) {
      if (++fields > kMaxFields) return true;
      if (!WireFormatLite::SkipField(&in, field)) return false;
    }
    if (in.BytesUntilLimit() > 0) return false;
    in.PopLimit(outer);
  }
  return false;
}

}  // namespace

std::size_t FrameBound(const PeerMessage& message) {
  std::size_t bound = kOverhead;
  if (const auto* consensus = std::get_if<consensus::Message>(&message)) {
    bound += kOverhead;  // A promise's.
    const std::vector<consensus::Entry>* entries = nullptr;
    if (const auto* append = std::get_if<consensus::Append>(consensus)) {
      entries = &append->entries;
    } else if (const auto* fetched = std::get_if<consensus::EntriesResponse>(consensus)) {
      entries = &fetched->entries;
    } else if (const auto* greeting = std::get_if<consensus::GreetingResponse>(consensus)) {
      bound += greeting->configuration.size();
    }
    if (entries != nullptr) {
      for (const consensus::Entry& entry : *entries) bound += kOverhead + entry.payload->size();
    }
  } else if (const auto* forward = std::get_if<Forward>(&message)) {
    for (const auto& envelope : forward->envelopes) bound += 8 + envelope->size();
  } else if (const auto* refused = std::get_if<ForwardRefused>(&message)) {
    bound += refused->envelopes.size() * (2 + kDigestBytes);
  } else if (const auto* extension = std::get_if<Extension>(&message)) {
    bound += extension->body.size();
  } else if (const auto* hello = std::get_if<Hello>(&message)) {
    bound += hello->origin.size();
  } else {
    bound += kMaxReasonBytes;
  }
  return bound;
}

void AppendFrame(const PeerMessage& message, Bytes& out) {
  pb::Frame frame;
  std::visit([&frame](const auto& body) { Fill(body, frame); }, message);
  const std::size_t length = frame.ByteSizeLong();
  AVAL_ASSERT(length <= kMaxFrameBytes);
  ByteWriter header;
  header.U32(static_cast<std::uint32_t>(length));
  const std::size_t begin = out.size();
  out.resize(begin + kFrameHeaderBytes + length);
  std::copy(header.bytes().begin(), header.bytes().end(),
            out.begin() + static_cast<std::ptrdiff_t>(begin));
  frame.SerializeWithCachedSizesToArray(out.data() + begin + kFrameHeaderBytes);
}

Result<PeerMessage> DecodeFrame(ByteView content) {
  pb::Frame frame;
  if (HasTooManyFields(content)) return Malformed("content", "too many fields");
  if (content.size() > kMaxFrameBytes ||
      !frame.ParseFromArray(content.data(), static_cast<int>(content.size()))) {
    return Malformed("content", "not a protobuf message");
  }
  // A message has one encoding: no unknown field, none twice, no second body, no explicit default.
  // But a later version's greeting must be readable enough to be answered.
  frame.DiscardUnknownFields();
  if (!frame.has_hello() && frame.ByteSizeLong() != content.size()) {
    return Malformed("content", "unknown or repeated fields");
  }
  switch (frame.body_case()) {
    case pb::Frame::kHello:
      return Read(frame.hello());
    case pb::Frame::kAlive:
      return Read(frame.alive());
    case pb::Frame::kGoodbye:
      return Read(frame.goodbye());
    case pb::Frame::kVoteRequest:
      return Read(frame.vote_request());
    case pb::Frame::kVoteResponse:
      return Read(frame.vote_response());
    case pb::Frame::kAppend:
      return Read(frame.append());
    case pb::Frame::kAppendResponse:
      return Read(frame.append_response());
    case pb::Frame::kHeartbeat:
      return Read(frame.heartbeat());
    case pb::Frame::kHeartbeatResponse:
      return Read(frame.heartbeat_response());
    case pb::Frame::kTimeoutNow:
      return Read(frame.timeout_now());
    case pb::Frame::kReadRequest:
      return Read(frame.read_request());
    case pb::Frame::kReadResponse:
      return Read(frame.read_response());
    case pb::Frame::kSnapshotNeeded:
      return Read(frame.snapshot_needed());
    case pb::Frame::kGreetingRequest:
      return Read(frame.greeting_request());
    case pb::Frame::kGreetingResponse:
      return Read(frame.greeting_response());
    case pb::Frame::kEntriesRequest:
      return Read(frame.entries_request());
    case pb::Frame::kEntriesResponse:
      return Read(frame.entries_response());
    case pb::Frame::kForward:
      return Read(frame.forward());
    case pb::Frame::kForwardRefused:
      return Read(frame.forward_refused());
    case pb::Frame::kExtension:
      return Read(frame.extension());
    case pb::Frame::BODY_NOT_SET:
      return Malformed("frame", "no body");
  }
  AVAL_ASSERT(false);
}

}  // namespace aval::net
