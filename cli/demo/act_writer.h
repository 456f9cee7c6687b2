#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "cli/act_signing.h"
#include "cli/demo/purchases_file.h"
#include "cli/demo/rehearsal.h"
#include "cli/network.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/types.h"

namespace aval::cli::demo {

/// Signs the acts of one day after another and adds them to chains; when there is a rehearsal, each
/// is carried out there at once.
///
/// The functions that write a purchase's acts (sales.h, supply.h, debts.h, copay.h, grants.h) take
/// one first and add to the chain that was named last. They write what they are asked to: whether
/// it makes sense is the caller's to know. Threads: one.
class ActWriter {
 public:
  /// `network` and `random` outlive it, and so does `rehearsal`, which may be null.
  ActWriter(const Network& network, Random& random, Rehearsal* rehearsal)
      : network_(network), random_(random), rehearsal_(rehearsal) {}

  void set_today(ledger::Day today) { today_ = today; }
  ledger::Day today() const { return today_; }
  /// Where acts go from now on; `chain` outlives its last act.
  void set_chain(std::vector<Bytes>& chain) { chain_ = &chain; }

  /// Returns the act's identity, by which others agree to it.
  crypto::Digest Write(act::v1::Act act, const std::vector<Hand>& hands);

  /// An institution's hand; the network's directory must have its key.
  Hand Office(std::uint32_t institution, ledger::Department department) const;

 private:
  const Network& network_;
  Random& random_;
  Rehearsal* rehearsal_;
  ledger::Day today_;
  std::vector<Bytes>* chain_ = nullptr;
};

/// A participant's or a supplier's hand, with its key.
class PartyHand {
 public:
  static PartyHand Borrower(const PurchaseRow& row);
  /// OPS or TREASURY.
  static PartyHand Supplier(const PurchaseRow& row, ledger::Department department);

  /// Lives no longer than this.
  operator Hand() const {  // NOLINT(google-explicit-constructor)
    return {.signer = signer_, .key = &key_};
  }
  const crypto::PublicKey& key() const { return key_.public_key(); }

 private:
  PartyHand(const ledger::SignerRef& signer, crypto::SecretKey key)
      : signer_(signer), key_(std::move(key)) {}
  ledger::SignerRef signer_;
  crypto::SecretKey key_;
};

}  // namespace aval::cli::demo
