#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "crypto/merkle.h"
#include "ledger/effects.h"
#include "ledger/log/leaf.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/sample_acts.h"
#include "tests/ledger/test_ledger.h"

namespace aval::ledger {
namespace {

// The known answers of docs/formats/state.md: a short ledger, all of whose bytes follow from names.
// Leaf 0 changes with acts.proto, whose digest it holds; the others only with the format.

std::string ReadText(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct NamedLeaf {
  const char* name;
  std::size_t index;
  LeafKind kind;
};
constexpr NamedLeaf kLeaves[] = {{"genesis", 0, LeafKind::kGenesis},
                                 {"policy", 1, LeafKind::kPolicy},
                                 {"accepted", 9, LeafKind::kAct},
                                 {"refused", 10, LeafKind::kAct},
                                 {"system", 12, LeafKind::kSystem}};

// Participant 1 with evidence of one day takes up a grant (leaf 9), asks for another that is not
// there (leaf 10), and the next day ends the evidence (leaf 12).
class StateKatTest : public testing::Test {
 protected:
  StateKatTest() {
    const SampleGrant grant{
        .id = 200, .borrower = TestParticipant(1), .evidence = 100, .expiry = kFirstDay.Plus(50)};
    ledger_.Accept({RegisterAct(1)});
    ledger_.Accept(EvidenceActs(1, 100, kFirstDay));
    ledger_.Accept({ProposeAct(grant), DecideAct(grant, kPlatform), DecideAct(grant, kBankA),
                    ActivateAct(grant)});
    SampleGrant unknown = grant;
    unknown.id = 201;
    ledger_.Apply(ActivateAct(unknown));
    ledger_.NextDay();
    ledger_.Sweep();
  }

  // The file as this program would write it.
  std::string Actual() const {
    std::string text = "{\n";
    for (const NamedLeaf& named : kLeaves) {
      const Leaf& leaf = ledger_.leaves()[named.index];
      text += " \"" + std::string(named.name) + "\": {\n";
      text += "  \"entry_hex\": \"" + ToHex(leaf.entry) + "\",\n";
      text += "  \"leaf_hash_hex\": \"" + crypto::LeafHash(leaf.entry).Hex() + "\",\n";
      text += "  \"effects_hex\": \"" + ToHex(leaf.effects) + "\",\n";
      text += "  \"effects_hash_hex\": \"" + leaf.header.effects.Hex() + "\"\n },\n";
    }
    return text + " \"state_hash_hex\": \"" + ledger_.hash().Hex() + "\"\n}\n";
  }

  TestLedger ledger_;
};

TEST_F(StateKatTest, TheLeavesAreOfTheirKinds) {
  ASSERT_EQ(ledger_.leaves().size(), 13U);
  for (const NamedLeaf& named : kLeaves) {
    EXPECT_EQ(ledger_.leaves()[named.index].header.kind, named.kind) << named.name;
  }
  EXPECT_EQ(ledger_.leaves()[9].header.outcome, 0U);
  EXPECT_EQ(ledger_.leaves()[10].header.outcome, static_cast<std::uint16_t>(Verdict::kUnknown));
  EXPECT_EQ(DecodeEffects(ledger_.leaves()[9].effects)->journal.size(), 2U);
  EXPECT_FALSE(DecodeEffects(ledger_.leaves()[12].effects)->writes.empty());
}

TEST_F(StateKatTest, EveryByteIsTheKnownOne) {
  const std::string known = ReadText(AVAL_TEST_DATA "/golden/state_kat.json");
  const std::string actual = Actual();
  if (actual == known) return;
  const std::string path = testing::TempDir() + "state_kat.json";
  std::ofstream(path) << actual;
  FAIL() << "Known answers differ; what this program gives is in " << path;
}

TEST_F(StateKatTest, ThePageShowsTheKnownHashes) {
  const std::string page = ReadText(AVAL_TEST_DATA "/../../docs/formats/state.md");
  const boost::json::value known =
      boost::json::parse(ReadText(AVAL_TEST_DATA "/golden/state_kat.json"));
  const auto shows = [&page](const boost::json::value& hash) {
    EXPECT_NE(page.find(hash.as_string().c_str()), std::string::npos) << hash;
  };
  for (const NamedLeaf& named : kLeaves) {
    if (named.kind != LeafKind::kGenesis) shows(known.at(named.name).at("leaf_hash_hex"));
    shows(known.at(named.name).at("effects_hash_hex"));
  }
  shows(known.at("state_hash_hex"));
}

}  // namespace
}  // namespace aval::ledger
