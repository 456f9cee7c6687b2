#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "ledger/act.h"
#include "ledger/genesis.h"
#include "node/applied_ledger.h"
#include "tests/bench/book_generator.h"
#include "tests/bench/counting_env.h"

namespace aval::bench {

/// Puts a generated book into `directory`, which has none, as a node that took it by a snapshot has
/// it: state, and a log that begins where the book ends.
Result<void> InstallBook(const std::filesystem::path& directory, BookGenerator& generator,
                         const BookGenerator::Progress& progress);

/// A copy of an installed book for a run that changes it: whole tables are linked, not copied.
Result<void> CloneBook(const std::filesystem::path& from, const std::filesystem::path& to);

/// Node 1's applied ledger over such a directory, with its caches, flushes and checkpoints: what a
/// committed block costs, without Raft and network. A directory without a book begins with
/// BookGenesis. Threads: one.
class BookLedger {
 public:
  static Result<std::unique_ptr<BookLedger>> Open(const std::filesystem::path& directory);

  using Acts = std::vector<std::shared_ptr<ledger::PreparedAct>>;
  struct Times {
    std::chrono::nanoseconds apply{0};  // Rules, log, and the sweep that ends the block.
    std::chrono::nanoseconds flush{0};  // When one was due: log, state and checkpoint synced.
    std::chrono::nanoseconds InAll() const { return apply + flush; }
  };
  /// One block; flushes after it when a node's applier would. kInvalidArgument when one of the acts
  /// is not accepted.
  Result<Times> Apply(const Acts& acts);
  Result<std::chrono::nanoseconds> Flush();

  Result<bool> HasDueItems();
  /// Leaves applied.
  std::uint64_t size() const { return ledger_->applied_size(); }
  /// Of a flushed system leaf: the items of its sweep; 0 of any other leaf.
  Result<std::uint32_t> ItemsOf(std::uint64_t leaf) const;
  const CountingEnv& env() const { return env_; }

 private:
  BookLedger();
  bool FlushIsDue() const;

  CountingEnv env_;
  PosixDisk disk_;
  SystemClock clock_;
  const ledger::Genesis genesis_;
  const crypto::SecretKey log_key_;
  const crypto::SecretKey cosigner_key_;
  std::unique_ptr<node::AppliedLedger> ledger_;
  std::uint64_t raft_index_ = 0;
  Instant last_flush_;
  Instant last_checkpoint_;
};

}  // namespace aval::bench
