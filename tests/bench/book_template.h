#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "ledger/record/accounts.h"
#include "ledger/record/parties.h"
#include "ledger/record/table.h"
#include "tests/bench/book_names.h"
#include "tests/bench/book_numbering.h"

namespace aval::bench {

/// What of a record another district writes differently.
enum class Differing : std::uint8_t {
  kId,          // The id in the same place.
  kDigest,      // Redrawn.
  kKeyId,       // Of the key of the hand with that number.
  kPublicKey,   // That key.
  kLeaf,        // A leaf's index.
  kObligation,  // An obligation's number.
};

struct Patch {
  std::size_t offset = 0;
  Differing what = Differing::kId;
  std::uint64_t number = 0;  // Leaf, obligation; the index in digests or hands.
  Slot slot{};               // Of an id.
};

/// A record of district 0, and where those of other districts have something else.
struct TemplateRecord {
  Bytes key;
  Bytes value;
  std::vector<Patch> in_key;
  std::vector<Patch> in_value;

  ledger::Table table() const { return static_cast<ledger::Table>(key.front()); }
};

/// What the acts of district 0 have made of an empty ledger by the end of kBookDay, split into what
/// names the district, which is written again for others, and what the whole book has once.
///
/// Every id, digest and number in every record is looked up: a record in which something is
/// neither the district's nor an institution's is an error here, not a fault of the book.
struct BookTemplate {
  std::uint64_t seed = 0;
  std::vector<TemplateRecord> own;  // In key order.
  std::vector<crypto::Digest> digests;

  /// Who has a key.
  struct Hand {
    Slot party;
    ledger::Department department = ledger::Department::kNone;
  };
  std::vector<Hand> hands;

  /// Institutions' accounts among themselves: what one district has made of them.
  std::map<Bytes, ledger::Account> sums;
  /// All else that names no district, as it is with one of them.
  std::vector<TemplateRecord> shared;

  std::vector<BookNumbering::DayOfOne> leaves;
  std::vector<BookNumbering::DayOfOne> obligations;
  std::int64_t time_ms = 0;  // Of the last leaf.
};

/// kInvalidArgument names the record that it cannot write again.
Result<BookTemplate> MakeTemplate(std::uint64_t seed);

}  // namespace aval::bench
