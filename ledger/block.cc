#include "ledger/block.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "crypto/envelope.h"

namespace aval::ledger {
namespace {

constexpr std::string_view kMagic = "AVB1";
constexpr std::string_view kDomain = "aval-block/v1\n";
constexpr std::uint8_t kCheckpointFlag = 1;
constexpr std::size_t kHeaderSize = 97;
constexpr std::size_t kSignatureSize = 64;

using Envelopes = std::vector<std::shared_ptr<const Bytes>>;

Error Corrupt(const std::string& what, std::size_t offset) {
  return {.code = Code::kCorruption,
          .message = "block: " + what + " at offset " + std::to_string(offset)};
}

Bytes EncodeActs(const Envelopes& acts) {
  ByteWriter out;
  out.U32(static_cast<std::uint32_t>(acts.size()));
  for (const auto& act : acts) out.Sized(*act);
  return out.Take();
}

Bytes EncodeHeader(const BlockHeader& header) {
  ByteWriter out;
  out.Raw(AsBytes(kMagic));
  out.U32(header.leader);
  out.U64(header.term);
  out.U64(header.raft_index);
  out.Raw(header.previous);
  out.I64(header.time_ms);
  out.U8(header.checkpoint ? kCheckpointFlag : 0);
  out.Raw(header.acts);
  AVAL_ASSERT(out.size() == kHeaderSize);
  return out.Take();
}

Bytes SignedText(ByteView header) {
  ByteWriter out;
  out.Raw(AsBytes(kDomain));
  out.Raw(header);
  return out.Take();
}

bool WithinBounds(const Envelopes& acts) {
  std::size_t bytes = 0;
  const bool sizes = std::all_of(acts.begin(), acts.end(), [&bytes](const auto& act) {
    bytes += act->size();
    return !act->empty() && act->size() <= crypto::kEnvelopeBytesMax;
  });
  return sizes && acts.size() <= kBlockActsMax && bytes <= kBlockBytesMax;
}

Result<Envelopes> DecodeActs(ByteReader& in) {
  const std::uint32_t count = in.U32();
  if (count > kBlockActsMax) return Corrupt("too many acts", in.offset());
  Envelopes acts;
  acts.reserve(count);
  std::size_t bytes = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t start = in.offset();
    const ByteView act = in.Sized();
    if (!in.ok()) return Corrupt("act " + std::to_string(i) + " cut short", start);
    bytes += act.size();
    if (act.empty() || act.size() > crypto::kEnvelopeBytesMax || bytes > kBlockBytesMax) {
      return Corrupt("act " + std::to_string(i) + " empty or too long", start);
    }
    acts.push_back(std::make_shared<const Bytes>(CopyBytes(act)));
  }
  return acts;
}

}  // namespace

Bytes EncodeBlock(BlockHeader header, const Envelopes& acts, const crypto::SecretKey& leader_key) {
  AVAL_ASSERT(WithinBounds(acts) && header.time_ms >= 0);
  const Bytes body = EncodeActs(acts);
  header.acts = crypto::Sha256(body);
  const Bytes encoded = EncodeHeader(header);
  ByteWriter out;
  out.Raw(encoded);
  out.Raw(crypto::Sign(leader_key, SignedText(encoded)).bytes);
  out.Raw(body);
  return out.Take();
}

Result<Block> DecodeBlock(ByteView payload) {
  ByteReader in(payload);
  Block block;
  if (AsText(in.Raw(kMagic.size())) != kMagic) return Corrupt("wrong magic", 0);
  block.header.leader = in.U32();
  block.header.term = in.U64();
  block.header.raft_index = in.U64();
  block.header.previous.bytes = in.Array<32>();
  block.header.time_ms = in.I64();
  const std::uint8_t flags = in.U8();
  block.header.checkpoint = flags == kCheckpointFlag;
  block.header.acts.bytes = in.Array<32>();
  in.Raw(kSignatureSize);
  if (!in.ok()) return Corrupt("header cut short", in.offset());
  if (block.header.time_ms < 0) return Corrupt("time before 1970", kHeaderSize - 41);
  if (block.header.time_ms > kBlockTimeMax) return Corrupt("time after 9999", kHeaderSize - 41);
  if (flags > kCheckpointFlag) return Corrupt("unknown flags", kHeaderSize - 33);
  const ByteView body = payload.subspan(in.offset());
  AVAL_TRY(block.acts, DecodeActs(in));
  if (!in.AtEnd()) return Corrupt("bytes after the acts", in.offset());
  if (crypto::Sha256(body) != block.header.acts) {
    return Corrupt("acts do not have the header's digest", kHeaderSize - 32);
  }
  return block;
}

bool VerifyBlockSignature(ByteView payload, const crypto::PublicKey& leader_key) {
  if (payload.size() < kHeaderSize + kSignatureSize) return false;
  return crypto::Verify(leader_key, SignedText(payload.first(kHeaderSize)),
                        payload.subspan(kHeaderSize, kSignatureSize));
}

}  // namespace aval::ledger
