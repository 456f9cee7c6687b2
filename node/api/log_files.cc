// The log as a tlog-tiles directory (formats of c2sp.org/tlog-tiles), with Aval's effects beside
// it.

#include <optional>
#include <utility>

#include "base/text.h"
#include "ledger/log/log.h"
#include "node/api/api.h"
#include "node/api/replies.h"

namespace aval::node::api {
namespace {

constexpr std::string_view kTextPlain = "text/plain; charset=utf-8";
constexpr std::string_view kOctets = "application/octet-stream";
constexpr std::size_t kSizesMax = 10'000;  // Sizes of checkpoints in one answer.

net::HttpResponse TextReply(std::string text) {
  net::HttpResponse reply;
  reply.content_type = kTextPlain;
  reply.body = std::move(text);
  return reply;
}

net::HttpResponse BytesReply(Result<Bytes> bytes) {
  if (!bytes) return ErrorReply(bytes.error());
  net::HttpResponse reply;
  reply.content_type = kOctets;
  reply.body = std::make_shared<const Bytes>(*std::move(bytes));
  return reply;
}

struct TileName {
  std::uint64_t n = 0;
  std::size_t width = ledger::Log::kTileWidth;
};

// "x001/x234/067" or "x001/x234/067.p/8": three digits a group, all but the last with an x.
std::optional<TileName> ParseTileName(std::span<const std::string> parts) {
  TileName tile;
  if (parts.size() >= 2 && parts[parts.size() - 2].ends_with(".p")) {
    const auto width = ParseDecimal<std::size_t>(parts.back());
    if (!width || *width == 0 || *width >= ledger::Log::kTileWidth) return std::nullopt;
    tile.width = *width;
    parts = parts.first(parts.size() - 1);
  }
  if (parts.empty() || parts.size() > 6) return std::nullopt;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::string_view group = parts[i];
    const bool last = i + 1 == parts.size();
    if (last && tile.width < ledger::Log::kTileWidth) group.remove_suffix(2);
    if (!last) {
      if (!group.starts_with('x')) return std::nullopt;
      group.remove_prefix(1);
    }
    if (group.size() != 3) return std::nullopt;
    for (const char digit : group) {
      if (digit < '0' || digit > '9') return std::nullopt;
      tile.n = tile.n * 10 + static_cast<std::uint64_t>(digit - '0');
    }
  }
  return tile;
}

}  // namespace

net::HttpResponse Api::GetLogFile(const net::HttpRequest& request, const View& view) {
  const std::vector<std::string> parts = PathSegments(request.path);
  const auto missing = [&request] {
    return ErrorReply(404, "not_found", "there is no " + request.path);
  };
  const ledger::CheckpointSigner& signer = parts_.ledger->checkpoints();
  if (parts.size() == 2 && parts[1] == "checkpoint") {
    const auto note = signer.latest();
    return note ? TextReply(note->Format()) : missing();
  }
  if (parts.size() == 3 && parts[1] == "checkpoints") {
    const auto size = ParseDecimal<std::uint64_t>(parts[2]);
    if (!size) return missing();
    const auto note = signer.At(*size);
    return note ? TextReply(note->Format()) : ErrorReply(note.error());
  }
  if (parts.size() == 2 && parts[1] == "checkpoints") {
    const auto from = NumberParameter(request, "from");
    if (!from) return ErrorReply(from.error());
    const auto sizes = signer.Sizes(from->value_or(0), kSizesMax);
    if (!sizes) return ErrorReply(sizes.error());
    std::string text;
    for (const std::uint64_t size : *sizes) text += std::to_string(size) + "\n";
    return TextReply(std::move(text));
  }
  if (parts.size() == 2 && parts[1] == "policy.txt") {
    return TextReply(parts_.genesis->cosigner_policy());
  }
  if (parts.size() < 3) return missing();
  const ledger::Log& log = parts_.ledger->log();
  const std::span<const std::string> rest(parts);
  if (parts[1] == "effects") {
    const auto tile = ParseTileName(rest.subspan(2));
    return tile ? BytesReply(log.EffectsBundle(tile->n, tile->width)) : missing();
  }
  if (parts[1] != "tile" || parts.size() < 4) return missing();
  const auto tile = ParseTileName(rest.subspan(3));
  if (!tile) return missing();
  if (parts[2] == "entries") return BytesReply(log.EntryBundle(tile->n, tile->width));
  const auto level = ParseDecimal<unsigned>(parts[2]);
  if (!level || *level > 63) return missing();
  // Tiles beyond the view do not exist yet for its reader.
  if (view.tree.size() == 0) return missing();
  return BytesReply(log.HashTile(*level, tile->n, tile->width));
}

}  // namespace aval::node::api
