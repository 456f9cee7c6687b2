#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/policy.h"
#include "ledger/log/bundle.h"
#include "ledger/log/leaf.h"

namespace aval::ledger {
namespace {

namespace json = boost::json;

// What of the public known answers an auditor reads: bundle, proofs, policy, the state's tree. Keys
// and signatures are in tests/crypto.
class FormatsKatTest : public testing::Test {
 protected:
  FormatsKatTest() {
    std::ifstream in(AVAL_TEST_DATA "/golden/formats_kat.json");
    std::stringstream text;
    text << in.rdbuf();
    kat_ = json::parse(text.str());
    for (const json::value& leaf : kat_.at("leaf_hashes").as_array()) {
      leaves_.push_back(DigestOf(leaf));
    }
  }

  static std::string Text(const json::value& value) { return json::value_to<std::string>(value); }
  static crypto::Digest DigestOf(const json::value& hex) {
    const Bytes raw = *FromHex(Text(hex));
    ByteReader in(raw);
    return {.bytes = in.Array<32>()};
  }
  static std::vector<crypto::Digest> DigestsOf(const json::value& list) {
    std::vector<crypto::Digest> digests;
    for (const json::value& hex : list.as_array()) digests.push_back(DigestOf(hex));
    return digests;
  }

  json::value kat_;
  std::vector<crypto::Digest> leaves_;
};

// Complete subtrees of a few leaves.
class SmallTree final : public crypto::HashReader {
 public:
  explicit SmallTree(const std::vector<crypto::Digest>& leaves) : leaves_(leaves) {}
  Result<crypto::Digest> Read(unsigned level, std::uint64_t index) const override {
    if (level == 0) return leaves_.at(index);
    AVAL_TRY(const crypto::Digest left, Read(level - 1, 2 * index));
    AVAL_TRY(const crypto::Digest right, Read(level - 1, 2 * index + 1));
    return crypto::NodeHash(left, right);
  }

 private:
  const std::vector<crypto::Digest>& leaves_;
};

// The three entries differ in index and time only; all are of kind 1, as no real ledger begins.
std::vector<Bytes> Entries(const std::string& last_hex) {
  constexpr std::uint64_t kTime = 1'767'225'600'000;
  std::vector<Bytes> entries(3, *FromHex(last_hex));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    ByteWriter place;
    place.U64(i);
    place.U64(kTime + i);
    std::copy(place.bytes().begin(), place.bytes().end(), entries[i].begin() + 8);
  }
  return entries;
}

TEST_F(FormatsKatTest, TheEntriesHaveTheKnownHashesAndBundle) {
  Bytes bundle;
  const std::vector<Bytes> entries = Entries(Text(kat_.at("entry2_hex")));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(crypto::LeafHash(entries[i]), leaves_[i]) << i;
    AppendEntry(bundle, entries[i]);
  }
  EXPECT_EQ(crypto::Sha256(bundle).Hex(), Text(kat_.at("bundle_hex_sha256")));
  const auto items = AllEntries(bundle, 3);
  ASSERT_TRUE(items);
  EXPECT_EQ(CopyBytes((*items)[2]), entries[2]);
}

TEST_F(FormatsKatTest, ProofsAreMadeAndVerifiedAsKnown) {
  const SmallTree tree(leaves_);
  const crypto::Digest root = DigestOf(kat_.at("root_hex"));
  const auto inclusion = DigestsOf(kat_.at("inclusion_2_of_3"));
  EXPECT_EQ(*crypto::InclusionProof(tree, 2, 3), inclusion);
  EXPECT_TRUE(crypto::VerifyInclusion(leaves_[2], 2, 3, inclusion, root));
  const auto from_one = DigestsOf(kat_.at("consistency_1_3"));
  EXPECT_EQ(*crypto::ConsistencyProof(tree, 1, 3), from_one);
  EXPECT_TRUE(crypto::VerifyConsistency(1, DigestOf(kat_.at("root1_hex")), 3, root, from_one));
  const auto from_two = DigestsOf(kat_.at("consistency_2_3"));
  EXPECT_EQ(*crypto::ConsistencyProof(tree, 2, 3), from_two);
  EXPECT_TRUE(crypto::VerifyConsistency(2, DigestOf(kat_.at("root2_hex")), 3, root, from_two));
}

TEST_F(FormatsKatTest, TheCosignersMessageIsWhatItsKeySigned) {
  const crypto::Note note = *crypto::Note::Parse(Text(kat_.at("checkpoint")));
  const crypto::Vkey key = *crypto::Vkey::Parse(Text(kat_.at("cosigner_vkey")));
  const std::string message = Text(kat_.at("cosigned_message"));
  EXPECT_EQ(message, "cosignature/v1\ntime " +
                         std::to_string(kat_.at("cosign_time").to_number<std::uint64_t>()) + "\n" +
                         note.text);
  const ByteView signature = ByteView(note.signatures[1].signature).subspan(8);
  EXPECT_TRUE(crypto::Verify(key.key, AsBytes(message), signature));
}

TEST_F(FormatsKatTest, TheCheckpointSatisfiesTheKnownPolicy) {
  const Result<crypto::Policy> policy = crypto::Policy::Parse(Text(kat_.at("policy")));
  ASSERT_TRUE(policy) << policy.error().message;
  const crypto::Note note = *crypto::Note::Parse(Text(kat_.at("checkpoint")));
  const auto signers = crypto::VerifyNote(note, policy->keys());
  ASSERT_TRUE(signers) << signers.error().message;
  EXPECT_TRUE(policy->Evaluate(*signers).satisfied());
  EXPECT_FALSE(policy->Evaluate(std::span(*signers).first(1)).satisfied());
}

// formats.md section 4 with 2^4 buckets: k0 to k19, each with v and its number.
TEST_F(FormatsKatTest, TheStateTreeAndItsSealAreTheKnownOnes) {
  constexpr std::uint64_t kKeys = 20;
  constexpr std::uint8_t kBits = 4;
  ASSERT_EQ(kat_.at("state").at("log2_buckets").to_number<int>(), kBits);
  std::array<std::map<crypto::Digest, crypto::Digest>, 1U << kBits> buckets;
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    const crypto::Digest key = crypto::Sha256(AsBytes("k" + std::to_string(i)));
    buckets.at(key.bytes[0] >> (8U - kBits))[key] =
        crypto::Sha256(AsBytes("v" + std::to_string(i)));
  }
  crypto::Frontier tree;
  for (const auto& bucket : buckets) {
    ByteWriter leaf;
    for (const auto& [key, value] : bucket) {
      leaf.Raw(key);
      leaf.Raw(value);
    }
    tree.Append(crypto::LeafHash(leaf.bytes()));
  }
  EXPECT_EQ(tree.Root(), DigestOf(kat_.at("state").at("root_hex")));

  ByteWriter seal;
  seal.Raw(AsBytes("SEAL"));
  seal.U8(1);
  seal.U8(kBits);
  seal.U16(0);
  seal.U64(3);  // As of the tree of three leaves.
  seal.Raw(tree.Root());
  seal.U64(kKeys);
  const LeafHeader header{.kind = LeafKind::kSeal,
                          .outcome = 0,
                          .index = 3,
                          .time_ms = 1'767'225'600'003,
                          .effects = {}};
  const Bytes entry = EncodeLeaf(header, seal.bytes());
  EXPECT_EQ(ToHex(entry),
            "41564c3103000000"
            "0000000000000003"
            "0000019b76daa803"
            "0000000000000000000000000000000000000000000000000000000000000000"
            "00000038"
            "5345414c01040000"
            "0000000000000003"
            "24bccb0ae0d22be75ce0cf955b3df9a4004b4767025c8fd05ca7c5e20a1e2738"
            "0000000000000014");
}

}  // namespace
}  // namespace aval::ledger
