#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/machine.h"
#include "ledger/state/store.h"
#include "tests/bench/book_names.h"
#include "tests/bench/book_numbering.h"
#include "tests/bench/book_template.h"

namespace aval::bench {

/// Writes the state of a large book straight into a store: as many equal districts
/// (district_plan.h) as asked for, of 100 participants, 400 loans and 4,800 instalments each. 5,000
/// of them are the size that the project plans for.
///
/// The records are the rules' own. One district acts on a real machine, from genesis through 76
/// days, by signed acts; what that has written is then written again for every district, under its
/// own ids, digests and keys, and with the leaves and obligations numbered as if the districts had
/// acted one after the other on each day, and a sweep's leaf had one district's items. What all
/// districts share is summed: institutions' accounts. So the book of one district is what the
/// machine left, byte for byte; nobody can tell those of several from one whose acts all were
/// applied, but by the leaves, which are in no log.
///
/// Deterministic: seed and number of districts say all of it. Threads: one.
class BookGenerator {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::uint32_t districts = 1;
    std::size_t batch_bytes = std::size_t{8} << 20U;  // Of keys and values, of each Apply.
  };
  /// Lets one district act: a second or two.
  static Result<BookGenerator> Make(const Options& options);

  /// Where the log stands that the book would have.
  ledger::Machine::Tail tail() const;
  BookNames NamesOf(std::uint32_t district) const { return {options_.seed, district}; }

  /// Told from time to time how many records are written, of how many.
  using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;
  /// `store` is empty. Keys ascend, but for the few that all districts share, which come last; 32
  /// bytes of memory for each record of the largest table.
  Result<void> Write(ledger::Store& store, const Progress& progress = nullptr);

 private:
  class Keys;
  class Batch;
  struct Group;

  BookGenerator(const Options& options, BookTemplate made);
  std::vector<Group> Groups() const;
  Result<void> WriteGroup(const Group& group, Batch& batch) const;
  Result<void> WriteShared(Batch& batch) const;
  void Patch(const std::vector<bench::Patch>& patches, const BookNames& names, Bytes& bytes) const;

  Options options_;
  BookTemplate template_;
  BookNumbering leaves_;
  BookNumbering obligations_;
  std::shared_ptr<const Keys> keys_;
};

}  // namespace aval::bench
