#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "ledger/record/table.h"
#include "ledger/types.h"

namespace aval::ledger {

/// Records of who is there: institutions, nodes, keys, participants, suppliers; and the book's
/// own singleton. Field lists are the encoding (record/codec.h).

/// What the whole book has one of.
struct Book {
  static constexpr Table kTable = Table::kBook;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    template <class Self, class V>
    static void Fields(Self&, V&&) {}
  };

  std::string origin;
  Day day;
  bool replay = false;  // calendar = replay: days do not wait for the block time.
  std::int32_t utc_offset_minutes = 0;
  std::uint32_t rule_version = 1;       // In force until the next one's first leaf.
  std::uint32_t next_rule_version = 0;  // 0: none is agreed on.
  std::uint64_t next_rule_leaf = 0;     // Its first.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("origin", r.origin);
    visit("day", r.day);
    visit("replay", r.replay);
    visit("utc_offset_minutes", r.utc_offset_minutes);
    visit("rule_version", r.rule_version);
    visit("next_rule_version", r.next_rule_version);
    visit("next_rule_leaf", r.next_rule_leaf);
  }
};

/// The next number of what is numbered through.
struct Sequence {
  static constexpr Table kTable = Table::kSequence;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    template <class Self, class V>
    static void Fields(Self&, V&&) {}
  };

  std::uint64_t next_obligation = 1;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("next_obligation", r.next_obligation);
  }
};

enum class InstitutionKind : std::uint8_t {
  kPlatform = 1,
  kBank = 2,
  kMicrolender = 3,
  kAttester = 4,
  kSettlementAgent = 5,
  kPublicPlatform = 6,
  kSupervisor = 7,
};

enum class InstitutionState : std::uint8_t { kActive = 1, kSuspended = 2, kExited = 3 };

struct Institution {
  static constexpr Table kTable = Table::kInstitution;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId institution;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("institution", k.institution);
    }
  };

  InstitutionKind kind = InstitutionKind::kBank;
  InstitutionState state = InstitutionState::kActive;
  std::string name;
  bool lend = false;
  bool guarantee = false;
  bool collect = false;
  bool account_servicing = false;
  bool attest = false;
  std::uint32_t holds = 0;  // Of supervisors (holds.h): SUSPENDED while there is one.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("kind", r.kind);
    visit("state", r.state);
    visit("name", r.name);
    visit("lend", r.lend);
    visit("guarantee", r.guarantee);
    visit("collect", r.collect);
    visit("account_servicing", r.account_servicing);
    visit("attest", r.attest);
    visit("holds", r.holds);
  }
};

/// A full node of an institution and its three public keys (Ed25519, raw).
struct Node {
  static constexpr Table kTable = Table::kNode;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    std::uint32_t node = 0;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("node", k.node);
    }
  };

  PartyId institution;
  Bytes tls_key;
  Bytes log_key;
  Bytes cosigner_key;
  std::string cosigner_name;
  std::string address;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("institution", r.institution);
    visit("tls_key", r.tls_key);
    visit("log_key", r.log_key);
    visit("cosigner_key", r.cosigner_key);
    visit("cosigner_name", r.cosigner_name);
    visit("address", r.address);
  }
};

/// Which hand of a party signs; kNone is a participant's own key.
enum class Department : std::uint8_t {
  kNone = 0,
  kOps = 1,
  kCredit = 2,
  kRisk = 3,
  kCompliance = 4,
  kLegal = 5,
  kTreasury = 6,
};

/// A party acting by one of its hands.
struct SignerRef {
  PartyId party;
  Department department = Department::kNone;
  friend auto operator<=>(const SignerRef&, const SignerRef&) = default;
};

enum class KeyAlgorithm : std::uint8_t { kEd25519 = 1 };

/// A key is live at a position when added_leaf <= position, revoked_leaf is 0 or > position, and
/// the business day has reached live_from.
struct KeyRecord {
  static constexpr Table kTable = Table::kKey;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    crypto::Digest key_id;  // SHA-256 of the SPKI.
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("key_id", k.key_id);
    }
  };

  PartyId party;
  Department department = Department::kNone;
  KeyAlgorithm algorithm = KeyAlgorithm::kEd25519;
  Bytes public_key;
  std::uint64_t added_leaf = 0;
  Day live_from;
  std::uint64_t revoked_leaf = 0;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("party", r.party);
    visit("department", r.department);
    visit("algorithm", r.algorithm);
    visit("public_key", r.public_key);
    visit("added_leaf", r.added_leaf);
    visit("live_from", r.live_from);
    visit("revoked_leaf", r.revoked_leaf);
  }
};

/// Index: the keys of a party, by department.
struct KeyOfParty {
  static constexpr Table kTable = Table::kKeyOfParty;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId party;
    Department department = Department::kNone;
    crypto::Digest key_id;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("party", k.party);
      visit("department", k.department);
      visit("key_id", k.key_id);
    }
  };

  template <class Self, class V>
  static void Fields(Self&, V&&) {}
};

enum class ParticipantKind : std::uint8_t { kPerson = 1, kSme = 2 };

enum class ParticipantState : std::uint8_t {
  kRegistered = 1,
  kKycValid = 2,
  kKycExpired = 3,
  kFrozen = 4,
  kErased = 5,
};

struct Participant {
  static constexpr Table kTable = Table::kParticipant;
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::size_t kCreditDaysMax = 64;
  struct Key {
    PartyId participant;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("participant", k.participant);
    }
  };

  ParticipantKind kind = ParticipantKind::kPerson;
  ParticipantState state = ParticipantState::kRegistered;
  PartyId attester;
  crypto::Digest nullifier;
  std::uint64_t registered_leaf = 0;
  Day kyc_expiry;  // Last valid day; meaningful when state is kKycValid or kKycExpired.
  // Days of its last proposals and raises, ascending: what the velocity rule counts. At most
  // kCreditDaysMax of them, so that a policy allows no more in its window.
  std::vector<Day> credit_days{};
  std::uint32_t holds = 0;     // Of supervisors (holds.h): FROZEN while there is one.
  std::uint32_t breaches = 0;  // Agreements of its that were terminated for its breach.
  Day breached{};              // The day of the last one; 0: none.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("kind", r.kind);
    visit("state", r.state);
    visit("attester", r.attester);
    visit("nullifier", r.nullifier);
    visit("registered_leaf", r.registered_leaf);
    visit("kyc_expiry", r.kyc_expiry);
    visit("credit_days", r.credit_days);
    visit("holds", r.holds);
    visit("breaches", r.breaches);
    visit("breached", r.breached);
  }
};

struct Supplier {
  static constexpr Table kTable = Table::kSupplier;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    PartyId supplier;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("supplier", k.supplier);
    }
  };

  PartyId platform;
  PartyId attester;
  PartyId settlement_bank;
  crypto::Digest nullifier;
  std::uint64_t registered_leaf = 0;
  std::uint32_t holds = 0;  // Of supervisors (holds.h): no new business while there is one.

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("platform", r.platform);
    visit("attester", r.attester);
    visit("settlement_bank", r.settlement_bank);
    visit("nullifier", r.nullifier);
    visit("registered_leaf", r.registered_leaf);
    visit("holds", r.holds);
  }
};

/// One active party for each nullifier.
struct Nullifier {
  static constexpr Table kTable = Table::kNullifier;
  static constexpr std::uint8_t kVersion = 1;
  struct Key {
    crypto::Digest nullifier;
    template <class Self, class V>
    static void Fields(Self& k, V&& visit) {
      visit("nullifier", k.nullifier);
    }
  };

  PartyId party;

  template <class Self, class V>
  static void Fields(Self& r, V&& visit) {
    visit("party", r.party);
  }
};

}  // namespace aval::ledger
