#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "ledger/record/table.h"

namespace aval::ledger {

/// How far this node's state has come. Written in the same batch as the state that it describes;
/// bookkeeping of the node, no part of the replicated records.
struct AppliedMark {
  static constexpr Table kTable = Table::kNodeMeta;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    template <class Self, class V>
    static void Fields(Self&, V&&) {}
  };

  crypto::Digest genesis;         // SHA-256 of the founders' envelope.
  std::uint64_t raft_index = 0;   // Of the last applied entry.
  std::int64_t time_ms = 0;       // Commit time of the last leaf.
  Bytes frontier;                 // crypto::Frontier::Encode of the log.
  std::uint64_t signed_size = 0;  // Of the highest checkpoint that the node had signed by then.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("genesis", r.genesis);
    visit("raft_index", r.raft_index);
    visit("time_ms", r.time_ms);
    visit("frontier", r.frontier);
    visit("signed_size", r.signed_size);
  }
};

}  // namespace aval::ledger
