#include "crypto/merkle.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <vector>

namespace aval::crypto {
namespace {

// The definition, RFC 6962 section 2.1.
Digest NaiveRoot(const std::vector<Digest>& leaves, std::size_t begin, std::size_t end) {
  if (end == begin) return EmptyRoot();
  if (end - begin == 1) return leaves[begin];
  const std::size_t middle = begin + std::bit_floor(end - begin - 1);
  return NodeHash(NaiveRoot(leaves, begin, middle), NaiveRoot(leaves, middle, end));
}

class Tree final : public HashReader {
 public:
  explicit Tree(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      const std::vector<std::uint8_t> entry{static_cast<std::uint8_t>(i >> 8U),
                                            static_cast<std::uint8_t>(i)};
      leaves_.push_back(LeafHash(entry));
    }
  }
  Result<Digest> Read(unsigned level, std::uint64_t index) const override {
    const std::size_t begin = index << level;
    const std::size_t end = (index + 1) << level;
    if (end > leaves_.size()) return Error{.code = Code::kNotFound, .message = "incomplete"};
    return NaiveRoot(leaves_, begin, end);
  }
  const std::vector<Digest>& leaves() const { return leaves_; }
  Digest Root(std::size_t size) const { return NaiveRoot(leaves_, 0, size); }

 private:
  std::vector<Digest> leaves_;
};

TEST(FrontierTest, HasTheDefinedRootAtEverySizeAndSurvivesEncoding) {
  const Tree tree(70);
  Frontier frontier;
  for (std::size_t size = 1; size <= 70; ++size) {
    frontier.Append(tree.leaves()[size - 1]);
    EXPECT_EQ(frontier.Root(), tree.Root(size));
    const auto decoded = Frontier::Decode(frontier.Encode());
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, frontier);
  }
  Bytes cut = frontier.Encode();
  cut.pop_back();
  EXPECT_FALSE(Frontier::Decode(cut));
}

TEST(MerkleTest, EveryInclusionProofVerifiesAndNoNeighboursDoes) {
  const Tree tree(33);
  for (std::uint64_t size = 1; size <= 33; ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = InclusionProof(tree, index, size);
      ASSERT_TRUE(proof);
      const Digest root = tree.Root(size);
      EXPECT_TRUE(VerifyInclusion(tree.leaves()[index], index, size, *proof, root));
      EXPECT_FALSE(VerifyInclusion(tree.leaves()[(index + 1) % 33], index, size, *proof, root));
      EXPECT_FALSE(VerifyInclusion(tree.leaves()[index], size, size, *proof, root));
    }
  }
}

TEST(MerkleTest, EveryConsistencyProofVerifiesAndHoldsForNoOtherRoot) {
  const Tree tree(33);
  for (std::uint64_t size = 1; size <= 33; ++size) {
    for (std::uint64_t old = 0; old <= size; ++old) {
      const auto proof = ConsistencyProof(tree, old, size);
      ASSERT_TRUE(proof);
      EXPECT_TRUE(VerifyConsistency(old, tree.Root(old), size, tree.Root(size), *proof))
          << old << " of " << size;
      if (old == 0) continue;
      EXPECT_FALSE(VerifyConsistency(old, EmptyRoot(), size, tree.Root(size), *proof));
      EXPECT_FALSE(VerifyConsistency(old, tree.Root(old), size, EmptyRoot(), *proof));
    }
  }
}

RC_GTEST_PROP(MerkleTest, ADamagedProofIsRefused, ()) {
  const Tree tree(50);
  const auto size = *rc::gen::inRange<std::uint64_t>(2, 51);
  const auto index = *rc::gen::inRange<std::uint64_t>(0, size);
  auto proof = *InclusionProof(tree, index, size);
  RC_PRE(!proof.empty());
  const auto step = *rc::gen::inRange<std::size_t>(0, proof.size());
  const auto byte = *rc::gen::inRange<std::size_t>(0, 32);
  proof[step].bytes[byte] ^= static_cast<std::uint8_t>(1U << *rc::gen::inRange(0U, 8U));
  RC_ASSERT(!VerifyInclusion(tree.leaves()[index], index, size, proof, tree.Root(size)));
}

}  // namespace
}  // namespace aval::crypto
