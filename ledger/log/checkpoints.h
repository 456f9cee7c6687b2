#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "crypto/merkle.h"
#include "crypto/note.h"

namespace aval::ledger {

/// A node signs no checkpoint whose last leaf is further ahead of its own clock (DESIGN.md
/// section 3).
inline constexpr std::int64_t kClockBoundMs = 5'000;

/// The checkpoints that this node has signed: with its log key (0x01, named by the origin) and its
/// cosigner key (0x04), never two roots for one size, never a smaller size after a larger one
/// (formats.md 1.13 and 1.14).
///
/// Invariant: what was signed is durable before the signature leaves Sign, so that a crash cannot
/// make the node forget it. A signed size gets the stored note again when the root is the same.
/// When it is not, something was restored, truncated or has diverged: kDenied, and from then on
/// nothing more is signed. Only the highest is kept in memory. Threads: Sign and Compare from one;
/// reads from all.
class CheckpointSigner {
 public:
  struct Keys {
    std::string origin;
    std::string cosigner_name;
    const crypto::SecretKey* log_key;  // Outlive the signer.
    const crypto::SecretKey* cosigner_key;
  };

  /// Reads all that was signed, in `directory`/checkpoints (checkpoint_file.h), and cuts off a
  /// record that was never acknowledged. kCorruption with file and offset for any other damage;
  /// kDenied when other keys than these have signed.
  static Result<std::unique_ptr<CheckpointSigner>> Open(Disk& disk,
                                                        const std::filesystem::path& directory,
                                                        const Keys& keys);
  ~CheckpointSigner();

  /// Compares the highest that was signed with a log of `size` leaves, once it is that long:
  /// kDenied, now and ever after, when the log's root is another one.
  Result<void> Compare(const crypto::HashReader& log, std::uint64_t size);
  /// Signs (size, root) as of `unix_seconds` (never less than the last signature's: the later of
  /// the two is used). kNotFound for a size that was passed without a signature: none is given
  /// afterwards. After a failed write or sync it signs no more: kIo.
  Result<crypto::Note> Sign(const crypto::Checkpoint& checkpoint, std::uint64_t unix_seconds);

  std::optional<crypto::Checkpoint> highest() const;
  std::optional<crypto::Note> latest() const;
  /// The note for exactly this size; kNotFound when it was not signed.
  Result<crypto::Note> At(std::uint64_t size) const;
  /// The sizes signed from `from` on, ascending, at most `limit`.
  Result<std::vector<std::uint64_t>> Sizes(std::uint64_t from, std::size_t limit) const;

 private:
  struct State;
  explicit CheckpointSigner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace aval::ledger
