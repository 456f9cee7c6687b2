#include "ledger/audit/checkpoints.h"

#include <cstdint>
#include <map>
#include <utility>

#include "base/assert.h"
#include "crypto/note.h"
#include "crypto/policy.h"
#include "ledger/log/checkpoints.h"

namespace aval::ledger {

namespace {

using Signers = Result<std::vector<crypto::NoteSigner>>;

// No cosigner's time falls from one checkpoint to the next.
class Times {
 public:
  bool Rise(const std::vector<crypto::NoteSigner>& signers, std::string& who) {
    for (const crypto::NoteSigner& signer : signers) {
      if (signer.key.type != crypto::NoteKeyType::kCosigner) continue;
      std::uint64_t& last = last_[signer.key];
      if (signer.unix_seconds < last) {
        who = signer.key.name;
        return false;
      }
      last = signer.unix_seconds;
    }
    return true;
  }

 private:
  std::map<crypto::Vkey, std::uint64_t> last_;
};

}  // namespace

bool CheckCheckpoints(const Genesis& genesis, std::vector<AuditCheckpoint>& checkpoints, Crew& crew,
                      Findings& findings, AuditReport& report) {
  const Result<crypto::Policy> policy = crypto::Policy::Parse(genesis.cosigner_policy());
  AVAL_ASSERT(policy.has_value());  // Genesis::Load has parsed it.
  report.quorum_needed = policy->Evaluate({}).needed;
  report.quorum_members = policy->Evaluate({}).members;
  const std::vector<crypto::Vkey> keys = policy->keys();
  std::vector<Signers> signers(checkpoints.size(), std::vector<crypto::NoteSigner>{});
  crew.ForAll(checkpoints.size(),
              [&](std::size_t i) { signers[i] = crypto::VerifyNote(checkpoints[i].note, keys); });
  Times times;
  for (std::size_t i = 0; i < checkpoints.size(); ++i) {
    const std::string& file = checkpoints[i].file;
    if (!signers[i]) return findings.File(file, signers[i].error().message);
    if (checkpoints[i].checkpoint.origin != genesis.origin()) {
      return findings.File(file, "of another ledger, " + checkpoints[i].checkpoint.origin);
    }
    if (!policy->Evaluate(*signers[i]).log_signed) {
      return findings.File(file, "not signed by a log key of the policy");
    }
    std::string who;
    if (!times.Rise(*signers[i], who)) {
      return findings.File(file, who + " has signed it at an earlier time than a smaller size");
    }
    checkpoints[i].signers = *std::move(signers[i]);
    ++report.checkpoints;
  }
  if (checkpoints.empty()) return true;
  report.checkpoint = checkpoints.back().checkpoint;
  report.quorum_reached = policy->Evaluate(checkpoints.back().signers).reached;
  return true;
}

void EarlyCosignatures::Compare(std::uint64_t size, std::int64_t time_ms) {
  if (next_ == checkpoints_.size() || checkpoints_[next_].checkpoint.size != size) return;
  // In whole seconds, rounded down, as a cosignature's.
  const std::int64_t earliest = (time_ms - kClockBoundMs) / 1'000;
  for (const crypto::NoteSigner& signer : checkpoints_[next_].signers) {
    if (signer.key.type != crypto::NoteKeyType::kCosigner) continue;
    if (earliest <= 0 || signer.unix_seconds >= static_cast<std::uint64_t>(earliest)) continue;
    Early& early = early_[signer.key];
    if (early.count == 0) early.first_size = size;
    ++early.count;
  }
  ++next_;
}

void EarlyCosignatures::Remark(Findings& findings) const {
  for (const auto& [key, early] : early_) {
    findings.Remark(key.name + " has cosigned " + std::to_string(early.count) +
                    (early.count == 1 ? " checkpoint" : " checkpoints") + ", size " +
                    std::to_string(early.first_size) + " the first, more than " +
                    std::to_string(kClockBoundMs / 1'000) +
                    " s before the time of the last leaf: its clock was wrong");
  }
}

bool CheckQuorum(const AuditOptions& options, const std::string& file, Findings& findings,
                 const AuditReport& report) {
  if (report.quorum_reached >= report.quorum_needed) return true;
  const std::string quorum = "quorum: " + std::to_string(report.quorum_reached) + " of " +
                             std::to_string(report.quorum_members) + " institutions, " +
                             std::to_string(report.quorum_needed) + " needed";
  if (options.need_quorum) return findings.File(file, quorum);
  findings.Remark(quorum);
  return true;
}

}  // namespace aval::ledger
