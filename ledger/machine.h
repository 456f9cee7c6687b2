#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "ledger/act.h"
#include "ledger/genesis.h"
#include "ledger/log/leaf.h"
#include "ledger/rule_versions.h"
#include "ledger/state/overlay.h"
#include "ledger/state/store.h"
#include "ledger/verdict.h"

namespace aval::ledger {

/// A leaf as the log takes it.
struct Leaf {
  LeafHeader header;
  Bytes entry;    // The AVL1 record.
  Bytes effects;  // What header.effects hashes (effects.h); empty for a refusal and for kind 2.
};

/// The rules at work: the one deterministic function from acts, in order, to verdicts, leaves and
/// state. The node's applier, the auditor and the simulator run the same one. Each leaf is decided
/// by the version of the rules that the book has for its index; before the first leaf of one that
/// it does not know the machine does nothing but say so.
///
/// It reads `base` and keeps its own writes until TakeWrites; the caller puts those into the store
/// (after the log is durable) before it applies more, or keeps applying and takes them together.
/// Order of checks for an act: signers and keys, stored outcome, last valid day, rules (DESIGN.md
/// section 3, "Identity"). An outcome past its last valid day counts as deleted, and a leaf's time
/// is never before the last leaf's, whatever the leader's clock says.
///
/// Invariants, asserted after every leaf: journal lines balance per owner and currency (I1), no
/// account that must not change sign has done so (I5); time and business day never fall.
/// Threads: one. Deterministic: no clock, no randomness, no I/O but `base`.
class Machine {
 public:
  /// Where the log stands: what the next leaf follows.
  struct Tail {
    std::uint64_t size = 0;    // Leaves so far.
    std::int64_t time_ms = 0;  // Commit time of the last one.
  };

  /// The answer to who waits for an act.
  struct Answer {
    Verdict verdict = Verdict::kAccepted;
    bool recorded = false;   // A leaf says so; false for dropped envelopes (IsDropped).
    bool repeated = false;   // The stored answer to an act that was decided before.
    std::uint64_t leaf = 0;  // Where, when recorded.
  };

  /// `base` outlives the machine and changes only by what TakeWrites gave; `versions`, ascending,
  /// outlive it, too.
  Machine(const Reader* base, const Tail& tail,
          std::span<const RuleVersion> versions = KnownRuleVersions());

  /// Leaves 0 and 1, on an empty base.
  Result<std::vector<Leaf>> Begin(const Genesis& genesis);

  /// What an act comes to before the rules have their turn, if it does: dropped, or decided before.
  /// `leaf` and `today` are those of the next leaf on `state`.
  static Result<std::optional<Answer>> BeforeRules(const Overlay& state, const PreparedAct& act,
                                                   std::uint64_t leaf, Day today);

  /// Applies one act of a block stamped `time_ms`; appends its leaf, if it gets one, to `leaves`.
  /// Signatures that nobody has checked are checked here. An error is the store's and final.
  Result<Answer> Apply(const PreparedAct& act, std::int64_t time_ms, std::vector<Leaf>& leaves);

  /// After a block's acts: works off at most kMaxSystemItems due items of the lowest-numbered queue
  /// that is not empty, fewer when their effects fill kSystemEffectsSize, and appends one system
  /// leaf; none when nothing is due.
  Result<void> Sweep(std::int64_t time_ms, std::vector<Leaf>& leaves);
  /// Whether Sweep would do something: the leader then proposes further blocks.
  Result<bool> HasDueItems();

  const Tail& tail() const { return tail_; }
  Result<Day> Today() const;

  /// What all since the last call comes to, to be put into the store in one batch.
  Writes TakeWrites();
  /// Everything written and not yet taken, over `base`.
  const Overlay& state() const { return state_; }

 private:
  /// The day and the rules of the next leaf.
  struct Standing {
    Day today;
    const RuleVersion* rules = nullptr;
  };
  Result<Standing> AtNextLeaf() const;

  /// The rules' turn: an act that is new, in time and signed.
  Result<Answer> Decide(const PreparedAct& act, const Standing& standing, std::int64_t time_ms,
                        std::vector<Leaf>& leaves);
  /// One due item on an overlay over `leaf`, which takes over what an acceptance wrote.
  static Result<Verdict> RunItem(const RuleVersion& rules, const CalendarItem::Key& item,
                                 const rules::Context::Position& at, Overlay& leaf,
                                 std::vector<JournalLine>& journal);
  Result<void> SweepOutcomes(Day today, std::int64_t time_ms, std::vector<Leaf>& leaves);
  /// Stops the node when what was written over `state_` breaks the book.
  static void CheckInvariants(const Overlay& after, std::span<const JournalLine> journal,
                              Day today);

  /// The next leaf's commit time: `time_ms`, but never before the last leaf's.
  std::int64_t LeafTime(std::int64_t time_ms) const;
  struct NewLeaf {
    LeafKind kind = LeafKind::kAct;
    std::int64_t time_ms = 0;
    ByteView body{};
    Verdict verdict = Verdict::kAccepted;
    std::optional<Bytes> effects{};  // None of a refusal and of kind 2, whose hash of them is zero.
  };
  /// Adds the next leaf and gives its index.
  std::uint64_t Append(NewLeaf leaf, std::vector<Leaf>& leaves);
  void AppendSystem(const SystemChunk& chunk, std::int64_t time_ms, Bytes effects,
                    std::vector<Leaf>& leaves);

  /// Whether a calendar item is due, or an outcome past its last valid day.
  bool ItemsDue(Day today);
  bool OutcomesPast(Day today);
  /// Takes over what one leaf wrote.
  void Absorb(Overlay&& leaf);

  Overlay state_;
  Tail tail_;
  std::span<const RuleVersion> versions_;
  /// No calendar item, and no outcome, lies before. On a day without work neither table is then
  /// looked at, and on a day with much neither from its front, which is full of what was deleted: a
  /// store steps over each of those.
  CalendarItem::Key items_from_;
  ledger::Outcome::Key outcomes_from_;
};

}  // namespace aval::ledger
