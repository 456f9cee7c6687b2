#include "net/peer_codec.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cstdint>
#include <memory>
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

void Fill(const consensus::VoteRequest& from, pb::Frame& frame) {
  pb::VoteRequest& to = *frame.mutable_vote_request();
  to.set_term(from.term.value);
  to.set_pre(from.pre);
  to.set_last_index(from.last_index.value);
  to.set_last_term(from.last_term.value);
}

void Fill(const consensus::VoteResponse& from, pb::Frame& frame) {
  pb::VoteResponse& to = *frame.mutable_vote_response();
  to.set_term(from.term.value);
  to.set_pre(from.pre);
  to.set_granted(from.granted);
}

void Fill(const consensus::Append& from, pb::Frame& frame) {
  pb::Append& to = *frame.mutable_append();
  to.set_term(from.term.value);
  to.set_prev_index(from.prev_index.value);
  to.set_prev_term(from.prev_term.value);
  to.set_prev_chain(ToWire(from.prev_chain));
  to.set_commit(from.commit.value);
  for (const consensus::Entry& entry : from.entries) {
    pb::Entry& added = *to.add_entries();
    added.set_term(entry.term.value);
    added.set_index(entry.index.value);
    added.set_kind(static_cast<pb::EntryKind>(entry.kind));
    added.set_payload(entry.payload->data(), entry.payload->size());
    added.set_chain(ToWire(entry.chain));
  }
}

void Fill(const consensus::AppendResponse& from, pb::Frame& frame) {
  pb::AppendResponse& to = *frame.mutable_append_response();
  to.set_term(from.term.value);
  to.set_success(from.success);
  to.set_match(from.match.value);
  to.set_hint_index(from.hint_index.value);
  to.set_hint_term(from.hint_term.value);
  to.set_applied(from.applied.value);
}

void Fill(const consensus::Heartbeat& from, pb::Frame& frame) {
  pb::Heartbeat& to = *frame.mutable_heartbeat();
  to.set_term(from.term.value);
  to.set_commit(from.commit.value);
}

void Fill(const consensus::HeartbeatResponse& from, pb::Frame& frame) {
  pb::HeartbeatResponse& to = *frame.mutable_heartbeat_response();
  to.set_term(from.term.value);
  to.set_applied(from.applied.value);
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
  if (from.origin().empty() || from.origin().size() > kMaxOriginBytes) {
    return Malformed("hello.origin", "empty or too long");
  }
  return PeerMessage(
      Hello{.version = from.version(), .origin = from.origin(), .node = NodeId{from.node()}});
}

Result<PeerMessage> Read(const pb::Alive&) { return PeerMessage(Alive{}); }

Result<PeerMessage> Read(const pb::Goodbye& from) {
  if (from.reason().size() > kMaxReasonBytes) return Malformed("goodbye.reason", "too long");
  return PeerMessage(Goodbye{.reason = from.reason()});
}

Result<PeerMessage> Read(const pb::VoteRequest& from) {
  return PeerMessage(consensus::VoteRequest{.term = Term{from.term()},
                                            .pre = from.pre(),
                                            .last_index = Index{from.last_index()},
                                            .last_term = Term{from.last_term()}});
}

Result<PeerMessage> Read(const pb::VoteResponse& from) {
  return PeerMessage(consensus::VoteResponse{
      .term = Term{from.term()}, .pre = from.pre(), .granted = from.granted()});
}

Result<consensus::Entry> ReadEntry(const pb::Entry& from) {
  if (from.term() == 0) return Malformed("entry.term", "0");
  if (from.index() == 0) return Malformed("entry.index", "0");
  if (from.kind() != pb::NOOP && from.kind() != pb::BLOCK)
    return Malformed("entry.kind", "unknown");
  if (from.kind() == pb::NOOP && !from.payload().empty()) {
    return Malformed("entry.payload", "not empty in a no-op");
  }
  AVAL_TRY(const crypto::Digest chain, ReadDigest("entry.chain", from.chain()));
  return consensus::Entry{
      .term = Term{from.term()},
      .index = Index{from.index()},
      .kind = static_cast<EntryKind>(from.kind()),
      .payload = std::make_shared<const Bytes>(CopyBytes(AsBytes(from.payload()))),
      .chain = chain};
}

Result<PeerMessage> Read(const pb::Append& from) {
  AVAL_TRY(const crypto::Digest prev_chain, ReadDigest("append.prev_chain", from.prev_chain()));
  consensus::Append append{.term = Term{from.term()},
                           .prev_index = Index{from.prev_index()},
                           .prev_term = Term{from.prev_term()},
                           .prev_chain = prev_chain,
                           .commit = Index{from.commit()},
                           .entries = {}};
  append.entries.reserve(static_cast<std::size_t>(from.entries_size()));
  for (const pb::Entry& entry : from.entries()) {
    AVAL_TRY(consensus::Entry read, ReadEntry(entry));
    append.entries.push_back(std::move(read));
  }
  return PeerMessage(std::move(append));
}

Result<PeerMessage> Read(const pb::AppendResponse& from) {
  return PeerMessage(consensus::AppendResponse{.term = Term{from.term()},
                                               .success = from.success(),
                                               .match = Index{from.match()},
                                               .hint_index = Index{from.hint_index()},
                                               .hint_term = Term{from.hint_term()},
                                               .applied = Index{from.applied()}});
}

Result<PeerMessage> Read(const pb::Heartbeat& from) {
  return PeerMessage(
      consensus::Heartbeat{.term = Term{from.term()}, .commit = Index{from.commit()}});
}

Result<PeerMessage> Read(const pb::HeartbeatResponse& from) {
  return PeerMessage(
      consensus::HeartbeatResponse{.term = Term{from.term()}, .applied = Index{from.applied()}});
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
    if (const auto* append = std::get_if<consensus::Append>(consensus)) {
      for (const consensus::Entry& entry : append->entries) {
        bound += kOverhead + entry.payload->size();
      }
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
