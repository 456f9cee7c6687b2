// Every record of the state, filled at random: what is encoded is decoded, and nothing else is.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <type_traits>
#include <vector>

#include "ledger/record/applied.h"
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
#include "ledger/record/recovery.h"
#include "ledger/record/refunds.h"

namespace aval::ledger {
namespace {

/// Gives a record's fields random values that the type has.
class Filler {
 public:
  template <class T>
  void operator()(std::string_view, T& value) {
    Fill(value);
  }

 private:
  template <class T>
    requires std::is_integral_v<T>
  void Fill(T& value) {
    value = *rc::gen::arbitrary<T>();
  }
  template <class T>
    requires std::is_enum_v<T>
  void Fill(T& value) {
    value = static_cast<T>(*rc::gen::arbitrary<std::underlying_type_t<T>>());
  }
  void Fill(Amount& value) { value.minor = *rc::gen::arbitrary<std::int64_t>(); }
  void Fill(Day& value) { value.number = *rc::gen::arbitrary<std::int32_t>(); }
  void Fill(Currency& value) {
    const std::string text =
        *rc::gen::container<std::string>(3, rc::gen::inRange('A', static_cast<char>('Z' + 1)));
    value = *Currency::Parse(text);
  }
  void Fill(Id& value) { value.bytes = *rc::gen::arbitrary<decltype(value.bytes)>(); }
  void Fill(PartyId& value) { Fill(value.id); }
  void Fill(crypto::Digest& value) { value.bytes = *rc::gen::arbitrary<decltype(value.bytes)>(); }
  void Fill(Bytes& value) { value = *rc::gen::arbitrary<Bytes>(); }
  void Fill(std::string& value) { value = *rc::gen::arbitrary<std::string>(); }
  template <class T>
  void Fill(std::vector<T>& values) {
    values.resize(*rc::gen::inRange<std::size_t>(0, 4));
    for (T& value : values) Fill(value);
  }
  template <HasFields T>
  void Fill(T& value) {
    T::Fields(value, *this);
  }
};

template <class T>
T Random() {
  T value{};
  Filler filler;
  T::Fields(value, filler);
  return value;
}

template <class R>
class RecordTest : public testing::Test {};

using Records = testing::Types<
    Account, Agreement, AgreementBy, AgreementOn, Alert, AppliedMark, Attestation, AttestationOf,
    Bill, Book, CalendarItem, ClaimOn, Copaid, CreditBalance, Debit, DebitOn, Dispute, EarlyQuote,
    Grant, GrantOf, HeldOf, HoldOn, Instalment, Institution, Invitation, InvitationOf, KeyOfParty,
    KeyRecord, Loan, Mandate, Node, Notice, Nullifier, Obligation, Outcome, Participant, Payment,
    Policy, Product, Purchase, RecourseClaim, RecoursePayment, Recovery, Refund, Repayment,
    ReservationOf, Restructuring, RestructuringOf, Sequence, Supplier, SupplierSales>;
TYPED_TEST_SUITE(RecordTest, Records);

TYPED_TEST(RecordTest, DecodesWhatWasEncodedAndNoPrefixOfIt) {
  const bool holds = rc::check([] {
    const Bytes value = EncodeValue(Random<TypeParam>());
    const auto decoded = DecodeValue<TypeParam>(value);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(EncodeValue(*decoded) == value);
    for (std::size_t size = 0; size < value.size(); ++size) {
      RC_ASSERT(!DecodeValue<TypeParam>(ByteView(value).first(size)).has_value());
    }
  });
  EXPECT_TRUE(holds);
}

TYPED_TEST(RecordTest, AChangedByteIsRefusedOrEncodesToItself) {
  const bool holds = rc::check([] {
    Bytes value = EncodeValue(Random<TypeParam>());
    value[*rc::gen::inRange<std::size_t>(0, value.size())] = *rc::gen::arbitrary<std::uint8_t>();
    const auto decoded = DecodeValue<TypeParam>(value);
    if (decoded) RC_ASSERT(EncodeValue(*decoded) == value);
  });
  EXPECT_TRUE(holds);
}

TYPED_TEST(RecordTest, KeyDecodesToWhatWasEncodedAndNoPrefixOfIt) {
  const bool holds = rc::check([] {
    const Bytes key = EncodeKey<TypeParam>(Random<typename TypeParam::Key>());
    const auto decoded = DecodeKey<TypeParam>(key);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(EncodeKey<TypeParam>(*decoded) == key);
    for (std::size_t size = 0; size < key.size(); ++size) {
      RC_ASSERT(!DecodeKey<TypeParam>(ByteView(key).first(size)).has_value());
    }
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace aval::ledger
