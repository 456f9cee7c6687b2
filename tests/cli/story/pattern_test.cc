#include "cli/story/pattern.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aval::cli::story {
namespace {

class PatternTest : public testing::Test {
 protected:
  PatternTest() {
    cast_.Add("Ana", Role::kPerson);
    cast_.Add("Ana Lima", Role::kPerson);
    cast_.Add("Casa Flora", Role::kSupplier);
    cast_.Add("Bank A", Role::kInstitution);
    cast_.Add("Bank B", Role::kInstitution);
    cast_.Add("Supervisor", Role::kInstitution);
  }

  std::optional<Match> Fit(const char* pattern, const std::string& sentence) const {
    return Pattern(pattern).Fit(sentence, cast_);
  }

  Cast cast_;
};

TEST_F(PatternTest, SlotsTakeWhatIsOfTheirKind) {
  const auto match = Fit("{buyer:person} buys for {price:amount} from {shop:supplier}",
                         "Ana buys for 1,000.00 from Casa Flora");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->Text("buyer"), "Ana");
  EXPECT_EQ(match->Amount("price").minor, 100'000);
  EXPECT_EQ(match->Text("shop"), "Casa Flora");
}

TEST_F(PatternTest, NameOfAnotherRoleDoesNotFit) {
  EXPECT_FALSE(Fit("{buyer:person} leaves", "Casa Flora leaves"));
  EXPECT_TRUE(Fit("{who:party} leaves", "Casa Flora leaves"));
  EXPECT_FALSE(Fit("{who:party} leaves", "Otto leaves"));
}

TEST_F(PatternTest, LongerNameIsPreferred) {
  const auto match = Fit("{who:person} leaves", "Ana Lima leaves");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->Text("who"), "Ana Lima");
}

TEST_F(PatternTest, ArticleIsNoPartOfAName) {
  const auto match = Fit("{who:institution} decides", "The Supervisor decides");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->Text("who"), "Supervisor");
}

TEST_F(PatternTest, OptionalPartsMayBeLeftOut) {
  constexpr const char* kPattern = "{who:person} pays[ on {day:date}][, {early=early}]";
  EXPECT_FALSE(Fit(kPattern, "Ana pays")->Has("day"));
  EXPECT_TRUE(Fit(kPattern, "Ana pays on 3 March 2026")->Has("day"));
  EXPECT_TRUE(Fit(kPattern, "Ana pays, early")->Has("early"));
  EXPECT_TRUE(Fit(kPattern, "Ana pays on 3 March 2026, early")->Has("early"));
  EXPECT_FALSE(Fit(kPattern, "Ana pays early"));
}

TEST_F(PatternTest, ThingIsTheOnlyOneOrANumberOrSomebodys) {
  constexpr const char* kPattern = "{thing:loan|grant} ends";
  EXPECT_EQ(Fit(kPattern, "the loan ends")->Text("thing"), "the loan");
  EXPECT_EQ(Fit(kPattern, "loan 2 ends")->Text("thing"), "loan 2");
  EXPECT_EQ(Fit(kPattern, "Ana's grant ends")->Text("thing"), "Ana's grant");
  EXPECT_FALSE(Fit(kPattern, "the loans ends"));
  EXPECT_FALSE(Fit(kPattern, "the bill ends"));
  EXPECT_FALSE(Fit(kPattern, "Otto's grant ends"));
}

TEST_F(PatternTest, SharesNameTheirLenders) {
  const auto match = Fit("funded {shares:shares}", "funded 30.5 % by Bank A and 69.5 % by Bank B");
  ASSERT_TRUE(match);
  const std::vector<NamedShare> shares = match->Shares("shares");
  ASSERT_EQ(shares.size(), 2U);
  EXPECT_EQ(shares[0].lender, "Bank A");
  EXPECT_EQ(shares[0].ppm, 305'000U);
  EXPECT_EQ(shares[1].lender, "Bank B");
}

TEST_F(PatternTest, NewNameIsCapitalisedWords) {
  EXPECT_EQ(Fit("{name:new} is a person", "Oficina do Bairro is a person"), std::nullopt);
  const auto match = Fit("{name:new} is a person", "Édouard Lima is a person");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->NewNames(), std::vector<std::string>{"Édouard Lima"});
}

TEST_F(PatternTest, StateIsCapitals) {
  EXPECT_EQ(Fit("it is {state:state}", "it is PART_PAID")->Text("state"), "PART_PAID");
  EXPECT_FALSE(Fit("it is {state:state}", "it is paid"));
}

TEST_F(PatternTest, StrangerIsNamed) {
  const Pattern pattern("{who:person} leaves {shop:supplier}");
  EXPECT_EQ(pattern.StrangerIn("Otto leaves Casa Flora", cast_), "Otto");
  EXPECT_EQ(pattern.StrangerIn("Ana leaves Bank A", cast_), "Bank A");
  EXPECT_EQ(pattern.StrangerIn("Otto loves Casa Flora", cast_), std::nullopt);
}

TEST_F(PatternTest, LikenessCountsCommonWordsInOrder) {
  const Pattern pays("{who:person} pays {sum:amount} on {loan:loan}");
  const Pattern ends("{who:person} closes {grant:grant}");
  const std::string sentence = "Ana payed 3.00 on the loan";
  EXPECT_GT(pays.Likeness(sentence), ends.Likeness(sentence));
  EXPECT_EQ(Pattern("a b c").Likeness("a b c"), 1000U);
  EXPECT_EQ(Pattern("a b").Likeness("x y"), 0U);
}

}  // namespace
}  // namespace aval::cli::story
