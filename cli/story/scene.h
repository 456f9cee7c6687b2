#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "cli/act_signing.h"
#include "cli/acts/money.h"
#include "cli/story/pattern.h"
#include "cli/story/stage.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/record/attestations.h"
#include "ledger/rules/context.h"
#include "ledger/types.h"

namespace aval::cli::story {

/// What a story's sentences give numbers to, by kind, in the order in which they come up.
enum class Kind : std::uint8_t {
  kGrant,
  kPurchase,  // Also called loan or invoice: one id.
  kInvitation,
  kAgreement,  // Also called claim.
  kDebit,
  kMandate,
  kDispute,
  kProposal,  // Of a restructuring.
};

/// One of them.
struct Thing {
  Kind kind = Kind::kGrant;
  std::string table{};  // Of the state, as the sentence's noun has it: "purchase", "loan", ...
  ledger::Id id{};
  std::string owner{};  // Whose it is: "Ana's loan".
};

/// Somebody in the story.
struct Member {
  std::string name;
  Role role = Role::kPerson;
  ledger::PartyId id;
};

/// Somebody who watches: told of every act and of what time does, as it happens.
class Spectator {
 public:
  virtual ~Spectator() = default;
  virtual void Acted(const act::v1::Act& act, const Stage::Outcome& outcome) = 0;
};

/// What sentences work with: who is in the story and with which keys, what has come up so far, the
/// day, and the stage behind it. Ids and people's keys follow from names and the order of
/// sentences, so that every telling of a story has the same ones.
///
/// Errors: what the sentence asks for is not there (kNotFound), is ambiguous (kInvalidArgument), or
/// the stage failed. An act that the rules refuse is the error kDenied, and `refusal` says which.
/// Threads: one.
class Scene {
 public:
  /// `stage`, `spectator` and `random`, which is for nonces alone, outlive it.
  Scene(Stage& stage, Spectator& spectator, Random& random);

  ledger::Day today() const { return today_; }
  void set_today(ledger::Day day) { today_ = day; }

  // ---- Acts.

  /// Signs and submits. The first hand is the author's.
  Result<void> Submit(act::v1::Act body, const std::vector<Hand>& hands);
  /// The last act's, when it was refused.
  const std::optional<Stage::Outcome>& refusal() const { return refusal_; }
  void ForgetRefusal() { refusal_.reset(); }
  /// What time did since the last call.
  Result<std::vector<Stage::Movement>> WorkOff() { return stage_.WorkOff(); }

  // ---- Who.

  /// A new participant or supplier, who is not on the ledger yet.
  const Member& Add(const std::string& name, Role role);
  /// Of a name that the script has found in the cast.
  const Member& Who(std::string_view name) const;
  const Member& Who(const Match& match, std::string_view slot) const {
    return Who(match.Text(slot));
  }
  /// Of a party as records have it; null for one that no sentence has named.
  const Member* WhoIs(std::string_view party_text) const;
  const Member& market() const;
  /// A person's own hand, a supplier's OPS or TREASURY, any department of an institution.
  Hand HandOf(const Member& member,
              ledger::Department department = ledger::Department::kNone) const;
  Hand Ops(const Member& member) const { return HandOf(member, ledger::Department::kOps); }
  Hand Credit(const Member& member) const { return HandOf(member, ledger::Department::kCredit); }
  Hand Compliance(const Member& member) const {
    return HandOf(member, ledger::Department::kCompliance);
  }

  // ---- What.

  /// An id that nothing else has.
  ledger::Id NewId(std::string_view kind);
  crypto::Digest NewDigest(std::string_view kind);
  /// Gives it the next number of its kind.
  void Name(Kind kind, const ledger::Id& id, const Member& owner);
  /// "the loan", where there is one alone; "loan 2"; "Ana's loan", where she has one alone.
  Result<Thing> Find(const Match& match, std::string_view slot) const;
  /// The newest of that kind and owner.
  Result<Thing> Newest(Kind kind, const Member& owner) const;
  /// All of them, in order.
  std::vector<Thing> AllOf(Kind kind, const Member& owner) const;
  /// "loan 2", "Bank A" and so on; hexadecimal for what has no name.
  std::string NameOf(std::string_view id_text) const;

  /// The newest attestation of that kind about somebody, of that issuer where one is given.
  Result<ledger::Id> AttestationOf(const Member& subject, ledger::AttestationKind kind,
                                   const Member* issuer = nullptr) const;
  void Attested(const Member& issuer, const Member& subject, ledger::AttestationKind kind,
                const ledger::Id& id, std::int64_t value);
  /// The value of the newest CAPACITY attestation of somebody.
  Result<std::int64_t> CapacityOf(const Member& subject) const;
  /// The quote of today on a loan.
  void Quoted(const ledger::Id& loan, const ledger::Id& quote) { quotes_[loan] = quote; }
  Result<ledger::Id> QuoteOn(const ledger::Id& loan) const;

  // ---- What the ledger says.

  /// A record that must be there.
  Result<boost::json::value> Read(const Thing& thing);
  Result<boost::json::value> Read(const std::string& table, const std::vector<std::string>& key);
  Result<std::optional<boost::json::value>> Find(const std::string& table,
                                                 const std::vector<std::string>& key) {
    return stage_.Read(table, key);
  }
  /// Debits less credits, minor units; 0 for an account without entries. `owner` as records have
  /// it: PartyText's, or "memo".
  Result<std::int64_t> Balance(const std::string& owner, std::uint16_t code,
                               const ledger::Id& subject);
  Result<boost::json::array> Balances() { return stage_.Balances(); }

 private:
  struct Named {
    ledger::Id id;
    std::string owner;
  };
  struct Word {
    std::string issuer;
    std::string subject;
    ledger::AttestationKind kind = ledger::AttestationKind::kIdentity;
    ledger::Id id;
    std::int64_t value = 0;
  };

  void Enter(Member member);

  Stage& stage_;
  Spectator& spectator_;
  Random& random_;
  ledger::Day today_;
  std::optional<Stage::Outcome> refusal_;
  std::map<std::string, Member, std::less<>> members_;
  // A person's own key, a supplier's two.
  std::map<std::pair<std::string, ledger::Department>, crypto::SecretKey> keys_;
  std::map<Kind, std::vector<Named>> things_;
  std::map<std::string, std::string, std::less<>> names_;     // By an id's or a party's text.
  std::vector<Word> attestations_;                            // Oldest first.
  std::map<ledger::Id, ledger::Id> quotes_;                   // By loan.
  std::map<std::string, std::uint32_t, std::less<>> counts_;  // Of ids, by kind.
};

/// A party as records and keys have it: "institution:7", or hexadecimal.
std::string PartyText(const ledger::PartyId& party);

/// In the stories' one currency.
acts::Money InCurrency(ledger::Amount amount);

}  // namespace aval::cli::story
