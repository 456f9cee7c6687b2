#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "ledger/genesis.h"
#include "ledger/proto/acts.pb.h"
#include "ledger/record/attestations.h"
#include "ledger/record/parties.h"
#include "tests/bench/book_names.h"
#include "tests/bench/district_plan.h"

namespace aval::bench {

using Envelope = std::shared_ptr<const Bytes>;

/// The founding of a generated book: the test network (ledger_fixture.h) with four products, and
/// room in its policy for all that its districts do.
ledger::Genesis BookGenesis();
inline constexpr const char* kBookCurrency = "BRL";

/// The first nonce of acts that come after those of a generated book.
inline constexpr std::uint32_t kLaterNonces = 1U << 20U;

/// Acts of the parties of one district, signed, each under a nonce of its own and valid for three
/// days after `today`. Each is accepted once those before it on its subject are.
class DistrictActs {
 public:
  explicit DistrictActs(const BookNames& names, std::uint32_t first_nonce = 0)
      : names_(names), nonces_(first_nonce) {}

  const BookNames& names() const { return names_; }
  void set_today(ledger::Day today) { today_ = today; }
  ledger::Day today() const { return today_; }
  /// The number of the next nonce.
  std::uint32_t nonces() const { return nonces_; }

  Envelope RegisterSupplier(std::uint32_t supplier);
  Envelope RegisterPerson(std::uint32_t person);
  Envelope GiveMandate(std::uint32_t person);

  struct Statement {
    std::uint32_t number = 0;  // Of the attestation, in the district.
    std::uint32_t person = 0;
    ledger::AttestationKind kind = ledger::AttestationKind::kIdentity;
    ledger::PartyId attester{};
  };
  Envelope Attest(const Statement& statement);

  struct Proposal {
    std::uint32_t grant = 0;  // Its number in the district.
    std::uint32_t person = 0;
    std::vector<std::uint32_t> attestations;
    ledger::Amount limit{5'000'000};
  };
  Envelope Propose(const Proposal& proposal);
  /// To what Propose has proposed last for this grant.
  Envelope Decide(std::uint32_t grant, const ledger::PartyId& lender);
  Envelope Activate(std::uint32_t grant, std::uint32_t person);

  struct Order {
    std::uint32_t purchase = 0;  // Its number in the district; its loan's, too.
    std::uint32_t grant = 0;
    std::uint32_t person = 0;
    std::uint32_t supplier = 0;
    std::uint32_t product = 1;
    std::uint32_t instalments = 3;
    ledger::Amount amount{};
    ledger::Day first_due{};
  };
  Envelope Authorise(const Order& order);
  Envelope Capture(const Order& order);
  Envelope Void(const Order& order);
  Envelope Deliver(const Order& order, std::uint32_t payment_days);
  /// Of a part of the price.
  Envelope Refund(const Order& order, ledger::Amount amount);

  struct Payment {
    std::uint32_t repayment = 0;  // Its number in the district.
    std::uint32_t loan = 0;
    ledger::Amount amount{};
  };
  Envelope Repay(const Payment& payment);
  Envelope OpenDispute(std::uint32_t loan, std::uint32_t person, std::uint32_t instalment);

  /// A fifth of some of a loan's instalments, up to 200.00.
  struct Help {
    std::uint32_t loan = 0;
    std::uint32_t person = 0;
    std::vector<std::uint32_t> instalments;
  };
  Envelope Invite(const Help& help);
  Envelope Accept(const Help& help);
  Envelope ReviewAsAttester(const Help& help, std::uint32_t capacity);
  Envelope ReviewAsLender(const Help& help);
  Envelope Join(const Help& help);
  Envelope CreateDebit(const Help& help, ledger::Amount amount);
  Envelope SubmitDebit(const Help& help);
  Envelope ConfirmDebit(const Help& help, ledger::Amount amount);

 private:
  act::v1::Act NewAct(const ledger::PartyId& author);
  std::string WireId(Named named, std::uint32_t number) const;
  std::string WireDigest(std::string_view what, std::uint32_t number) const;
  ledger::SignerRef Person(std::uint32_t number) const;
  ledger::SignerRef Supplier(std::uint32_t number, ledger::Department department) const;

  BookNames names_;
  ledger::Day today_ = ledger::kFirstDay;
  std::uint32_t nonces_;
  // Identities of acts that others name: by grant, and by loan.
  std::map<std::uint32_t, std::string> proposals_;
  std::map<std::uint32_t, std::string> acceptances_;
};

}  // namespace aval::bench
