#include "ledger/record/codec.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "ledger/record/attestations.h"
#include "ledger/record/calendar.h"
#include "ledger/record/credit.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"

namespace aval::ledger {
namespace {

Grant SomeGrant() {
  Grant grant;
  grant.borrower.id.bytes[15] = 7;
  grant.lenders = {{.lender = {}, .share_ppm = 300'000, .decided = {20'001}},
                   {.lender = {}, .share_ppm = 700'000, .decided = {}}};
  grant.currency = *Currency::Parse("BRL");
  grant.limit = {123'456};
  grant.attestations.resize(2);
  grant.proposed = {20'000};
  return grant;
}

TEST(CodecTest, WritesFieldsInDeclaredOrderBigEndianAfterTheVersion) {
  const Account account{.debits = {1}, .credits = {-2}};
  EXPECT_EQ(ToHex(EncodeValue(account)),
            "01"
            "0000000000000001"
            "fffffffffffffffe");
  const Instalment::Key key{.loan = {}, .number = 0x0102};
  EXPECT_EQ(ToHex(EncodeKey<Instalment>(key)),
            "24"
            "00000000000000000000000000000000"
            "0102");
}

TEST(CodecTest, DecodesWhatItEncoded) {
  const Bytes bytes = EncodeValue(SomeGrant());
  const Result<Grant> grant = DecodeValue<Grant>(bytes);
  ASSERT_TRUE(grant);
  EXPECT_EQ(EncodeValue(*grant), bytes);
}

TEST(CodecTest, RefusesEveryTruncationAndEveryAddition) {
  Bytes bytes = EncodeValue(SomeGrant());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeValue<Grant>(ByteView(bytes).first(length))) << length;
  }
  bytes.push_back(0);
  EXPECT_FALSE(DecodeValue<Grant>(bytes));
}

TEST(CodecTest, RefusesAnotherVersionAnotherTableAndBytesThatNoValueHas) {
  Bytes value = EncodeValue(Book{});
  value.front() = 2;
  EXPECT_FALSE(DecodeValue<Book>(value));
  Book book;
  value = EncodeValue(book);
  value.at(1 + 4 + 4) = 2;  // `replay` is 0 or 1.
  EXPECT_FALSE(DecodeValue<Book>(value));
  EXPECT_FALSE(DecodeKey<Account>(EncodeKey<Obligation>({})));
}

TEST(CodecTest, CountsThatPromiseMoreThanThereIsEndTheRead) {
  Bytes bytes = EncodeValue(Attestation{});
  // kind, state, subject, issuer, then the count of values.
  for (std::size_t i = 0; i < 4; ++i) bytes.at(1 + 1 + 1 + 16 + 16 + i) = 0xff;
  EXPECT_FALSE(DecodeValue<Attestation>(bytes));
}

}  // namespace
}  // namespace aval::ledger
