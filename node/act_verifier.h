#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "ledger/act.h"
#include "node/key_cache.h"

namespace aval::node {

/// How many signatures of an act somebody has checked.
std::size_t CheckedSignatures(const ledger::PreparedAct& act);

/// Takes envelopes apart and checks their signatures ahead of their turn, as far as keys are known
/// here; counts who does so.
///
/// No signature is checked twice: an act that this node has admitted is remembered until it is
/// applied, and the envelope that comes back in a block gets what was found then. Sound, because
/// what is found is a function of the envelope's bytes, and its digest covers all of them.
/// Threads: safe from all.
class ActVerifier {
 public:
  struct Counters {
    /// Signatures verified, by the name of the thread that did it without its number: "verify".
    std::map<std::string, std::uint64_t> checked;
    /// Signatures of acts that came again, in a block or from a client, not checked again.
    std::uint64_t reused = 0;
  };

  /// Acts of `origin` alone are acts. `keys` outlives it.
  ActVerifier(std::string origin, KeyCache& keys) : origin_(std::move(origin)), keys_(keys) {}

  /// The act remembered under these bytes, or the envelope taken apart and checked.
  ledger::Preparation Prepare(std::shared_ptr<const Bytes> envelope);
  /// Checks what nobody has checked of an act that no other thread sees: a key may have come.
  void Check(ledger::PreparedAct& act);

  /// Remembers an act whose every signature is checked, and which changes no more; another is left
  /// out. Whoever remembers acts bounds their number, by Forget.
  void Remember(const std::shared_ptr<ledger::PreparedAct>& act);
  void Forget(const crypto::Digest& envelope);
  /// Signatures of acts that go into a block of this node's with what was found before.
  void CountReused(std::size_t signatures);

  Counters counters() const;

 private:
  std::shared_ptr<ledger::PreparedAct> Recall(const crypto::Digest& envelope);

  const std::string origin_;
  KeyCache& keys_;
  mutable std::mutex mutex_;
  std::map<crypto::Digest, std::shared_ptr<ledger::PreparedAct>> remembered_;  // By envelope.
  Counters counters_;
};

}  // namespace aval::node
