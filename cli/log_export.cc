#include "cli/log_export.h"

#include <limits>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "crypto/note.h"
#include "ledger/log/log.h"

namespace aval::cli {
namespace {

constexpr std::chrono::milliseconds kTimeout{60'000};

// The log of a running node, tile by tile.
class NodeSource final : public ledger::LogSource {
 public:
  explicit NodeSource(ApiClient& node) : node_(node) {}

  Result<Bytes> EntryBundle(std::uint64_t n, std::size_t width) override {
    return node_.GetBytes("/log/" + ledger::EntryBundlePath(n, width), kTimeout);
  }
  Result<Bytes> EffectsBundle(std::uint64_t n, std::size_t width) override {
    std::string target = "/log/" + ledger::EffectsPath(n);
    if (width < ledger::Log::kTileWidth) target += ".p/" + std::to_string(width);
    return node_.GetBytes(target, kTimeout);
  }
  Result<Bytes> HashTile(unsigned level, std::uint64_t n, std::size_t width) override {
    return node_.GetBytes("/log/" + ledger::HashTilePath(level, n, width), kTimeout);
  }

 private:
  ApiClient& node_;
};

Result<crypto::Note> GetNote(ApiClient& node, const std::string& target) {
  AVAL_TRY(const Bytes text, node.GetBytes(target, kTimeout));
  return crypto::Note::Parse(AsText(text));
}

Result<crypto::Note> GetNoteAt(ApiClient& node, std::uint64_t size) {
  return GetNote(node, "/log/checkpoints/" + std::to_string(size));
}

// The sizes that the node has signed, from `from` on: as many as it gives at once.
Result<std::vector<std::uint64_t>> SignedSizes(ApiClient& node, std::uint64_t from) {
  AVAL_TRY(const Bytes text,
           node.GetBytes("/log/checkpoints?from=" + std::to_string(from), kTimeout));
  std::vector<std::uint64_t> sizes;
  std::string_view rest = AsText(text);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const auto size = ParseDecimal<std::uint64_t>(rest.substr(0, end));
    if (end == std::string_view::npos || !size) {
      return Error{.code = Code::kCorruption,
                   .message = "the node's list of checkpoints is damaged"};
    }
    sizes.push_back(*size);
    rest.remove_prefix(end + 1);
  }
  return sizes;
}

// The lines of a peer for this checkpoint: none where it has not signed that size.
Result<std::vector<crypto::NoteSignature>> PeerLines(ApiClient& peer, const crypto::Note& own) {
  AVAL_TRY(const crypto::Checkpoint checkpoint, crypto::Checkpoint::Parse(own.text));
  auto note = GetNoteAt(peer, checkpoint.size);
  if (!note) {
    // Without this peer the export has a line less, and audit says what quorum that leaves.
    if (note.error().code == Code::kNotFound || note.error().code == Code::kUnavailable) {
      return std::vector<crypto::NoteSignature>{};
    }
    return note.error();
  }
  if (note->text != own.text) {
    return Error{.code = Code::kCorruption,
                 .message = "split view: two checkpoints of size " +
                            std::to_string(checkpoint.size) + ":\n" + own.Format() + "\n" +
                            note->Format()};
  }
  return std::move(note->signatures);
}

// Sizes of checkpoints below `size`, ascending.
Result<std::vector<std::uint64_t>> EarlierSizes(ApiClient& node, std::uint64_t size,
                                                EarlierCheckpoints which) {
  SpreadSizes spread(which == EarlierCheckpoints::kAll ? std::numeric_limits<std::size_t>::max()
                                                       : kEarlierMost);
  std::uint64_t from = 0;
  while (from < size) {
    AVAL_TRY(const std::vector<std::uint64_t> sizes, SignedSizes(node, from));
    if (sizes.empty()) break;
    for (const std::uint64_t signed_size : sizes) {
      if (signed_size < from) {
        return Error{.code = Code::kCorruption,
                     .message = "the node's list of checkpoints does not ascend"};
      }
      if (signed_size >= size) {
        from = size;
        break;
      }
      from = signed_size + 1;
      spread.Add(signed_size);
    }
  }
  return spread.kept();
}

}  // namespace

void SpreadSizes::Add(std::uint64_t size) {
  if (added_++ % stride_ != 0) return;
  if (kept_.size() == most_) {
    // Every second one goes; this one stays where its number is a multiple of the new stride.
    stride_ *= 2;
    for (std::size_t i = 1; 2 * i < kept_.size(); ++i) kept_[i] = kept_[2 * i];
    kept_.resize((kept_.size() + 1) / 2);
    if ((added_ - 1) % stride_ != 0) return;
  }
  kept_.push_back(size);
}

Result<ExportedLog> ExportFromNode(ApiClient& node, const std::vector<ApiClient*>& peers,
                                   const ledger::Genesis& genesis,
                                   const crypto::SecretKey& manifest_key,
                                   const std::filesystem::path& directory,
                                   const ledger::Progress& progress, EarlierCheckpoints earlier) {
  AVAL_TRY(const crypto::Note latest, GetNote(node, "/log/checkpoint"));
  ledger::ExportRequest request{
      .directory = directory,
      .checkpoint = {},
      .lines = latest.signatures,
      .earlier = {},
      .earlier_note = [&node](auto size) { return GetNoteAt(node, size); },
      .genesis = &genesis,
      .manifest_key = &manifest_key};
  AVAL_TRY(request.checkpoint, crypto::Checkpoint::Parse(latest.text));
  ExportedLog exported{.size = request.checkpoint.size, .joined = 1};
  for (ApiClient* peer : peers) {
    AVAL_TRY(const auto lines, PeerLines(*peer, latest));
    if (lines.empty()) continue;
    request.lines.insert(request.lines.end(), lines.begin(), lines.end());
    ++exported.joined;
  }
  AVAL_TRY(request.earlier, EarlierSizes(node, request.checkpoint.size, earlier));
  PosixDisk disk;
  NodeSource source(node);
  AVAL_CHECK(ledger::ExportLog(disk, source, request, progress));
  return exported;
}

}  // namespace aval::cli
