#include "node/promise_file.h"

#include <optional>

#include "crypto/digest.h"

namespace aval::node {

namespace {

using consensus::NodeId;
using consensus::Promise;

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kDigestSize = sizeof(crypto::Digest::bytes);
constexpr const char* kName = "promises";
constexpr const char* kDamagedName = "promises.damaged";

std::optional<KnownPromises> Parse(ByteView bytes) {
  if (bytes.size() < kDigestSize) return std::nullopt;
  const ByteView text = bytes.first(bytes.size() - kDigestSize);
  if (!EqualBytes(crypto::Sha256(text), bytes.last(kDigestSize))) return std::nullopt;
  ByteReader in(text);
  if (in.U8() != kVersion) return std::nullopt;
  KnownPromises promises;
  for (std::size_t left = in.U32(); left > 0 && in.ok(); --left) {
    const NodeId node{in.U32()};
    Promise promise;
    promise.incarnation = in.U32();
    promise.run = in.U64();
    promise.term = {in.U64()};
    promise.vote = {in.U32()};
    promise.index = {in.U64()};
    promise.seal = {.bytes = in.Array<kDigestSize>()};
    promises.emplace(node, promise);
  }
  if (!in.AtEnd() || !EqualBytes(EncodePromises(promises), bytes)) return std::nullopt;
  return promises;
}

}  // namespace

Bytes EncodePromises(const KnownPromises& promises) {
  ByteWriter out;
  out.U8(kVersion);
  out.U32(static_cast<std::uint32_t>(promises.size()));
  for (const auto& [node, promise] : promises) {
    out.U32(node.value);
    out.U32(promise.incarnation);
    out.U64(promise.run);
    out.U64(promise.term.value);
    out.U32(promise.vote.value);
    out.U64(promise.index.value);
    out.Raw(promise.seal);
  }
  out.Raw(crypto::Sha256(out.bytes()));
  return out.Take();
}

Result<KnownPromises> DecodePromises(ByteView bytes) {
  if (auto promises = Parse(bytes)) return *std::move(promises);
  return Error{.code = Code::kCorruption, .message = "record of peers' promises: damaged"};
}

Result<LoadedPromises> LoadPromises(Disk& disk, const std::filesystem::path& data_directory) {
  const std::filesystem::path path = data_directory / kName;
  if (!disk.Exists(path)) return LoadedPromises{};
  const auto read = [&]() -> Result<KnownPromises> {
    AVAL_TRY(const Bytes bytes, disk.ReadFile(path));
    return DecodePromises(bytes);
  };
  auto known = read();
  if (known) return LoadedPromises{.known = *std::move(known), .damage = {}};
  const std::filesystem::path aside = data_directory / kDamagedName;
  AVAL_CHECK(disk.Rename(path, aside));
  AVAL_CHECK(disk.SyncDirectory(data_directory));
  return LoadedPromises{.known = {},
                        .damage = path.string() + ": " + known.error().message + "; it is now " +
                                  aside.string() +
                                  ", and this node starts knowing nothing of peers' promises"};
}

Result<void> SavePromises(Disk& disk, const std::filesystem::path& data_directory,
                          const KnownPromises& promises) {
  return disk.ReplaceFile(data_directory / kName, EncodePromises(promises));
}

}  // namespace aval::node
