#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "crypto/ed25519.h"
#include "crypto/envelope.h"
#include "crypto/merkle.h"
#include "crypto/note.h"

namespace aval::crypto {
namespace {

namespace json = boost::json;

json::value ReadGolden(const std::string& name) {
  std::ifstream in(std::string(AVAL_TEST_DATA) + "/golden/" + name);
  std::stringstream text;
  text << in.rdbuf();
  return json::parse(text.str());
}

std::string Text(const json::value& value) { return json::value_to<std::string>(value); }
Bytes Hex(const json::value& value) { return *FromHex(Text(value)); }

SecretKey KeyOf(const json::value& seed) {
  std::array<std::uint8_t, 32> raw{};
  const Bytes bytes = Hex(seed);
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return SecretKey::FromSeed(raw);
}

class KnownAnswersTest : public testing::Test {
 protected:
  const json::value kat_ = ReadGolden("formats_kat.json");
  const SecretKey log_ = KeyOf(kat_.at("seeds").at("log"));
  const SecretKey cosigner_ = KeyOf(kat_.at("seeds").at("cosigner"));
  const SecretKey user_ = KeyOf(kat_.at("seeds").at("user"));
  const Vkey log_vkey_ = *Vkey::Parse(Text(kat_.at("log_vkey")));
  const Vkey cosigner_vkey_ = *Vkey::Parse(Text(kat_.at("cosigner_vkey")));
};

TEST_F(KnownAnswersTest, KeysHaveTheirPublishedNames) {
  EXPECT_EQ(log_vkey_.key, log_.public_key());
  EXPECT_EQ(log_vkey_.Text(), Text(kat_.at("log_vkey")));
  EXPECT_EQ(cosigner_vkey_.key, cosigner_.public_key());
  EXPECT_EQ(cosigner_vkey_.Text(), Text(kat_.at("cosigner_vkey")));
  EXPECT_EQ(KeyIdOf(user_.public_key()).Hex(), Text(kat_.at("user_keyid")));
}

TEST_F(KnownAnswersTest, AnEnvelopeIsSignedAndWrittenToTheByte) {
  Envelope envelope{.payload = CopyBytes(AsBytes("hello world")),
                    .payload_type = std::string(kActType),
                    .signatures = {}};
  EXPECT_EQ(ToHex(Pae(envelope.payload_type, envelope.payload)), Text(kat_.at("pae_hex")));
  SignEnvelope(envelope, user_);
  EXPECT_EQ(ToBase64(envelope.signatures[0].signature), Text(kat_.at("dsse_sig_b64")));
  EXPECT_EQ(ToHex(EncodeEnvelope(envelope)), Text(kat_.at("envelope_hex")));
}

TEST_F(KnownAnswersTest, TheTreeOfThreeLeavesHasTheKnownRootsAndProofs) {
  EXPECT_EQ(EmptyRoot().Hex(), Text(kat_.at("empty_root_hex")));
  EXPECT_EQ(LeafHash(Hex(kat_.at("entry2_hex"))).Hex(), Text(kat_.at("leaf_hashes").at(2)));
  Frontier frontier;
  std::vector<std::string> roots;
  for (const json::value& leaf : kat_.at("leaf_hashes").as_array()) {
    Digest hash;
    const Bytes raw = Hex(leaf);
    std::copy(raw.begin(), raw.end(), hash.bytes.begin());
    frontier.Append(hash);
    roots.push_back(frontier.Root().Hex());
  }
  EXPECT_EQ(roots[0], Text(kat_.at("root1_hex")));
  EXPECT_EQ(roots[1], Text(kat_.at("root2_hex")));
  EXPECT_EQ(roots[2], Text(kat_.at("root_hex")));
}

TEST_F(KnownAnswersTest, TheCheckpointIsSignedAndCosignedToTheByte) {
  Checkpoint checkpoint{.origin = "ledger.aval.example/kat", .size = 3, .root = {}};
  const Bytes root = Hex(kat_.at("root_hex"));
  std::copy(root.begin(), root.end(), checkpoint.root.bytes.begin());
  Note note{.text = checkpoint.Text(), .signatures = {}};
  const auto time = kat_.at("cosign_time").to_number<std::uint64_t>();
  note.signatures.push_back(SignNote(note.text, checkpoint.origin, log_));
  note.signatures.push_back(CosignNote(note.text, "bank-a.example/aval/n1", cosigner_, time));
  EXPECT_EQ(note.Format(), Text(kat_.at("checkpoint")));

  const auto signers =
      VerifyNote(*Note::Parse(note.Format()), std::vector<Vkey>{log_vkey_, cosigner_vkey_});
  ASSERT_TRUE(signers) << signers.error().message;
  ASSERT_EQ(signers->size(), 2U);
  EXPECT_EQ((*signers)[1].unix_seconds, time);
}

// formats.md 1.14, item 8: where OpenSSL, Go and noble disagree, the strict rule decides.
TEST(Ed25519Test, DecidesEveryEdgeCaseAsTheStrictRuleDoes) {
  const json::value edges = ReadGolden("ed25519_edge.json");
  for (const json::value& edge : edges.as_array()) {
    const auto key = PublicKeyFromBytes(Hex(edge.at("pub")));
    ASSERT_TRUE(key);
    const bool accepted = Verify(*key, Hex(edge.at("msg")), Hex(edge.at("sig")));
    EXPECT_EQ(accepted, Text(edge.at("expect")) == "accept") << Text(edge.at("name"));
  }
}

}  // namespace
}  // namespace aval::crypto
