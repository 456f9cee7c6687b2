#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "ledger/genesis.h"

namespace aval::ledger {

/// The texts of an export (docs/formats/export.md): what the exporter writes and the auditor reads
/// or derives again.

inline constexpr std::string_view kManifestType = "application/vnd.aval.manifest.v1+text";
inline constexpr const char* kManifestFile = "manifest.dsse.json";
/// Of a manifest, in its binary form: half a million files.
inline constexpr std::size_t kManifestBytesMax = std::size_t{64} << 20U;

struct ManifestLine {
  std::uint64_t bytes = 0;
  crypto::Digest sha256;
  std::string path;  // Relative to the export.
};

/// "<bytes> <sha256> <path>" for each file, in byte order of the paths.
std::string ManifestText(std::vector<ManifestLine> files);
/// Exactly what ManifestText writes, of paths that stay below the export; errors name the line.
Result<std::vector<ManifestLine>> ParseManifest(std::string_view text);

/// consistency/<a>-<b>: the body of tlog-witness's add-checkpoint.
struct ConsistencyText {
  std::uint64_t old_size = 0;
  std::vector<crypto::Digest> proof;
  std::string checkpoint;  // The later one, a note as it stands.

  std::string Format() const;
  static Result<ConsistencyText> Parse(std::string_view text);
};

/// policy-strong.txt: the majority's text, which a Genesis has accepted, with the number of
/// institutions that the stronger quorum needs (formats.md 1.9).
std::string StrongPolicyText(const std::string& majority);
/// vkeys.txt: each node's log key and cosigner key, by the node's number.
std::string VkeysText(const Genesis& genesis);
/// signers.json: {keyid: {"alg": ..., "spki": ...}}, one key a line.
std::string SignersText(const std::map<crypto::KeyId, crypto::PublicKey>& keys);

}  // namespace aval::ledger
