#include "net/peer_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "net/frame.h"
#include "net/proto/peer.pb.h"

namespace aval::net {
namespace {

namespace pb = aval::peer::v1;
using consensus::Append;
using consensus::AppendResponse;
using consensus::EntriesRequest;
using consensus::EntriesResponse;
using consensus::Entry;
using consensus::EntryKind;
using consensus::GreetingRequest;
using consensus::GreetingResponse;
using consensus::Heartbeat;
using consensus::HeartbeatResponse;
using consensus::Index;
using consensus::NodeId;
using consensus::Promise;
using consensus::ReadRequest;
using consensus::ReadResponse;
using consensus::SnapshotNeeded;
using consensus::Term;
using consensus::TimeoutNow;
using consensus::VoteRequest;
using consensus::VoteResponse;

// Equality, field by field.

bool Same(const VoteRequest& a, const VoteRequest& b) {
  return a.term == b.term && a.pre == b.pre && a.transfer == b.transfer &&
         a.last_index == b.last_index && a.last_term == b.last_term && a.promise == b.promise;
}
bool Same(const VoteResponse& a, const VoteResponse& b) {
  return a.term == b.term && a.pre == b.pre && a.granted == b.granted && a.promise == b.promise;
}
bool Same(const Entry& a, const Entry& b) {
  return a.term == b.term && a.index == b.index && a.kind == b.kind && *a.payload == *b.payload &&
         a.chain == b.chain;
}
bool Same(const std::vector<Entry>& a, const std::vector<Entry>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Entry& x, const Entry& y) { return Same(x, y); });
}
bool Same(const Append& a, const Append& b) {
  return a.term == b.term && a.prev_index == b.prev_index && a.prev_term == b.prev_term &&
         a.prev_chain == b.prev_chain && a.commit == b.commit && Same(a.entries, b.entries);
}
bool Same(const AppendResponse& a, const AppendResponse& b) {
  return a.term == b.term && a.success == b.success && a.match == b.match &&
         a.hint_index == b.hint_index && a.hint_term == b.hint_term && a.applied == b.applied &&
         a.promise == b.promise;
}
bool Same(const Heartbeat& a, const Heartbeat& b) {
  return a.term == b.term && a.commit == b.commit && a.round == b.round;
}
bool Same(const HeartbeatResponse& a, const HeartbeatResponse& b) {
  return a.term == b.term && a.applied == b.applied && a.round == b.round &&
         a.clock_ms == b.clock_ms;
}
bool Same(const TimeoutNow& a, const TimeoutNow& b) { return a.term == b.term; }
bool Same(const ReadRequest& a, const ReadRequest& b) {
  return a.term == b.term && a.ticket == b.ticket;
}
bool Same(const ReadResponse& a, const ReadResponse& b) {
  return a.term == b.term && a.ticket == b.ticket && a.index == b.index;
}
bool Same(const SnapshotNeeded& a, const SnapshotNeeded& b) {
  return a.term == b.term && a.anchor == b.anchor;
}
bool Same(const GreetingRequest& a, const GreetingRequest& b) {
  return a.term == b.term && a.run == b.run;
}
bool Same(const GreetingResponse& a, const GreetingResponse& b) {
  return a.term == b.term && a.run == b.run && a.blank == b.blank && a.promise == b.promise &&
         a.configuration_index == b.configuration_index && a.configuration == b.configuration;
}
bool Same(const EntriesRequest& a, const EntriesRequest& b) {
  return a.term == b.term && a.after == b.after && a.last == b.last;
}
bool Same(const EntriesResponse& a, const EntriesResponse& b) {
  return a.term == b.term && a.after == b.after && Same(a.entries, b.entries);
}
bool Same(const Forward& a, const Forward& b) {
  return std::equal(a.envelopes.begin(), a.envelopes.end(), b.envelopes.begin(), b.envelopes.end(),
                    [](const auto& x, const auto& y) { return *x == *y; });
}
template <class T>
bool Same(const T& a, const T& b) {
  return a == b;
}
template <class... T>
bool Same(const std::variant<T...>& a, const std::variant<T...>& b) {
  return a.index() == b.index() && std::visit(
                                       [&b](const auto& x) {
                                         using X = std::decay_t<decltype(x)>;
                                         return Same(x, std::get<X>(b));
                                       },
                                       a);
}

// Generators.

std::uint64_t AnyNumber() { return *rc::gen::arbitrary<std::uint64_t>(); }
bool AnyFlag() { return *rc::gen::arbitrary<bool>(); }
crypto::Digest AnyDigest() {
  return {.bytes = *rc::gen::arbitrary<std::array<std::uint8_t, 32>>()};
}
std::shared_ptr<const Bytes> AnyPayload() {
  return std::make_shared<const Bytes>(*rc::gen::nonEmpty<Bytes>());
}
std::uint64_t AnyPositive() { return *rc::gen::inRange<std::uint64_t>(1, UINT64_MAX); }

Entry AnyEntry() {
  const auto kind = *rc::gen::element(EntryKind::kNoop, EntryKind::kBlock,
                                      EntryKind::kConfiguration, EntryKind::kMark);
  const bool bare = kind == EntryKind::kNoop || kind == EntryKind::kMark;
  return {.term = Term{AnyPositive()},
          .index = Index{AnyPositive()},
          .kind = kind,
          .payload = bare ? std::make_shared<const Bytes>() : AnyPayload(),
          .chain = AnyDigest()};
}

std::optional<Promise> AnyPromise() {
  if (AnyFlag()) return std::nullopt;
  return Promise{.incarnation = *rc::gen::inRange<std::uint32_t>(1, UINT32_MAX),
                 .run = AnyNumber(),
                 .term = Term{AnyNumber()},
                 .vote = NodeId{*rc::gen::arbitrary<std::uint32_t>()},
                 .index = Index{AnyNumber()},
                 .seal = AnyDigest()};
}

template <class Make>
auto AnyList(Make make) {
  std::vector<decltype(make())> list;
  const auto size = *rc::gen::inRange<std::size_t>(0, 6);
  for (std::size_t i = 0; i < size; ++i) list.push_back(make());
  return list;
}

consensus::Message AnyRareMessage() {
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      return TimeoutNow{.term = Term{AnyNumber()}};
    case 1:
      return ReadRequest{.term = Term{AnyNumber()}, .ticket = AnyNumber()};
    case 2:
      return ReadResponse{
          .term = Term{AnyNumber()}, .ticket = AnyNumber(), .index = Index{AnyNumber()}};
    case 3:
      return SnapshotNeeded{.term = Term{AnyNumber()}, .anchor = Index{AnyNumber()}};
    case 4:
      return GreetingRequest{.term = Term{AnyNumber()}, .run = AnyNumber()};
    case 5:
      return GreetingResponse{.term = Term{AnyNumber()},
                              .run = AnyNumber(),
                              .blank = AnyFlag(),
                              .promise = AnyPromise(),
                              .configuration_index = Index{AnyNumber()},
                              .configuration = *rc::gen::arbitrary<Bytes>()};
    case 6:
      return EntriesRequest{
          .term = Term{AnyNumber()}, .after = Index{AnyNumber()}, .last = Index{AnyNumber()}};
    default:
      return EntriesResponse{
          .term = Term{AnyNumber()}, .after = Index{AnyNumber()}, .entries = AnyList(AnyEntry)};
  }
}

consensus::Message AnyConsensusMessage() {
  switch (*rc::gen::inRange(0, 7)) {
    case 0:
      return VoteRequest{.term = Term{AnyNumber()},
                         .pre = AnyFlag(),
                         .transfer = AnyFlag(),
                         .last_index = Index{AnyNumber()},
                         .last_term = Term{AnyNumber()},
                         .promise = AnyPromise()};
    case 1:
      return VoteResponse{.term = Term{AnyNumber()},
                          .pre = AnyFlag(),
                          .granted = AnyFlag(),
                          .promise = AnyPromise()};
    case 2:
      return Append{.term = Term{AnyNumber()},
                    .prev_index = Index{AnyNumber()},
                    .prev_term = Term{AnyNumber()},
                    .prev_chain = AnyDigest(),
                    .commit = Index{AnyNumber()},
                    .entries = AnyList(AnyEntry)};
    case 3:
      return AppendResponse{.term = Term{AnyNumber()},
                            .success = AnyFlag(),
                            .match = Index{AnyNumber()},
                            .hint_index = Index{AnyNumber()},
                            .hint_term = Term{AnyNumber()},
                            .applied = Index{AnyNumber()},
                            .promise = AnyPromise()};
    case 4:
      return Heartbeat{
          .term = Term{AnyNumber()}, .commit = Index{AnyNumber()}, .round = AnyNumber()};
    case 5:
      return HeartbeatResponse{.term = Term{AnyNumber()},
                               .applied = Index{AnyNumber()},
                               .round = AnyNumber(),
                               .clock_ms = *rc::gen::arbitrary<std::int64_t>()};
    default:
      return AnyRareMessage();
  }
}

PeerMessage AnyMessage() {
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      return Hello{.version = *rc::gen::inRange<std::uint32_t>(1, UINT32_MAX),
                   .origin = *rc::gen::nonEmpty(
                       rc::gen::container<std::string>(rc::gen::inRange<char>('a', 'z'))),
                   .node = NodeId{*rc::gen::inRange<std::uint32_t>(1, UINT32_MAX)},
                   .incarnation = *rc::gen::inRange<std::uint32_t>(1, UINT32_MAX)};
    case 1:
      return Alive{};
    case 2:
      return Goodbye{.reason = *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'))};
    case 3:
      return Forward{.envelopes = AnyList(AnyPayload)};
    case 4:
      return ForwardRefused{.envelopes = AnyList(AnyDigest),
                            .reason = *rc::gen::element(ForwardRefused::Reason::kNotLeader,
                                                        ForwardRefused::Reason::kOverloaded,
                                                        ForwardRefused::Reason::kInvalid)};
    case 5:
      return Extension{.number = *rc::gen::arbitrary<std::uint32_t>(),
                       .body = *rc::gen::arbitrary<Bytes>()};
    default:
      return AnyConsensusMessage();
  }
}

Bytes Content(const PeerMessage& message) {
  Bytes frame;
  AppendFrame(message, frame);
  return {frame.begin() + kFrameHeaderBytes, frame.end()};
}

RC_GTEST_PROP(PeerCodecTest, EveryMessageComesBackAsItWas, ()) {
  const PeerMessage message = AnyMessage();
  const Result<PeerMessage> decoded = DecodeFrame(Content(message));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(Same(*decoded, message));
}

RC_GTEST_PROP(PeerCodecTest, TheHeaderAndTheBoundCoverTheFrame, ()) {
  const PeerMessage message = AnyMessage();
  Bytes frame{9};  // What was there stays.
  AppendFrame(message, frame);
  ByteReader reader(frame);
  RC_ASSERT(reader.U8() == 9);
  RC_ASSERT(reader.U32() == frame.size() - 1 - kFrameHeaderBytes);
  RC_ASSERT(frame.size() - 1 <= FrameBound(message));
}

RC_GTEST_PROP(PeerCodecTest, DamagedBytesNeverDoMoreThanFail, ()) {
  Bytes content = Content(AnyMessage());
  if (content.empty()) content.push_back(0);
  const auto place = *rc::gen::inRange<std::size_t>(0, content.size());
  content[place] = *rc::gen::arbitrary<std::uint8_t>();
  const Result<PeerMessage> decoded = DecodeFrame(content);
  // Whatever is accepted is something that its sender could have said.
  if (!decoded) return;
  const Result<PeerMessage> again = DecodeFrame(Content(*decoded));
  RC_ASSERT(again.has_value());
  if (!std::holds_alternative<Goodbye>(*decoded)) RC_ASSERT(Same(*again, *decoded));
}

RC_GTEST_PROP(PeerCodecTest, NoPrefixOfAMessageIsOne, ()) {
  const Bytes content = Content(AnyMessage());
  for (std::size_t size = 0; size < content.size(); ++size) {
    RC_ASSERT(!DecodeFrame(ByteView(content).first(size)).has_value());
  }
}

RC_GTEST_PROP(PeerCodecTest, GarbageNeverDoesMoreThanFail, (const Bytes& garbage)) {
  const Result<PeerMessage> decoded = DecodeFrame(garbage);
  if (!decoded) RC_ASSERT(decoded.error().code == Code::kCorruption);
}

TEST(PeerCodecTest, AGoodbyeIsCutAndCleanedOnItsWay) {
  const Result<PeerMessage> decoded =
      DecodeFrame(Content(Goodbye{.reason = "caf\xc3\xa9\n" + std::string(1'000, 'x')}));
  ASSERT_TRUE(decoded.has_value());
  const std::string& reason = std::get<Goodbye>(*decoded).reason;
  EXPECT_EQ(reason.size(), kMaxReasonBytes);
  EXPECT_EQ(reason.substr(0, 7), "caf???x");
}

TEST(PeerCodecTest, ALaterGreetingWithMoreFieldsIsStillRead) {
  pb::Frame frame;
  frame.mutable_hello()->set_version(2);
  frame.mutable_hello()->set_origin("o");
  frame.mutable_hello()->set_node(3);
  frame.mutable_hello()->set_incarnation(1);
  std::string content = frame.SerializeAsString();
  content[1] = static_cast<char>(content[1] + 2);  // The greeting grows by field 9 = 1.
  content += std::string("\x48\x01", 2);
  const Result<PeerMessage> decoded = DecodeFrame(AsBytes(content));
  ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
  EXPECT_EQ(std::get<Hello>(*decoded).version, 2U);
}

struct BadFrame {
  const char* name;
  std::function<void(pb::Frame&)> spoil;
  const char* field;  // Named by the error.
};

void GoodEntry(pb::Frame& frame) {
  pb::Append& append = *frame.mutable_append();
  append.set_prev_chain(std::string(32, 'p'));
  pb::Entry& entry = *append.add_entries();
  entry.set_term(1);
  entry.set_index(1);
  entry.set_kind(pb::BLOCK);
  entry.set_payload("payload");
  entry.set_chain(std::string(32, 'c'));
}

pb::Entry& EntryOf(pb::Frame& frame) {
  GoodEntry(frame);
  return *frame.mutable_append()->mutable_entries(0);
}

const std::vector<BadFrame>& BadFrames() {
  static const std::vector<BadFrame> frames{
      {"NoBody", [](pb::Frame&) {}, "no body"},
      {"HelloWithoutVersion",
       [](pb::Frame& f) {
         f.mutable_hello()->set_origin("o");
         f.mutable_hello()->set_node(1);
       },
       "hello.version"},
      {"HelloWithoutNode",
       [](pb::Frame& f) {
         f.mutable_hello()->set_origin("o");
         f.mutable_hello()->set_version(1);
       },
       "hello.node"},
      {"HelloWithoutOrigin",
       [](pb::Frame& f) {
         f.mutable_hello()->set_node(1);
         f.mutable_hello()->set_version(1);
         f.mutable_hello()->set_incarnation(1);
       },
       "hello.origin"},
      {"HelloWithoutIncarnation",
       [](pb::Frame& f) {
         f.mutable_hello()->set_node(1);
         f.mutable_hello()->set_version(1);
         f.mutable_hello()->set_origin("o");
       },
       "hello.incarnation"},
      {"HelloWithLongOrigin",
       [](pb::Frame& f) {
         f.mutable_hello()->set_node(1);
         f.mutable_hello()->set_version(1);
         f.mutable_hello()->set_incarnation(1);
         f.mutable_hello()->set_origin(std::string(256, 'o'));
       },
       "hello.origin"},
      {"LongGoodbye", [](pb::Frame& f) { f.mutable_goodbye()->set_reason(std::string(513, 'r')); },
       "goodbye.reason"},
      {"AppendWithoutPrevChain", [](pb::Frame& f) { f.mutable_append()->set_term(1); },
       "append.prev_chain"},
      {"AppendWithLongPrevChain",
       [](pb::Frame& f) { f.mutable_append()->set_prev_chain(std::string(33, 'p')); },
       "append.prev_chain"},
      {"EntryWithoutTerm", [](pb::Frame& f) { EntryOf(f).set_term(0); }, "entry.term"},
      {"EntryWithoutIndex", [](pb::Frame& f) { EntryOf(f).set_index(0); }, "entry.index"},
      {"EntryOfUnknownKind",
       [](pb::Frame& f) { EntryOf(f).set_kind(static_cast<pb::EntryKind>(4)); }, "entry.kind"},
      {"EntryOfNegativeKind",
       [](pb::Frame& f) { EntryOf(f).set_kind(static_cast<pb::EntryKind>(-1)); }, "entry.kind"},
      {"NoopWithPayload", [](pb::Frame& f) { EntryOf(f).set_kind(pb::NOOP); }, "entry.payload"},
      {"MarkWithPayload", [](pb::Frame& f) { EntryOf(f).set_kind(pb::MARK); }, "entry.payload"},
      {"PromiseWithoutIncarnation",
       [](pb::Frame& f) {
         f.mutable_vote_response()->mutable_promise()->set_seal(std::string(32, 's'));
       },
       "promise.incarnation"},
      {"PromiseWithShortSeal",
       [](pb::Frame& f) {
         f.mutable_vote_response()->mutable_promise()->set_incarnation(1);
         f.mutable_vote_response()->mutable_promise()->set_seal("short");
       },
       "promise.seal"},
      {"LongConfiguration",
       [](pb::Frame& f) {
         f.mutable_greeting_response()->set_configuration(std::string(8'193, 'c'));
       },
       "greeting_response.configuration"},
      {"EntryWithShortChain", [](pb::Frame& f) { EntryOf(f).set_chain("short"); }, "entry.chain"},
      {"EmptyEnvelope", [](pb::Frame& f) { f.mutable_forward()->add_envelopes(); },
       "forward.envelopes"},
      {"TooManyEnvelopes",
       [](pb::Frame& f) {
         for (std::size_t i = 0; i <= kMaxForwardedActs; ++i)
           f.mutable_forward()->add_envelopes("e");
       },
       "forward.envelopes: too many"},
      {"TooManyRefusals",
       [](pb::Frame& f) {
         f.mutable_forward_refused()->set_reason(pb::INVALID);
         for (std::size_t i = 0; i <= kMaxForwardedActs; ++i) {
           f.mutable_forward_refused()->add_envelopes(std::string(32, 'i'));
         }
       },
       "forward_refused.envelopes: too many"},
      {"TooManyFields",
       [](pb::Frame& f) {
         for (int i = 0; i <= 16'384; ++i) f.mutable_append()->add_entries();
       },
       "content: too many fields"},
      {"RefusedWithoutReason", [](pb::Frame& f) { f.mutable_forward_refused(); },
       "forward_refused.reason"},
      {"RefusedForUnknownReason",
       [](pb::Frame& f) {
         f.mutable_forward_refused()->set_reason(static_cast<pb::RefusalReason>(4));
       },
       "forward_refused.reason"},
      {"RefusedWithShortIdentity",
       [](pb::Frame& f) {
         f.mutable_forward_refused()->set_reason(pb::INVALID);
         f.mutable_forward_refused()->add_envelopes("short");
       },
       "forward_refused.envelopes"},
      {"LongExtension",
       [](pb::Frame& f) {
         f.mutable_extension()->set_body(std::string(kMaxExtensionBytes + 1, 'b'));
       },
       "extension.body"},
  };
  return frames;
}

class BadFrameTest : public testing::TestWithParam<BadFrame> {};

TEST_P(BadFrameTest, IsRefusedWithItsField) {
  pb::Frame frame;
  GetParam().spoil(frame);
  const Result<PeerMessage> decoded = DecodeFrame(AsBytes(frame.SerializeAsString()));
  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error().code, Code::kCorruption);
  EXPECT_NE(decoded.error().message.find(GetParam().field), std::string::npos)
      << decoded.error().message;
}

INSTANTIATE_TEST_SUITE_P(PeerCodecTest, BadFrameTest, testing::ValuesIn(BadFrames()),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(PeerCodecTest, AsManyForwardedActsAsABlockHoldsAreAccepted) {
  const Forward forward{.envelopes = {kMaxForwardedActs, std::make_shared<const Bytes>(1, 1)}};
  EXPECT_TRUE(DecodeFrame(Content(forward)).has_value());
  const ForwardRefused refused{.envelopes = std::vector<crypto::Digest>(kMaxForwardedActs)};
  EXPECT_TRUE(DecodeFrame(Content(refused)).has_value());
}

// As many no-ops as consensus puts into one append.
TEST(PeerCodecTest, AnAppendOfNoopsAloneIsAccepted) {
  const consensus::Entry noop{.term = Term{1},
                              .index = Index{1},
                              .kind = consensus::EntryKind::kNoop,
                              .payload = std::make_shared<const Bytes>(),
                              .chain = {}};
  const consensus::Append append{.entries = {8'192, noop}};
  EXPECT_TRUE(DecodeFrame(Content(consensus::Message(append))).has_value());
}

TEST(PeerCodecTest, AnUnspoiltEntryOfTheTableIsAccepted) {
  pb::Frame frame;
  GoodEntry(frame);
  EXPECT_TRUE(DecodeFrame(AsBytes(frame.SerializeAsString())).has_value());
}

// Bytes that protobuf itself would let pass.
TEST(PeerCodecTest, AFrameHasOneEncoding) {
  pb::Frame alive;
  alive.mutable_alive();
  pb::Frame heartbeat;
  heartbeat.mutable_heartbeat()->set_term(5);
  const std::string two_bodies = alive.SerializeAsString() + heartbeat.SerializeAsString();
  const std::string unknown_field = alive.SerializeAsString() + std::string("\xf8\x3f\x01", 3);
  const std::string unknown_inside{"\xa2\x01\x04\x08\x05\x58\x01", 7};  // Heartbeat, field 11.
  const std::string explicit_default{"\xa2\x01\x04\x08\x05\x10\x00", 7};
  const std::string long_varint{"\xa2\x01\x03\x08\x85\x00", 6};
  for (const std::string& content :
       {two_bodies, unknown_field, unknown_inside, explicit_default, long_varint}) {
    EXPECT_FALSE(DecodeFrame(AsBytes(content)).has_value()) << ToHex(AsBytes(content));
  }
  EXPECT_TRUE(DecodeFrame(AsBytes(std::string("\xa2\x01\x02\x08\x05", 5))).has_value());
}

TEST(PeerCodecTest, AnOriginThatIsNotUtf8IsRefused) {
  const std::string content{"\x0a\x08\x08\x01\x12\x02\xff\xfe\x18\x01", 10};
  EXPECT_FALSE(DecodeFrame(AsBytes(content)).has_value());
}

}  // namespace
}  // namespace aval::net
