#include "tests/bench/record_places.h"

#include <string>
#include <type_traits>
#include <utility>

#include "ledger/record/attestations.h"
#include "ledger/record/calendar.h"
#include "ledger/record/codec.h"
#include "ledger/record/copay.h"
#include "ledger/record/credit.h"
#include "ledger/record/debits.h"
#include "ledger/record/disputes.h"
#include "ledger/record/holds.h"
#include "ledger/record/loans.h"
#include "ledger/record/notices.h"
#include "ledger/record/parties.h"
#include "ledger/record/policy.h"
#include "ledger/record/recovery.h"
#include "ledger/record/refunds.h"

namespace aval::bench {
namespace {

using namespace ledger;  // NOLINT(google-build-using-namespace): records are all that is here.

/// Walks what an Encoder would write, and notes where.
class Finder {
 public:
  explicit Finder(std::size_t offset) : offset_(offset) {}

  template <class T>
  void operator()(std::string_view name, const T& value) {
    name_ = name;
    Walk(value);
  }

  std::vector<Place> Take() { return std::move(places_); }

 private:
  void Walk(const Id& id) { Note(id, id.bytes.size()); }
  void Walk(const PartyId& party) { Walk(party.id); }
  void Walk(const crypto::Digest& digest) { Note(digest, digest.bytes.size()); }
  void Walk(std::uint64_t number) { Note(number, sizeof(number)); }
  void Walk(const Bytes& bytes) {
    offset_ += sizeof(std::uint32_t);
    Note(bytes, bytes.size());
  }
  template <class T>
    requires HasFields<T>
  void Walk(const T& value) {
    T::Fields(value, *this);
  }
  template <class T>
  void Walk(const std::vector<T>& values) {
    offset_ += sizeof(std::uint32_t);
    for (const T& value : values) Walk(value);
  }
  // Names nothing.
  template <class T>
    requires(!HasFields<T>)
  void Walk(const T& value) {
    ByteCounter counter;
    Encoder(counter).Write(value);
    offset_ += counter.size();
  }

  template <class T>
  void Note(const T& content, std::size_t size) {
    places_.push_back({.offset = offset_, .name = name_, .content = content});
    offset_ += size;
  }

  std::size_t offset_;
  std::string_view name_;
  std::vector<Place> places_;
};

template <class T>
std::vector<Place> Find(const T& fields) {
  Finder finder(1);  // After the table's or the version's byte.
  T::Fields(fields, finder);
  return finder.Take();
}

template <class R>
Result<RecordPlaces> PlacesIn(ByteView key, ByteView value) {
  AVAL_TRY(const typename R::Key typed_key, DecodeKey<R>(key));
  AVAL_TRY(const R record, DecodeValue<R>(value));
  return RecordPlaces{.in_key = Find(typed_key), .in_value = Find(record)};
}

using FindPlaces = Result<RecordPlaces> (*)(ByteView key, ByteView value);

template <class... R>
FindPlaces FinderOf(Table table) {
  FindPlaces found = nullptr;
  ((R::kTable == table ? void(found = &PlacesIn<R>) : void()), ...);
  return found;
}

FindPlaces FinderOf(Table table) {
  return FinderOf<Account, Agreement, AgreementBy, AgreementOn, Alert, Attestation, AttestationOf,
                  Bill, Book, CalendarItem, ClaimOn, Copaid, CreditBalance, Debit, DebitOn, Dispute,
                  EarlyQuote, Grant, GrantOf, HeldOf, HoldOn, Instalment, Institution, Invitation,
                  InvitationOf, KeyOfParty, KeyRecord, Loan, Mandate, ledger::Node, Notice,
                  Nullifier, Obligation, ledger::Outcome, Participant, Payment, Policy, Product,
                  Purchase, RecourseClaim, RecoursePayment, Recovery, ledger::Refund, Repayment,
                  ReservationOf, Restructuring, RestructuringOf, Sequence, Supplier, SupplierSales>(
      table);
}

}  // namespace

Result<RecordPlaces> PlacesOf(ByteView key, ByteView value) {
  const FindPlaces find = key.empty() ? nullptr : FinderOf(static_cast<Table>(key.front()));
  if (find == nullptr) {
    return Error{.code = Code::kNotFound,
                 .message = "no record of table " + ToHex(key.first(key.empty() ? 0 : 1)) +
                            " is listed in record_places.cc"};
  }
  return find(key, value);
}

}  // namespace aval::bench
