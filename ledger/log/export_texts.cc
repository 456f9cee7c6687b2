#include "ledger/log/export_texts.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/text.h"
#include "crypto/policy.h"

namespace aval::ledger {

namespace {

constexpr std::size_t kProofHashesMax = 63;

Error Wrong(const std::string& what) { return {.code = Code::kInvalidArgument, .message = what}; }

std::optional<crypto::Digest> ToDigest(const Result<Bytes>& bytes) {
  return bytes ? crypto::Digest::From(*bytes) : std::nullopt;
}

// The text up to the next `end`, which is taken away with it; nothing when there is none.
std::optional<std::string_view> TakeUpTo(char end, std::string_view& text) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

// Stays below the directory it is relative to.
bool IsPlainPath(std::string_view path) {
  const bool clean = std::all_of(path.begin(), path.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
  });
  if (!clean) return false;
  for (;;) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part == "." || part == "..") return false;
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 1);
  }
}

std::optional<ManifestLine> ParseManifestLine(std::string_view line) {
  const auto bytes = TakeUpTo(' ', line);
  const auto sha256 = bytes ? TakeUpTo(' ', line) : std::nullopt;
  if (!sha256 || !IsPlainPath(line)) return std::nullopt;
  const auto size = ParseDecimal<std::uint64_t>(*bytes);
  const auto digest = ToDigest(FromHex(*sha256));
  if (!size || !digest) return std::nullopt;
  return ManifestLine{.bytes = *size, .sha256 = *digest, .path = std::string(line)};
}

// Every line has its end: the policy has been parsed.
void ForEachLine(std::string_view text, const std::function<void(std::string_view)>& visit) {
  while (const auto line = TakeUpTo('\n', text)) visit(*line);
}

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) return words;
    line.remove_prefix(start);
    const std::size_t size = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, size));
    line.remove_prefix(size);
  }
}

}  // namespace

std::string ManifestText(std::vector<ManifestLine> files) {
  std::sort(files.begin(), files.end(),
            [](const ManifestLine& a, const ManifestLine& b) { return a.path < b.path; });
  std::string text;
  for (const ManifestLine& file : files) {
    text += std::to_string(file.bytes) + " " + file.sha256.Hex() + " " + file.path + "\n";
  }
  return text;
}

Result<std::vector<ManifestLine>> ParseManifest(std::string_view text) {
  std::vector<ManifestLine> files;
  while (!text.empty()) {
    const std::string place = "manifest line " + std::to_string(files.size() + 1);
    const auto line = TakeUpTo('\n', text);
    const auto file = line ? ParseManifestLine(*line) : std::nullopt;
    if (!file) return Wrong(place + ": not <bytes> <sha256> <path>");
    if (!files.empty() && files.back().path >= file->path) {
      return Wrong(place + ": " + file->path + " is not in byte order");
    }
    files.push_back(*file);
  }
  return files;
}

std::string ConsistencyText::Format() const {
  std::string text = "old " + std::to_string(old_size) + "\n";
  for (const crypto::Digest& hash : proof) text += ToBase64(hash) + "\n";
  return text + "\n" + checkpoint;
}

Result<ConsistencyText> ConsistencyText::Parse(std::string_view text) {
  ConsistencyText parsed;
  const auto first = TakeUpTo('\n', text);
  const auto old_size = first && first->starts_with("old ")
                            ? ParseDecimal<std::uint64_t>(first->substr(4))
                            : std::nullopt;
  if (!old_size) return Wrong("the first line is not \"old <size>\"");
  parsed.old_size = *old_size;
  for (;;) {
    const auto line = TakeUpTo('\n', text);
    if (!line) return Wrong("no blank line before the checkpoint");
    if (line->empty()) break;
    const auto hash = ToDigest(FromBase64(*line));
    if (!hash || parsed.proof.size() == kProofHashesMax) {
      return Wrong("line " + std::to_string(parsed.proof.size() + 2) + " is not a hash");
    }
    parsed.proof.push_back(*hash);
  }
  parsed.checkpoint = std::string(text);
  return parsed;
}

std::string StrongPolicyText(const std::string& majority) {
  const Result<crypto::Policy> policy = crypto::Policy::Parse(majority);
  AVAL_ASSERT(policy.has_value());
  const std::size_t institutions = policy->Evaluate({}).members;
  std::string quorum;
  ForEachLine(majority, [&quorum](std::string_view line) {
    const std::vector<std::string_view> words = Words(line);
    if (words.size() == 2 && words[0] == "quorum") quorum = std::string(words[1]);
  });
  std::string strong;
  ForEachLine(majority, [&](std::string_view line) {
    const std::vector<std::string_view> words = Words(line);
    const bool counts = words.size() > 3 && words[0] == "group" && words[1] == quorum;
    const auto number = static_cast<std::size_t>(counts ? words[2].data() - line.data() : 0);
    strong += line.substr(0, number);
    if (counts) strong += std::to_string(crypto::StrongQuorumOf(institutions));
    strong += line.substr(counts ? number + words[2].size() : 0);
    strong += "\n";
  });
  return strong;
}

std::string VkeysText(const Genesis& genesis) {
  std::string text;
  for (const Genesis::NodeEntry& node : genesis.nodes()) {
    text += node.log_key.Text() + "\n" + node.cosigner_key.Text() + "\n";
  }
  return text;
}

std::string SignersText(const std::map<crypto::KeyId, crypto::PublicKey>& keys) {
  std::string text = "{";
  for (const auto& [id, key] : keys) {
    text += text.size() == 1 ? "\n" : ",\n";
    text += "\"" + id.Hex() + "\": {\"alg\": \"ed25519\", \"spki\": \"" +
            ToBase64(crypto::SpkiDer(key)) + "\"}";
  }
  return text + "\n}\n";
}

}  // namespace aval::ledger
