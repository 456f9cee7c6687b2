#include "ledger/scanner.h"

#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>

#include "ledger/proto/acts.pb.h"
#include "ledger/proto/genesis.pb.h"
#include "tests/ledger/everything.pb.h"
#include "tests/ledger/random_message.h"

namespace aval::ledger {
namespace {

using test::Everything;

constexpr std::size_t kBytesMax = 32'000;

Result<void> Scan(ByteView bytes) {
  return ScanStrict(*Everything::descriptor(), bytes, kBytesMax);
}

// What the scanner must say, found by another way: the bytes parse, hold nothing unknown, and are
// what the message is written as. Here, where nothing is nested deeper than the scanner allows.
template <class Message>
bool ReencodesToItself(ByteView bytes) {
  const google::protobuf::LogSilencer quiet;  // It reports every text that is not UTF-8.
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
  message.DiscardUnknownFields();
  return message.SerializeAsString() == AsText(bytes) && !HasUnnamedEnum(message);
}

template <class Message>
Bytes RandomBytesOf() {
  Message message;
  FillRandomly(message, 2);
  return CopyBytes(AsBytes(message.SerializeAsString()));
}

void Mutate(Bytes& bytes) {
  RC_PRE(!bytes.empty());
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  const auto byte = *rc::gen::oneOf(rc::gen::arbitrary<std::uint8_t>(),
                                    rc::gen::element<std::uint8_t>(0, 1, 2, 0x7f, 0x80, 0xff));
  const auto offset = static_cast<std::ptrdiff_t>(at);
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      bytes[at] = byte;
      return;
    case 1:
      bytes.insert(bytes.begin() + offset, byte);
      return;
    default:
      bytes.erase(bytes.begin() + offset);
  }
}

RC_GTEST_PROP(ScannerTest, WhatProtobufWritesIsAccepted, ()) {
  const Bytes bytes = RandomBytesOf<Everything>();
  const Result<void> scanned = Scan(bytes);
  if (!scanned) RC_FAIL(scanned.error().message);
}

RC_GTEST_PROP(ScannerTest, AChangedByteIsAcceptedExactlyWhenTheBytesReencodeToThemselves, ()) {
  Bytes bytes = RandomBytesOf<Everything>();
  Mutate(bytes);
  RC_ASSERT(Scan(bytes).has_value() == ReencodesToItself<Everything>(bytes));
}

RC_GTEST_PROP(ScannerTest, TheSameHoldsForActs, ()) {
  Bytes bytes = RandomBytesOf<act::v1::Act>();
  Mutate(bytes);
  RC_ASSERT(ScanStrict(*act::v1::Act::descriptor(), bytes, kBytesMax).has_value() ==
            ReencodesToItself<act::v1::Act>(bytes));
}

RC_GTEST_PROP(ScannerTest, TheSameHoldsForGenesis, ()) {
  Bytes bytes = RandomBytesOf<genesis::v1::Genesis>();
  Mutate(bytes);
  RC_ASSERT(ScanStrict(*genesis::v1::Genesis::descriptor(), bytes, kBytesMax).has_value() ==
            ReencodesToItself<genesis::v1::Genesis>(bytes));
}

RC_GTEST_PROP(ScannerTest, ArbitraryBytesAreAcceptedExactlyWhenTheyReencodeToThemselves,
              (const Bytes& bytes)) {
  RC_ASSERT(Scan(bytes).has_value() == ReencodesToItself<Everything>(bytes));
}

struct Case {
  const char* name;
  std::string_view hex;
  std::string_view error;  // Empty: accepted.
};

class ScannerRuleTest : public testing::TestWithParam<Case> {};

TEST_P(ScannerRuleTest, IsKept) {
  const Result<void> scanned = Scan(*FromHex(GetParam().hex));
  if (GetParam().error.empty()) {
    EXPECT_TRUE(scanned) << scanned.error().message;
    return;
  }
  ASSERT_FALSE(scanned);
  EXPECT_EQ(scanned.error().code, Code::kInvalidArgument);
  EXPECT_EQ(scanned.error().message, GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Every, ScannerRuleTest,
    testing::Values(
        Case{"Nothing", "", ""}, Case{"EmptyMessages", "5a00", ""},
        Case{"EmptyItemsOfAList", "72007200", ""}, Case{"ZeroOfAnOptionalField", "980100", ""},
        Case{"ZeroOfAOneof", "800100", ""}, Case{"ZeroWithinAPackedList", "6a0100", ""},
        Case{"NegativeNumbers", "08ffffffffffffffffff01", ""},
        Case{"NegativeEnums", "40ffffffffffffffffff01", ""}, Case{"AnyBytes", "5201ff", ""},
        Case{"UnknownField", "a00101", "offset 0: unknown field 20"},
        Case{"UnknownFieldWithin", "5a03a00101", "field inner, offset 2: unknown field 20"},
        Case{"FieldZero", "0001", "offset 0: unknown field 0"},
        Case{"FieldNumberOf60Bits", "f8ffffffffffffffff0101",
             "offset 0: unknown field 2305843009213693951"},
        Case{"FieldsAscend", "18070801", "field i32, offset 2: comes after u32, out of order"},
        Case{"NumbersOnce", "08010802", "field i32, offset 2: comes twice"},
        Case{"MessagesOnce", "5a005a00", "field inner, offset 2: comes twice"},
        Case{"PackedListsOnce", "620101620102", "field numbers[1], offset 3: comes twice"},
        Case{"OneMemberOfAOneof", "80010192010161",
             "field right, offset 3: is a second member of one"},
        Case{"WireType", "0a0101", "field i32, offset 0: wrong wire type"},
        Case{"ListsOfNumbersArePacked", "6001", "field numbers[0], offset 0: wrong wire type"},
        Case{"NoExplicitZero", "0800", "field i32, offset 1: is zero and yet written"},
        Case{"NoExplicitFalse", "3800", "field flag, offset 1: is zero and yet written"},
        Case{"NoExplicitEmptyText", "4a00", "field text, offset 1: is empty and yet written"},
        Case{"NoEmptyPackedList", "6200", "field numbers[0], offset 1: is empty and yet written"},
        Case{"MinimalNumber", "088100", "field i32, offset 1: number is not minimal"},
        Case{"MinimalTag", "880001", "offset 0: number is not minimal"},
        Case{"MinimalLength", "4a810061", "field text, offset 1: number is not minimal"},
        Case{"NumberOf65Bits", "10ffffffffffffffffff02",
             "field i64, offset 1: number has more than 64 bits"},
        Case{"NumberOfElevenBytes", "108080808080808080808001",
             "field i64, offset 1: number has more than 64 bits"},
        Case{"UInt32Fits", "188080808010",
             "field u32, offset 1: has a value that its type does not have"},
        Case{"SInt32Fits", "288080808010",
             "field s32, offset 1: has a value that its type does not have"},
        Case{"NegativeInt32HasTenBytes", "08ffffffff0f",
             "field i32, offset 1: has a value that its type does not have"},
        Case{"BoolIsOneBit", "3802",
             "field flag, offset 1: has a value that its type does not have"},
        Case{"EnumsAreNamed", "4002",
             "field colour, offset 1: has a value that its type does not have"},
        Case{"EnumsOfListsAreNamed", "6a020102",
             "field colours[1], offset 3: has a value that its type does not have"},
        Case{"WholeNumber", "0880", "field i32, offset 1: ends within a number"},
        Case{"WholeTag", "80", "offset 0: ends within a number"},
        Case{"WholeText", "4a0261", "field text, offset 1: ends beyond the message"},
        Case{"TextWithinItsMessage", "5a034a026161",
             "field inner.text, offset 3: ends beyond the message"},
        Case{"NumberWithinItsMessage", "5a02088001",
             "field inner.i32, offset 3: ends within a number"},
        Case{"NumberWithinItsList", "62018001", "field numbers[0], offset 2: ends within a number"},
        Case{"Utf8", "4a01ff", "field text, offset 2: is not UTF-8"},
        Case{"Utf8NotOverlong", "4a02c080", "field text, offset 2: is not UTF-8"},
        Case{"Utf8NotOverlongInThree", "4a03e08080", "field text, offset 2: is not UTF-8"},
        Case{"Utf8NotOverlongInFour", "4a04f0808080", "field text, offset 2: is not UTF-8"},
        Case{"Utf8NoSurrogate", "4a03eda080", "field text, offset 2: is not UTF-8"},
        Case{"Utf8WithinUnicode", "4a04f4908080", "field text, offset 2: is not UTF-8"},
        Case{"Utf8Whole", "4a02e282", "field text, offset 2: is not UTF-8"},
        Case{"Utf8InLists", "7201617201ff", "field texts[1], offset 5: is not UTF-8"},
        Case{"PlacesWithinLists", "7a007a021800",
             "field inners[1].u32, offset 5: is zero and yet written"}),
    [](const auto& rule) { return std::string(rule.param.name); });

// Everything within Everything, `levels` deep.
Bytes Nested(int levels) {
  Everything outermost;
  Everything* message = &outermost;
  for (int i = 1; i < levels; ++i) message = message->mutable_inner();
  return CopyBytes(AsBytes(outermost.SerializeAsString()));
}

TEST(ScannerTest, MessagesAreAtMostEightDeep) {
  EXPECT_TRUE(Scan(Nested(kScanDepthMax)));
  const Result<void> deeper = Scan(Nested(kScanDepthMax + 1));
  ASSERT_FALSE(deeper);
  EXPECT_THAT(deeper.error().message, testing::EndsWith("inner, offset 16: nested too deep"));
}

TEST(ScannerTest, TheWholeIsBounded) {
  Everything message;
  message.set_raw(std::string(kBytesMax - 4, 'x'));  // A tag and a length of three bytes.
  EXPECT_TRUE(Scan(AsBytes(message.SerializeAsString())));
  message.mutable_raw()->push_back('x');
  const Result<void> longer = Scan(AsBytes(message.SerializeAsString()));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().message, "more than 32000 bytes");
}

TEST(ScannerTest, WhatIsAcceptedIsParsed) {
  const auto parsed = ParseStrict<Everything>(*FromHex("0807"), kBytesMax);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->i32(), 7);
  EXPECT_FALSE(ParseStrict<Everything>(*FromHex("0800"), kBytesMax));
}

}  // namespace
}  // namespace aval::ledger
