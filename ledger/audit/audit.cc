#include "ledger/audit/audit.h"

#include <algorithm>
#include <utility>

#include "ledger/audit/checkpoints.h"
#include "ledger/audit/crew.h"
#include "ledger/audit/export_material.h"
#include "ledger/audit/findings.h"
#include "ledger/audit/leaves.h"
#include "ledger/audit/node_material.h"
#include "ledger/audit/replay.h"
#include "ledger/audit/tree.h"
#include "ledger/log/bundle.h"

namespace aval::ledger {

namespace {

enum class Form { kExport, kDataDirectory };

Result<Form> FormOf(Disk& disk, const std::filesystem::path& directory) {
  const auto files = disk.ListTree(directory);
  if (!files) {
    return Error{.code = Code::kInvalidArgument, .message = files.error().message};
  }
  for (const std::string& file : *files) {
    if (file == kManifestFile || file == "checkpoint" || file.starts_with("tile/")) {
      return Form::kExport;
    }
    if (file.starts_with("log/")) return Form::kDataDirectory;
  }
  return Error{
      .code = Code::kInvalidArgument,
      .message = directory.string() + ": neither an export of a log nor a node's data directory"};
}

/// One audit under way. Members that give false have recorded the finding.
class Auditor {
 public:
  Auditor(const AuditOptions& options, const Progress& progress, Crew& crew, Findings& findings,
          AuditReport& report)
      : options_(options), progress_(progress), crew_(crew), findings_(findings), report_(report) {}

  bool Run(Material& material);

 private:
  bool LoadGenesis(const Material& material, const AuditBundle& first);
  bool CheckLeaves(Material& material, AuditBundle first);
  bool CheckBundle(Material& material, const AuditBundle& bundle, TreeCheck& tree, Replay& replay);
  bool CheckLeaf(const Material& material, const AuditLeaf& leaf, TreeCheck& tree, Replay& replay);

  const AuditOptions& options_;
  const Progress& progress_;
  Crew& crew_;
  Findings& findings_;
  AuditReport& report_;
  std::optional<Genesis> genesis_;
  std::vector<AuditCheckpoint> checkpoints_;
  EarlyCosignatures early_{checkpoints_};
  SignerKeys keys_;
};

std::size_t WidthOf(const Material& material, std::uint64_t n) {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(kTileWidth, material.size() - n * kTileWidth));
}

bool Auditor::Run(Material& material) {
  if (material.size() < 2)
    return findings_.Whole("the log has not begun: two leaves are the least");
  AuditBundle first;
  return material.ReadBundle(0, WidthOf(material, 0), first) && LoadGenesis(material, first) &&
         material.ReadCheckpoints(*genesis_, checkpoints_) &&
         CheckCheckpoints(*genesis_, checkpoints_, crew_, findings_, report_) &&
         CheckLeaves(material, std::move(first)) &&
         CheckQuorum(options_, checkpoints_.empty() ? "" : checkpoints_.back().file, findings_,
                     report_);
}

bool Auditor::LoadGenesis(const Material& material, const AuditBundle& first) {
  const Result<LeafView> founders = DecodeLeaf(first.entry_items[0]);
  if (!founders) return findings_.Entry(0, material.EntryFile(0), founders.error().message);
  const Result<LeafView> policy = DecodeLeaf(first.entry_items[1]);
  if (!policy) return findings_.Entry(1, material.EntryFile(1), policy.error().message);
  Result<Genesis> genesis =
      Genesis::Load(CopyBytes(founders->body), std::string(AsText(policy->body)));
  if (!genesis) return findings_.Entry(0, material.EntryFile(0), genesis.error().message);
  genesis_ = *std::move(genesis);
  report_.origin = genesis_->origin();
  report_.genesis = crypto::Sha256(genesis_->envelope());
  if (!options_.genesis || *options_.genesis == report_.genesis) return true;
  return findings_.Entry(
      0, material.EntryFile(0),
      "another genesis, " + report_.genesis.Hex() + ", than the pinned " + options_.genesis->Hex());
}

bool Auditor::CheckLeaves(Material& material, AuditBundle first) {
  TreeCheck tree(material, checkpoints_, findings_);
  Replay replay(*genesis_, material, findings_, report_);
  AuditBundle bundle = std::move(first);
  for (std::uint64_t n = 0; n * kTileWidth < material.size(); ++n) {
    progress_(n * kTileWidth, material.size());
    if (n > 0) {
      bundle = {};
      if (!material.ReadBundle(n, WidthOf(material, n), bundle)) return false;
    }
    if (!CheckBundle(material, bundle, tree, replay)) return false;
  }
  early_.Remark(findings_);
  if (!tree.Finish() || !replay.Finish()) return false;
  progress_(material.size(), material.size());
  return material.Finish({.genesis = &*genesis_,
                          .checkpoints = &checkpoints_,
                          .signers = &replay.signers(),
                          .tree = tree.tree(),
                          .state_hash = report_.state_hash,
                          .time_ms = replay.time_ms()});
}

bool Auditor::CheckBundle(Material& material, const AuditBundle& bundle, TreeCheck& tree,
                          Replay& replay) {
  for (const AuditLeaf& leaf : ExamineLeaves(bundle, genesis_->origin(), keys_, crew_)) {
    if (!CheckLeaf(material, leaf, tree, replay)) return false;
  }
  return replay.EndOfBundle();
}

bool Auditor::CheckLeaf(const Material& material, const AuditLeaf& leaf, TreeCheck& tree,
                        Replay& replay) {
  if (!leaf.fault.empty()) {
    // Where entry and effects disagree, the hash tile says which of the two to name.
    const bool effects = leaf.fault_in_effects && material.TileHas(leaf.index, leaf.hash);
    return findings_.Entry(
        leaf.index, effects ? material.EffectsFile(leaf.index) : material.EntryFile(leaf.index),
        leaf.fault);
  }
  if (!leaf.bad_signature.empty()) {
    return findings_.Entry(leaf.index, material.EntryFile(leaf.index), leaf.bad_signature);
  }
  early_.Compare(leaf.index + 1, leaf.view->header.time_ms);
  return replay.Execute(leaf) && tree.Append(leaf.hash);
}

}  // namespace

Result<AuditReport> Audit(Disk& disk, const std::filesystem::path& directory,
                          const AuditOptions& options, const Progress& progress) {
  AVAL_TRY(const Form form, FormOf(disk, directory));
  AuditReport report;
  Findings findings(report);
  Crew crew(options.threads);
  std::unique_ptr<Material> material;
  switch (form) {
    case Form::kExport:
      material = ExportMaterial::Open(disk, directory, crew, findings, report);
      break;
    case Form::kDataDirectory: {
      AVAL_TRY(material, NodeMaterial::Open(disk, directory, options.log, findings, report));
      break;
    }
  }
  if (material != nullptr) {
    report.ok = Auditor(options, progress, crew, findings, report).Run(*material);
  }
  return report;
}

}  // namespace aval::ledger
