#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// What time does, keyed by day; queues are worked off lowest number first. Numbers are for ever.
enum class Queue : std::uint8_t {
  kInstalment = 1,      // Bills, due days, buckets, month-end penalties. Item: (loan, number).
  kReservation = 2,     // Authorisations that end. Item: (purchase, 0).
  kGrant = 3,           // Item: (grant, 0).
  kAttestation = 4,     // Item: (attestation, 0).
  kInvitation = 5,      // Item: (invitation, 0).
  kDebit = 6,           // Instructions without a result. Item: (debit, 0).
  kAgreement = 7,       // After every debit under it. Item: (agreement, 0).
  kPayable = 8,         // What suppliers are owed falls due. Item: (purchase, 0).
  kDispute = 9,         // Item: (dispute, 0).
  kRestructuring = 10,  // Proposals without every consent. Item: (restructuring, 0).
  kClaim = 11,          // Claims that time bars. Item: (agreement, 0).
  kOutcome = 15,        // Stored outcomes past their last valid day; read from the outcome table.
};

/// An item due on `day`. It is removed when worked off.
struct CalendarItem {
  static constexpr Table kTable = Table::kCalendar;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Day day;
    Queue queue = Queue::kInstalment;
    Id subject;
    std::uint16_t number = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("day", k.day);
      visit("queue", k.queue);
      visit("subject", k.subject);
      visit("number", k.number);
    }
  };

  template <class Self, class V>
  static void Fields(Self&, V&&) {}
};

/// What an item that could not post left behind (DESIGN.md section 3: an item never fails).
struct Alert {
  static constexpr Table kTable = Table::kAlert;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    std::uint64_t leaf = 0;
    std::uint32_t number = 0;  // Within the leaf.
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("leaf", k.leaf);
      visit("number", k.number);
    }
  };

  Day day;
  Queue queue = Queue::kInstalment;
  Id subject;
  std::uint16_t item = 0;
  std::uint16_t verdict = 0;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("day", r.day);
    visit("queue", r.queue);
    visit("subject", r.subject);
    visit("item", r.item);
    visit("verdict", r.verdict);
  }
};

/// The answer to every retry of an act. Its key begins with the last valid day, so that deleting
/// what is past is a walk from the front. In state and snapshots, outside the effects hash.
struct Outcome {
  static constexpr Table kTable = Table::kOutcome;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    Day last_valid;
    PartyId author;
    Id nonce;
    friend auto operator<=>(const Key&, const Key&) = default;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("last_valid", k.last_valid);
      visit("author", k.author);
      visit("nonce", k.nonce);
    }
  };

  crypto::Digest identity;
  std::uint64_t leaf = 0;
  std::uint16_t verdict = 0;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("identity", r.identity);
    visit("leaf", r.leaf);
    visit("verdict", r.verdict);
  }
};

}  // namespace aval::ledger
