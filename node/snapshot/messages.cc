#include "node/snapshot/messages.h"

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ledger/log/leaf.h"
#include "ledger/log/tiles.h"
#include "ledger/snapshot/manifest.h"

namespace aval::node {

namespace {

using ledger::SnapshotManifest;

// One Fields for each message: what is written, in this order, and read again with the same bounds.

class Writer {
 public:
  void operator()(const crypto::Digest& value) { out_.Raw(value); }
  void operator()(std::uint8_t value) { out_.U8(value); }
  void operator()(std::uint32_t value) { out_.U32(value); }
  void operator()(std::uint64_t value) { out_.U64(value); }
  void Text(const Bytes& value, std::size_t least, std::size_t most) {
    AVAL_ASSERT(value.size() >= least && value.size() <= most);
    out_.Sized(value);
  }
  void List(const std::vector<Bytes>& values, std::size_t most, std::size_t bytes_most) {
    AVAL_ASSERT(values.size() <= most);
    out_.U16(static_cast<std::uint16_t>(values.size()));
    for (const Bytes& value : values) Text(value, 0, bytes_most);
  }
  void List(const std::vector<crypto::Digest>& values, std::size_t most) {
    AVAL_ASSERT(values.size() <= most);
    out_.U16(static_cast<std::uint16_t>(values.size()));
    for (const crypto::Digest& value : values) out_.Raw(value);
  }
  Bytes Take() { return out_.Take(); }

 private:
  ByteWriter out_;
};

class Reader {
 public:
  explicit Reader(ByteView body) : in_(body) {}
  void operator()(crypto::Digest& value) { value.bytes = in_.Array<32>(); }
  void operator()(std::uint8_t& value) { value = in_.U8(); }
  void operator()(std::uint32_t& value) { value = in_.U32(); }
  void operator()(std::uint64_t& value) { value = in_.U64(); }
  void Text(Bytes& value, std::size_t least, std::size_t most) {
    const ByteView text = in_.Sized();
    valid_ &= text.size() >= least && text.size() <= most;
    if (valid_) value = CopyBytes(text);
  }
  void List(std::vector<Bytes>& values, std::size_t most, std::size_t bytes_most) {
    const std::uint16_t count = in_.U16();
    valid_ &= count <= most;
    for (std::uint16_t i = 0; i < count && ok(); ++i) Text(values.emplace_back(), 0, bytes_most);
  }
  void List(std::vector<crypto::Digest>& values, std::size_t most) {
    const std::uint16_t count = in_.U16();
    valid_ &= count <= most;
    for (std::uint16_t i = 0; i < count && ok(); ++i) (*this)(values.emplace_back());
  }
  bool ok() const { return valid_ && in_.ok(); }
  bool AtEnd() const { return valid_ && in_.AtEnd(); }

 private:
  ByteReader in_;
  bool valid_ = true;
};

constexpr std::size_t kProofMax = 64;

template <class V>
void Fields(V&, const AskNewest&) {}
template <class V>
void Fields(V&, const NoneTrusted&) {}
template <class V, class M>
  requires std::is_same_v<std::remove_const_t<M>, Newest>
void Fields(V& visit, M& m) {
  std::uint8_t has = m.snapshot ? 1 : 0;
  visit(has);
  if constexpr (!std::is_const_v<M>) {
    if (has != 0) m.snapshot.emplace();
  }
  if (m.snapshot) {
    visit(m.snapshot->digest);
    visit(m.snapshot->raft_index);
  }
  visit(m.log_first);
  visit(m.log_size);
}
template <class V, class M>
  requires std::is_same_v<std::remove_const_t<M>, AskManifest>
void Fields(V& visit, M& m) {
  visit(m.digest);
}
template <class V, class M>
  requires std::is_same_v<std::remove_const_t<M>, ManifestText>
void Fields(V& visit, M& m) {
  visit(m.digest);
  visit.Text(m.text, 1, SnapshotManifest::kBytesMax);
}
template <class V, class M>
  requires std::is_same_v<std::remove_const_t<M>, AskChunk>
void Fields(V& visit, M& m) {
  visit(m.digest);
  visit(m.number);
}
template <class V, class M>
  requires std::is_same_v<std::remove_const_t<M>, Chunk>
void Fields(V& visit, M& m) {
  visit(m.digest);
  visit(m.number);
  visit.Text(m.bytes, 1, SnapshotManifest::kChunkBytes);
}
template <class V, class M>
  requires std::is_same_v<std::remove_const_t<M>, AskLeaves>
void Fields(V& visit, M& m) {
  visit(m.first);
  visit(m.size);
}
template <class V, class M>
  requires std::is_same_v<std::remove_const_t<M>, Leaves>
void Fields(V& visit, M& m) {
  visit(m.size);
  visit(m.range.first);
  visit.List(m.range.entries, ledger::kTileWidth, ledger::kMaxEntrySize);
  visit.List(m.range.effects, ledger::kTileWidth, kSnapshotMessageBytesMax);
  visit.List(m.range.hashes, ledger::kTileWidth);
  visit.List(m.range.proof, kProofMax);
}
template <class V, class M>
  requires std::is_same_v<std::remove_const_t<M>, SnapshotRefused>
void Fields(V& visit, M& m) {
  auto asked = static_cast<std::uint8_t>(m.asked);
  auto reason = static_cast<std::uint8_t>(m.reason);
  visit(asked);
  visit(m.digest);
  visit(m.number);
  visit(reason);
  visit(m.rest_ms);
  if constexpr (!std::is_const_v<M>) {
    m.asked = static_cast<SnapshotRefused::Asked>(asked);
    m.reason = static_cast<SnapshotRefused::Reason>(reason);
  }
}

bool IsSound(const SnapshotRefused& m) {
  const auto asked = static_cast<std::uint8_t>(m.asked);
  const auto reason = static_cast<std::uint8_t>(m.reason);
  return asked >= 1 && asked <= 3 && reason >= 1 && reason <= 2;
}
bool IsSound(const Leaves& m) {
  return !m.range.entries.empty() && m.range.entries.size() == m.range.effects.size();
}
bool IsSound(const Newest& m) { return m.log_first <= m.log_size; }
bool IsSound(const auto&) { return true; }

template <std::size_t N = 0>
Result<SnapshotMessage> DecodeAs(std::uint32_t number, ByteView body) {
  if constexpr (N < std::variant_size_v<SnapshotMessage>) {
    if (number != kFirstSnapshotMessage + N) return DecodeAs<N + 1>(number, body);
    std::variant_alternative_t<N, SnapshotMessage> message;
    Reader in(body);
    Fields(in, message);
    // A flag that is neither 0 nor 1 is the one thing that would be written otherwise.
    if (in.AtEnd() && IsSound(message) && EqualBytes(EncodeSnapshotMessage(message), body)) {
      return SnapshotMessage(std::move(message));
    }
  }
  return Error{.code = Code::kCorruption,
               .message = "malformed message " + std::to_string(number) + " about snapshots"};
}

}  // namespace

std::uint32_t SnapshotMessageNumber(const SnapshotMessage& message) {
  return kFirstSnapshotMessage + static_cast<std::uint32_t>(message.index());
}

bool IsSnapshotMessage(std::uint32_t number) {
  return number >= kFirstSnapshotMessage &&
         number - kFirstSnapshotMessage < std::variant_size_v<SnapshotMessage>;
}

Bytes EncodeSnapshotMessage(const SnapshotMessage& message) {
  Writer out;
  std::visit([&out](const auto& m) { Fields(out, m); }, message);
  return out.Take();
}

Result<SnapshotMessage> DecodeSnapshotMessage(std::uint32_t number, ByteView body) {
  AVAL_ASSERT(IsSnapshotMessage(number));
  if (body.size() > kSnapshotMessageBytesMax) {
    return Error{.code = Code::kCorruption,
                 .message = "message " + std::to_string(number) + " about snapshots is too long"};
  }
  return DecodeAs(number, body);
}

}  // namespace aval::node
