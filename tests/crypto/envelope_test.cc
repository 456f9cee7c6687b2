#include "crypto/envelope.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace aval::crypto {
namespace {

Envelope Sample(int signers) {
  Envelope envelope{.payload = CopyBytes(AsBytes("hello world")),
                    .payload_type = std::string(kActType),
                    .signatures = {}};
  for (int i = 0; i < signers; ++i) {
    std::array<std::uint8_t, 32> seed{};
    seed[0] = static_cast<std::uint8_t>(i);
    SignEnvelope(envelope, SecretKey::FromSeed(seed));
  }
  return envelope;
}

TEST(EnvelopeTest, AcceptsWhatItWrites) {
  const Bytes bytes = EncodeEnvelope(Sample(3));
  const auto parsed = ParseEnvelope(bytes);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(EncodeEnvelope(*parsed), bytes);
  EXPECT_EQ(IdentityOf(*parsed), IdentityOf(Sample(1)));  // Signatures are no part of it.
}

// The rule behind every check of the parser: one envelope, one text.
TEST(EnvelopeTest, AFlippedByteIsRefusedOrReadsAsAnotherEnvelopeOfTheSameBytes) {
  const Bytes bytes = EncodeEnvelope(Sample(2));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes damaged = bytes;
      damaged[i] ^= static_cast<std::uint8_t>(1U << bit);
      const auto parsed = ParseEnvelope(damaged);
      if (!parsed) continue;
      EXPECT_EQ(EncodeEnvelope(*parsed), damaged) << "byte " << i;
    }
  }
}

RC_GTEST_PROP(EnvelopeTest, ArbitraryBytesAreRefusedOrReencodeToThemselves, (const Bytes& bytes)) {
  const auto parsed = ParseEnvelope(bytes);
  if (parsed) RC_ASSERT(EncodeEnvelope(*parsed) == bytes);
}

RC_GTEST_PROP(EnvelopeTest, WhatWasEncodedComesBackAndNoPrefixOfItIsRead, ()) {
  Envelope envelope{.payload = *rc::gen::arbitrary<Bytes>(),
                    .payload_type = std::string(kActType),
                    .signatures = {}};
  const int signers = *rc::gen::inRange(1, 5);
  for (int i = 0; i < signers; ++i) {
    std::array<std::uint8_t, 32> seed{};
    seed[0] = static_cast<std::uint8_t>(i);
    SignEnvelope(envelope, SecretKey::FromSeed(seed));
  }
  const Bytes bytes = EncodeEnvelope(envelope);
  const auto parsed = ParseEnvelope(bytes);
  // An empty payload is no act of anybody.
  RC_ASSERT(parsed.has_value() || envelope.payload.empty());
  if (parsed) RC_ASSERT(EncodeEnvelope(*parsed) == bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto prefix = ParseEnvelope(ByteView(bytes).first(size));
    // One that ends with a whole signature is the envelope of fewer signers, which is its own text.
    if (prefix) {
      RC_ASSERT(prefix->signatures.size() < envelope.signatures.size());
      RC_ASSERT(EncodeEnvelope(*prefix) == CopyBytes(ByteView(bytes).first(size)));
    }
  }
}

TEST(EnvelopeTest, RefusesAKeyThatSignsTwice) {
  Envelope envelope = Sample(1);
  envelope.signatures.push_back(envelope.signatures[0]);
  const auto parsed = ParseEnvelope(EncodeEnvelope(envelope));
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("twice"), std::string::npos);
}

// It is a string of protobuf, and could not be written as JSON.
TEST(EnvelopeTest, RefusesATypeThatIsNotUtf8) {
  Envelope envelope = Sample(1);
  envelope.payload_type = "application\xc8vnd";
  const auto parsed = ParseEnvelope(EncodeEnvelope(envelope));
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("UTF-8"), std::string::npos);
}

TEST(EnvelopeTest, RefusesMoreThanSixteenSignaturesAndNone) {
  EXPECT_FALSE(ParseEnvelope(EncodeEnvelope(Sample(17))));
  EXPECT_FALSE(ParseEnvelope(EncodeEnvelope(Sample(0))));
}

TEST(EnvelopeTest, RefusesAnEnvelopeAboveTheBound) {
  Envelope envelope = Sample(1);
  envelope.payload.resize(kEnvelopeBytesMax);
  EXPECT_FALSE(ParseEnvelope(EncodeEnvelope(envelope)));
}

TEST(EnvelopeTest, NamesTheOffsetOfAnUnknownField) {
  Bytes bytes = EncodeEnvelope(Sample(1));
  const std::size_t end = bytes.size();
  bytes.push_back(0x22);
  bytes.push_back(0x00);
  const auto parsed = ParseEnvelope(bytes);
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("offset " + std::to_string(end)), std::string::npos);
}

TEST(EnvelopeTest, JsonIsTheSameEnvelopeInBothAlphabets) {
  const Envelope envelope = Sample(2);
  std::string text = EnvelopeToJson(envelope);
  const auto parsed = EnvelopeFromJson(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(EncodeEnvelope(*parsed), EncodeEnvelope(envelope));
  for (char& c : text) c = c == '+' ? '-' : c;
  EXPECT_TRUE(EnvelopeFromJson(text));
  EXPECT_FALSE(EnvelopeFromJson("{\"payload\":\"\"}"));
  EXPECT_FALSE(EnvelopeFromJson("[1,2"));
}

// Another reader might take the first of the two values, and we would take the last.
TEST(EnvelopeTest, JsonWithAKeyTwiceIsRefusedWithThePlace) {
  const std::string text = EnvelopeToJson(Sample(1));
  for (const std::string_view key : {"payload", "payloadType", "signatures", "sig", "keyid"}) {
    const std::string plain = "\"" + std::string(key) + "\":";
    const std::string escaped = "\"\\u00" + ToHex(AsBytes(key.substr(0, 1))) + plain.substr(2);
    const std::size_t at = text.find(plain);
    for (const std::string& first : {plain, escaped}) {
      std::string twice = text;
      twice.insert(at, first + "\"\",");
      const auto parsed = EnvelopeFromJson(twice);
      ASSERT_FALSE(parsed) << twice;
      const std::size_t end = twice.find(plain, at + 1) + plain.size() - 2;
      EXPECT_EQ(parsed.error().message,
                "DSSE JSON: the key that ends at offset " + std::to_string(end) + " is there twice")
          << twice;
    }
  }
}

TEST(EnvelopeTest, JsonThatIsDeepIsRefused) {
  const std::string deep = "{\"payload\":" + std::string(100'000, '[');
  EXPECT_FALSE(EnvelopeFromJson(deep));
}

TEST(EnvelopeTest, JsonHoldsAsMuchAsItsReaderAllows) {
  Envelope envelope = Sample(1);
  envelope.payload.resize(kEnvelopeBytesMax);
  const std::string text = EnvelopeToJson(envelope);
  EXPECT_FALSE(EnvelopeFromJson(text));
  EXPECT_TRUE(EnvelopeFromJson(text, 2 * kEnvelopeBytesMax));
}

}  // namespace
}  // namespace aval::crypto
