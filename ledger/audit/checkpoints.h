#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "crypto/note.h"
#include "ledger/audit/crew.h"
#include "ledger/audit/findings.h"
#include "ledger/audit/material.h"
#include "ledger/genesis.h"

namespace aval::ledger {

/// Signatures and policy of all checkpoints, ascending: of this origin, each with a signature by a
/// log key of the policy, no known key's line failing, and no cosigner's time falling while sizes
/// grow. Where the latest stands under the policy goes to the report; a quorum that it misses is
/// for CheckQuorum. Roots are the tree's matter (tree.h). Sets the checkpoints' signers.
bool CheckCheckpoints(const Genesis& genesis, std::vector<AuditCheckpoint>& checkpoints, Crew& crew,
                      Findings& findings, AuditReport& report);

/// Compares the times of cosignatures with those of the leaves. A node signs nothing that is more
/// than kClockBoundMs ahead of its clock (ledger/log/checkpoints.h), so that an earlier time is its
/// clock's fault or nobody's word; formats.md 1.14 lets a verifier set such a bound and counts it
/// among no evidence, so that it is a remark: one for each cosigner.
/// Threads: one.
class EarlyCosignatures {
 public:
  /// `checkpoints` ascend, have their signers, and outlive this.
  explicit EarlyCosignatures(const std::vector<AuditCheckpoint>& checkpoints)
      : checkpoints_(checkpoints) {}

  /// Called for every leaf in order: the log has `size` leaves, the last of them of this time.
  void Compare(std::uint64_t size, std::int64_t time_ms);
  void Remark(Findings& findings) const;

 private:
  struct Early {
    std::uint64_t first_size = 0;
    std::uint64_t count = 0;
  };
  const std::vector<AuditCheckpoint>& checkpoints_;
  std::size_t next_ = 0;  // The first checkpoint whose size the log has not reached.
  std::map<crypto::Vkey, Early> early_;
};

/// Last of all, because a log may be in order whatever nodes have signed it.
bool CheckQuorum(const AuditOptions& options, const std::string& file, Findings& findings,
                 const AuditReport& report);

}  // namespace aval::ledger
