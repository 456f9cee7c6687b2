#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "crypto/envelope.h"
#include "ledger/audit/crew.h"
#include "ledger/audit/findings.h"
#include "ledger/audit/material.h"
#include "ledger/log/export_texts.h"

namespace aval::ledger {

/// An export (docs/formats/export.md). Every file is read against the manifest first, then again
/// for what it means: a manifest is only its exporter's word.
class ExportMaterial final : public Material {
 public:
  /// Reads manifest, files and the latest checkpoint's size; nullptr when something is wrong.
  /// All outlive the material.
  static std::unique_ptr<ExportMaterial> Open(Disk& disk, const std::filesystem::path& directory,
                                              Crew& crew, Findings& findings, AuditReport& report);

  std::uint64_t size() const override { return latest_.checkpoint.size; }
  bool ReadBundle(std::uint64_t n, std::size_t width, AuditBundle& bundle) override;
  std::string EntryFile(std::uint64_t index) const override;
  std::string EffectsFile(std::uint64_t index) const override;
  bool ReadCheckpoints(const Genesis& genesis, std::vector<AuditCheckpoint>& checkpoints) override;
  bool TileHas(std::uint64_t index, const crypto::Digest& leaf_hash) const override;
  bool CheckTile(unsigned level, std::uint64_t n, ByteView tile) override;
  bool Finish(const AuditedLog& audited) override;

 private:
  ExportMaterial(Disk& disk, const std::filesystem::path& directory, Findings& findings)
      : disk_(disk), directory_(directory), findings_(findings) {}

  bool ReadManifest();
  bool CheckNames();
  bool CheckFiles(Crew& crew);
  bool CheckManifestSignature(const Genesis& genesis);
  bool ReadFile(const std::string& path, Bytes& content);
  bool ReadCheckpoint(const std::string& path, AuditCheckpoint& checkpoint);
  bool CheckConsistency(const std::string& path, const AuditedLog& audited);
  bool CheckNothingElse();
  bool CheckText(const std::string& path, const std::string& expected);
  std::size_t WidthOf(std::uint64_t n) const;  // Of bundle or level-0 tile `n`.
  /// Paths below `folder`, without it.
  std::vector<std::string> NamesIn(std::string_view folder) const;

  Disk& disk_;
  const std::filesystem::path directory_;
  Findings& findings_;
  crypto::Envelope manifest_;
  std::vector<ManifestLine> files_;
  AuditCheckpoint latest_;
};

}  // namespace aval::ledger
