#include "ledger/genesis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "crypto/policy.h"
#include "ledger/wire.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {
namespace {

using Message = genesis::v1::Genesis;
using testing::HasSubstr;

crypto::Envelope EnvelopeOf(const Message& message) {
  return *crypto::ParseEnvelope(SignGenesis(message));
}

std::string ErrorOf(const Result<Genesis>& genesis) {
  return genesis ? "" : genesis.error().message;
}

// A change to a good genesis, signed again, and what is said of it.
struct Case {
  std::function<void(Message&)> spoil;
  const char* error;
};

// Signed by the three founders, whatever the message says of them.
Bytes SignByThree(const Message& message) {
  crypto::Envelope envelope{.payload = CopyBytes(AsBytes(message.SerializeAsString())),
                            .payload_type = std::string(crypto::kGenesisType),
                            .signatures = {}};
  for (const PartyId& founder : {kPlatform, kBankA, kBankB}) {
    crypto::SignEnvelope(envelope, KeyOf({founder, Department::kLegal}));
  }
  return crypto::EncodeEnvelope(envelope);
}

void ExpectRefusals(const std::vector<Case>& cases) {
  for (const Case& wrong : cases) {
    Message message = TestGenesisMessage();
    message.set_cosigner_policy(TestDigest("policy"));
    wrong.spoil(message);
    const Result<Genesis> genesis = Genesis::Load(SignByThree(message), "");
    ASSERT_FALSE(genesis) << wrong.error;
    EXPECT_EQ(genesis.error().code, Code::kInvalidArgument);
    EXPECT_EQ(genesis.error().message, std::string("genesis: field ") + wrong.error);
  }
}

std::string OtherKey() { return std::string(AsText(TestKey("other").public_key().bytes)); }

TEST(GenesisTest, AGenesisSignedByAllFoundersLoads) {
  const Message message = TestGenesisMessage();
  const Result<Genesis> genesis = Genesis::Load(SignGenesis(message), CosignerPolicyText(message));
  ASSERT_TRUE(genesis) << genesis.error().message;
  EXPECT_EQ(genesis->origin(), kTestOrigin);
  EXPECT_EQ(genesis->envelope(), SignGenesis(message));
  EXPECT_EQ(genesis->cosigner_policy(), CosignerPolicyText(message));
  EXPECT_EQ(genesis->message().institutions_size(), 3);
}

TEST(GenesisTest, NodesAreFoundByNumberWithTheirInstitutions) {
  const Genesis genesis = TestGenesis();
  ASSERT_EQ(genesis.nodes().size(), 3U);
  const Genesis::NodeEntry* node = genesis.FindNode(2);
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->institution, kBankA);
  EXPECT_EQ(node->institution_name, "bank-a.example");
  EXPECT_EQ(node->tls_key, NodeKey(2, "tls").public_key());
  EXPECT_EQ(node->log_key.name, kTestOrigin);
  EXPECT_EQ(node->log_key.key, NodeKey(2, "log").public_key());
  EXPECT_EQ(node->cosigner_key.name, "bank-a.example/n1");
  EXPECT_EQ(node->cosigner_key.key, NodeKey(2, "cosigner").public_key());
  EXPECT_EQ(node->address, "127.0.0.1:7002");
  EXPECT_EQ(genesis.FindNode(4), nullptr);
}

TEST(GenesisTest, TheCosignersPolicyAsksForAMajorityOfInstitutions) {
  const Result<crypto::Policy> policy =
      crypto::Policy::Parse(CosignerPolicyText(TestGenesisMessage()));
  ASSERT_TRUE(policy) << policy.error().message;
  const crypto::Policy::Standing standing = policy->Evaluate({});
  EXPECT_EQ(standing.needed, 2U);
  EXPECT_EQ(standing.members, 3U);
}

TEST(GenesisTest, TheEnvelopeIsChecked) {
  EXPECT_EQ(ErrorOf(Genesis::Load({}, "")),
            "genesis: envelope: expected field payload at offset 0");
  crypto::Envelope act = EnvelopeOf(TestGenesisMessage());
  act.payload_type = std::string(crypto::kActType);
  EXPECT_THAT(ErrorOf(Genesis::Load(crypto::EncodeEnvelope(act), "")),
              HasSubstr("payloadType is not"));
  crypto::Envelope unknown = EnvelopeOf(TestGenesisMessage());
  unknown.payload.insert(unknown.payload.end(), {0x78, 0x01});
  EXPECT_THAT(ErrorOf(Genesis::Load(crypto::EncodeEnvelope(unknown), "")),
              HasSubstr("unknown field 15"));
}

TEST(GenesisTest, EveryFounderSignsAndNobodyElse) {
  const Message message = TestGenesisMessage();
  const std::string policy = CosignerPolicyText(message);
  crypto::Envelope missing = EnvelopeOf(message);
  missing.signatures.pop_back();
  EXPECT_EQ(ErrorOf(Genesis::Load(crypto::EncodeEnvelope(missing), policy)),
            "genesis: not signed by bank-b.example");

  crypto::Envelope stranger = EnvelopeOf(message);
  crypto::SignEnvelope(stranger, KeyOf({kBankA, Department::kOps}));
  EXPECT_THAT(ErrorOf(Genesis::Load(crypto::EncodeEnvelope(stranger), policy)),
              testing::EndsWith("is no founder's LEGAL key"));

  crypto::Envelope forged = EnvelopeOf(message);
  forged.signatures[1].signature[5] ^= 1U;
  EXPECT_EQ(ErrorOf(Genesis::Load(crypto::EncodeEnvelope(forged), policy)),
            "genesis: the signature of bank-a.example does not verify");
}

TEST(GenesisTest, TheOriginIsADomainPathThatBeginsLikeNoOtherSignedText) {
  ExpectRefusals({
      {[](Message& m) { m.clear_origin(); },
       "origin: is not a domain, or a path below one, of at most 128 of a-z 0-9 . - /"},
      {[](Message& m) { m.set_origin("nodomain/1"); },
       "origin: is not a domain, or a path below one, of at most 128 of a-z 0-9 . - /"},
      {[](Message& m) { m.set_origin("two words.example"); },
       "origin: is not a domain, or a path below one, of at most 128 of a-z 0-9 . - /"},
      {[](Message& m) { m.set_origin("a." + std::string(127, 'a')); },
       "origin: is not a domain, or a path below one, of at most 128 of a-z 0-9 . - /"},
      {[](Message& m) { m.set_origin("DSSEv1.example"); },
       "origin: begins like another signed text, DSSEv1"},
      {[](Message& m) { m.set_origin("cosignature/v1.example"); },
       "origin: begins like another signed text, cosignature/v1"},
      {[](Message& m) { m.set_origin("subtree/v1.example"); },
       "origin: begins like another signed text, subtree/v1"},
      {[](Message& m) { m.set_origin("aval-block/v1.example"); },
       "origin: begins like another signed text, aval-block/v1"},
      {[](Message& m) { m.set_origin("aval-key/v1.example"); },
       "origin: begins like another signed text, aval-key/v1"},
  });
}

TEST(GenesisTest, DigestsTimeAndCalendarAreChecked) {
  ExpectRefusals({
      {[](Message& m) { m.set_schema(TestDigest("other")); },
       "schema: is not the acts.proto that this program was built with"},
      {[](Message& m) { m.set_predecessor("x"); }, "predecessor: 1 bytes instead of 32"},
      {[](Message& m) { m.set_cosigner_policy("x"); }, "cosigner_policy: 1 bytes instead of 32"},
      {[](Message& m) { m.set_time_ms(-1); }, "time_ms: -1 is not from 0 to 253402300799999"},
      {[](Message& m) { m.clear_first_day(); },
       "first_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {[](Message& m) { m.clear_calendar(); }, "calendar: is not given"},
      {[](Message& m) { m.set_utc_offset_minutes(841); },
       "utc_offset_minutes: 841 is not from -720 to 840"},
      {[](Message& m) { m.set_rule_version(2); },
       "rule_version: a ledger begins with rule version 1"},
  });
}

TEST(GenesisTest, InstitutionsAreChecked) {
  ExpectRefusals({
      {[](Message& m) { m.clear_institutions(); }, "institutions: 0 of them instead of 1 to 16"},
      {[](Message& m) { m.mutable_institutions(0)->clear_number(); },
       "institutions[0].number: not ascending from 1"},
      {[](Message& m) { m.mutable_institutions(1)->set_number(1); },
       "institutions[1].number: not ascending from 1"},
      {[](Message& m) { m.mutable_institutions(1)->clear_kind(); },
       "institutions[1].kind: is not given"},
      {[](Message& m) { m.mutable_institutions(0)->set_kind(genesis::v1::BANK); },
       "institutions: none is a PLATFORM"},
      {[](Message& m) { m.mutable_institutions(1)->set_name("Bank A"); },
       "institutions[1].name: is not a domain, or a path below one, of at most 128 of a-z 0-9 . "
       "- /"},
      {[](Message& m) { m.mutable_institutions(1)->set_name("platform.example"); },
       "institutions[1].name: stands twice"},
  });
}

TEST(GenesisTest, KeysAreChecked) {
  ExpectRefusals({
      {[](Message& m) { m.mutable_institutions(1)->mutable_keys()->DeleteSubrange(4, 1); },
       "institutions[1].keys: no LEGAL key"},
      {[](Message& m) { m.mutable_institutions(1)->mutable_keys()->DeleteSubrange(0, 1); },
       "institutions[1].keys: no OPS key"},
      {[](Message& m) {
         m.mutable_institutions(1)->mutable_keys(0)->set_department(act::v1::DEPARTMENT_NONE);
       },
       "institutions[1].keys[0].department: not ascending"},
      {[](Message& m) { m.mutable_institutions(1)->mutable_keys(1)->set_department(act::v1::OPS); },
       "institutions[1].keys[1].department: not ascending"},
      {[](Message& m) { m.mutable_institutions(1)->mutable_keys(1)->clear_key(); },
       "institutions[1].keys[1].key.ed25519: 0 bytes instead of 32"},
      {[](Message& m) {
         m.mutable_institutions(1)->mutable_keys(1)->mutable_key()->set_ed25519(
             std::string(32, '\0'));
       },
       "institutions[1].keys[1].key: is not a public key"},
      {[](Message& m) {
         *m.mutable_institutions(1)->mutable_keys(1)->mutable_key() =
             m.institutions(0).keys(0).key();
       },
       "institutions[1].keys[1].key: stands twice"},
      {[](Message& m) { *m.mutable_nodes(1)->mutable_tls_key() = m.nodes(1).log_key(); },
       "nodes[1].log_key: stands twice"},
      {[](Message& m) { *m.mutable_nodes(1)->mutable_log_key() = m.nodes(0).log_key(); },
       "nodes[1].log_key: stands twice"},
      {[](Message& m) { m.mutable_nodes(1)->clear_cosigner_key(); },
       "nodes[1].cosigner_key.ed25519: 0 bytes instead of 32"},
  });
}

TEST(GenesisTest, NodesAreChecked) {
  const char* const kCosignerName =
      "nodes[1].cosigner_name: is not \"bank-a.example/\" and a word of a-z 0-9 -";
  ExpectRefusals({
      {[](Message& m) { m.clear_nodes(); }, "nodes: 0 of them instead of 1 to 15"},
      {[](Message& m) { m.mutable_nodes(2)->set_number(2); },
       "nodes[2].number: not ascending from 1"},
      {[](Message& m) { m.mutable_nodes(1)->set_institution(9); },
       "nodes[1].institution: is none of the institutions"},
      {[](Message& m) { m.mutable_nodes(1)->set_cosigner_name("bank-b.example/n2"); },
       kCosignerName},
      {[](Message& m) { m.mutable_nodes(1)->set_cosigner_name("bank-a.example/"); }, kCosignerName},
      {[](Message& m) { m.mutable_nodes(1)->set_cosigner_name("bank-a.example/a/b"); },
       kCosignerName},
      {[](Message& m) { m.mutable_nodes(1)->set_address("127.0.0.1"); },
       "nodes[1].address: is not host:port"},
      {[](Message& m) { m.mutable_nodes(1)->set_address("127.0.0.1:0"); },
       "nodes[1].address: is not host:port"},
      {[](Message& m) { m.mutable_nodes(1)->set_address("127.0.0.1:65536"); },
       "nodes[1].address: is not host:port"},
      {[](Message& m) { m.mutable_nodes(1)->set_address(":7002"); },
       "nodes[1].address: is not host:port"},
      {[](Message& m) { m.mutable_nodes(1)->set_address("127.0.0.1:7001"); },
       "nodes[1].address: stands twice"},
  });
}

// Gives bank A the platform's node, too.
void GiveBankATwoNodes(Message& message) {
  message.mutable_nodes(0)->set_institution(2);
  message.mutable_nodes(0)->set_cosigner_name("bank-a.example/n2");
}

TEST(GenesisTest, NoInstitutionHoldsAMajorityUnlessGenesisSaysSo) {
  ExpectRefusals({{GiveBankATwoNodes,
                   "nodes: institution 2 holds a majority, and majority_of_one does not say so"}});
  Message message = TestGenesisMessage();
  GiveBankATwoNodes(message);
  message.set_majority_of_one(true);
  const Result<Genesis> genesis = Genesis::Load(SignGenesis(message), CosignerPolicyText(message));
  EXPECT_TRUE(genesis) << genesis.error().message;
}

TEST(GenesisTest, PolicyVersionsAreChecked) {
  const auto second = [](Message& m, std::uint32_t version, Day effective) {
    *m.add_policies() = m.policies(0);
    m.mutable_policies(1)->set_version(version);
    m.mutable_policies(1)->set_effective_day(ToWire(effective));
  };
  Message good = TestGenesisMessage();
  second(good, 2, kFirstDay.Plus(9));
  EXPECT_TRUE(Genesis::Load(SignGenesis(good), CosignerPolicyText(good)));
  ExpectRefusals({
      {[](Message& m) { m.clear_policies(); }, "policies: 0 of them instead of 1 to 64"},
      {[](Message& m) { m.mutable_policies(0)->set_effective_day(ToWire(kFirstDay) + 1); },
       "policies[0].effective_day: is after the first day"},
      {[](Message& m) { m.mutable_policies(0)->clear_effective_day(); },
       "policies[0].effective_day: 0 is no day from 1970-01-02 to 9999-12-31"},
      {[](Message& m) { m.mutable_policies(0)->clear_version(); },
       "policies[0].version: not ascending from 1"},
      {[&](Message& m) { second(m, 1, kFirstDay.Plus(1)); },
       "policies[1].version: not ascending from 1"},
      {[&](Message& m) { second(m, 2, kFirstDay.Plus(-1)); }, "policies[1].effective_day: falls"},
  });
}

TEST(GenesisTest, PolicyNumbersAreChecked) {
  const auto policy = [](auto set) { return [set](Message& m) { set(*m.mutable_policies(0)); }; };
  using P = genesis::v1::Policy;
  ExpectRefusals({
      {policy([](P& p) { p.set_max_instalments(61); }),
       "policies[0].max_instalments: 61 is not from 1 to 60"},
      {policy([](P& p) { p.clear_min_instalment(); }),
       "policies[0].min_instalment: 0 is not from 1 to 10000000000000"},
      {policy([](P& p) { p.set_max_purchase(10'000'000'000'001); }),
       "policies[0].max_purchase: 10000000000001 is not from 1 to 10000000000000"},
      {policy([](P& p) { p.set_max_limit_person(-1); }),
       "policies[0].max_limit_person: -1 is not from 0 to 10000000000000"},
      {policy([](P& p) { p.set_max_limit_sme(-1); }),
       "policies[0].max_limit_sme: -1 is not from 0 to 10000000000000"},
      {policy([](P& p) { p.set_partner_floor_ppm(1'000'001); }),
       "policies[0].partner_floor_ppm: 1000001 is not from 0 to 1000000"},
      {policy([](P& p) { p.set_single_partner_ppm(1'000'001); }),
       "policies[0].single_partner_ppm: 1000001 is not from 0 to 1000000"},
      {policy([](P& p) { p.set_joint_lending_ppm(1'000'001); }),
       "policies[0].joint_lending_ppm: 1000001 is not from 0 to 1000000"},
      {policy([](P& p) { p.set_cost_cap_irr_ppm(1'000'001); }),
       "policies[0].cost_cap_irr_ppm: 1000001 is not from 0 to 1000000"},
      {policy([](P& p) { p.set_authorisation_days(3661); }),
       "policies[0].authorisation_days: 3661 is not from 0 to 3660"},
      {policy([](P& p) { p.set_bill_lead_days(3661); }),
       "policies[0].bill_lead_days: 3661 is not from 0 to 3660"},
      {policy([](P& p) { p.set_grace_days(3661); }),
       "policies[0].grace_days: 3661 is not from 0 to 3660"},
      {policy([](P& p) { p.set_penalty_ppm_per_day(1'000'001); }),
       "policies[0].penalty_ppm_per_day: 1000001 is not from 0 to 1000000"},
      {policy([](P& p) { p.set_penalty_min_per_day(-1); }),
       "policies[0].penalty_min_per_day: -1 is not from 0 to 10000000000000"},
      {policy([](P& p) { p.set_switch_dpd(3661); }),
       "policies[0].switch_dpd: 3661 is not from 0 to 3660"},
      {policy([](P& p) { p.set_default_dpd(3661); }),
       "policies[0].default_dpd: 3661 is not from 0 to 3660"},
      {policy([](P& p) { p.set_capacity_max_age_days(3661); }),
       "policies[0].capacity_max_age_days: 3661 is not from 0 to 3660"},
      {policy([](P& p) { p.set_limit_factor_max_ppm(100'000'001); }),
       "policies[0].limit_factor_max_ppm: 100000001 is not from 0 to 100000000"},
      {policy([](P& p) { p.clear_limit_step(); }),
       "policies[0].limit_step: 0 is not from 1 to 10000000000000"},
      {policy([](P& p) { p.set_first_due_max_days(3661); }),
       "policies[0].first_due_max_days: 3661 is not from 0 to 3660"},
      {policy([](P& p) { p.set_grants_per_30_days(65); }),
       "policies[0].grants_per_30_days: 65 is not from 0 to 64"},
  });
}

TEST(GenesisTest, WhatAPolicySaysOfCoPayersIsChecked) {
  using C = genesis::v1::CopayPolicy;
  const auto copay = [](auto set) {
    return [set](Message& m) { set(*m.mutable_policies(0)->mutable_copay()); };
  };
  ExpectRefusals({
      {copay([](C& p) { p.clear_max_share_ppm(); }),
       "policies[0].copay.max_share_ppm: 0 is not from 1 to 1000000"},
      {copay([](C& p) { p.set_borrower_share_ppm(500'001); }),
       "policies[0].copay.borrower_share_ppm: 500001 is not from 0 to 500000"},
      {copay([](C& p) { p.clear_min(); }),
       "policies[0].copay.min: 0 is not from 1 to 10000000000000"},
      {copay([](C& p) { p.set_max_commitment(99); }),
       "policies[0].copay.max_commitment: 99 is not from 100 to 10000000000000"},
      {copay([](C& p) { p.set_max_instalments(61); }),
       "policies[0].copay.max_instalments: 61 is not from 1 to 60"},
      {copay([](C& p) { p.set_agreements(65); }),
       "policies[0].copay.agreements: 65 is not from 1 to 64"},
      {copay([](C& p) { p.clear_open_invitations(); }),
       "policies[0].copay.open_invitations: 0 is not from 1 to 64"},
      {copay([](C& p) { p.set_invitation_days(3661); }),
       "policies[0].copay.invitation_days: 3661 is not from 0 to 3660"},
      {copay([](C& p) { p.set_window_days(3661); }),
       "policies[0].copay.window_days: 3661 is not from 0 to 3660"},
      {copay([](C& p) { p.set_max_days(3661); }),
       "policies[0].copay.max_days: 3661 is not from 0 to 3660"},
      {copay([](C& p) { p.set_debit_days(3661); }),
       "policies[0].copay.debit_days: 3661 is not from 0 to 3660"},
      {copay([](C& p) { p.clear_debit_attempts(); }),
       "policies[0].copay.debit_attempts: 0 is not from 1 to 100"},
  });
}

TEST(GenesisTest, PolicyListsAreChecked) {
  const auto policy = [](auto set) { return [set](Message& m) { set(*m.mutable_policies(0)); }; };
  const auto pair = [](genesis::v1::Policy& p, std::uint32_t bank, std::uint32_t partner) {
    p.add_lender_pairs()->set_bank(bank);
    p.mutable_lender_pairs()->rbegin()->set_partner(partner);
  };
  using P = genesis::v1::Policy;
  ExpectRefusals({
      {policy([](P& p) { p.add_required_attestations(act::v1::IDENTITY); }),
       "policies[0].required_attestations[2]: not ascending"},
      {policy([](P& p) { p.add_attestation_codes(0); }), "policies[0].attestation_codes[0]: is 0"},
      {policy([](P& p) { p.set_required_attestations(0, act::v1::ATTESTATION_KIND_UNSPECIFIED); }),
       "policies[0].required_attestations[0]: is not given"},
      {policy([](P& p) { p.clear_tier_edges(); }),
       "policies[0].tier_edges: 0 of them instead of 1 to 64"},
      {policy([](P& p) { p.set_tier_edges(0, 1); }), "policies[0].tier_edges[0]: is not 0"},
      {policy([](P& p) { p.set_tier_edges(2, 500); }), "policies[0].tier_edges[2]: not ascending"},
      {policy([](P& p) { p.add_tier_limits(1); }),
       "policies[0].tier_limits: 4 of them instead of 3 to 3"},
      {policy([](P& p) { p.set_tier_limits(1, -1); }),
       "policies[0].tier_limits[1]: -1 is not from 0 to 10000000000000"},
      {policy([](P& p) { p.add_scenarios(1); }), "policies[0].scenarios[1]: not ascending"},
      {policy([&](P& p) { pair(p, 2, 9); }),
       "policies[0].lender_pairs[0]: 9 is none of the institutions"},
      {policy([&](P& p) {
         pair(p, 2, 3);
         pair(p, 2, 1);
       }),
       "policies[0].lender_pairs[1]: not ascending"},
  });
}

TEST(GenesisTest, ProductsAreChecked) {
  const auto product = [](auto set) { return [set](Message& m) { set(*m.mutable_products(0)); }; };
  using P = genesis::v1::Product;
  ExpectRefusals({
      {product([](P& p) { p.clear_number(); }), "products[0].number: is not given"},
      {product([](P& p) { p.clear_version(); }), "products[0].version: is not given"},
      {[](Message& m) { *m.add_products() = m.products(0); },
       "products[1]: not ascending by number and version"},
      {product([](P& p) { p.clear_method(); }), "products[0].method: is not given"},
      {product([](P& p) { p.set_rate_ppm(1'000'001); }),
       "products[0].rate_ppm: 1000001 is not from 0 to 1000000"},
      {product([](P& p) { p.set_max_instalments(61); }),
       "products[0].max_instalments: 61 is not from 1 to 60"},
      {product([](P& p) { p.set_min_instalments(25); }),
       "products[0].min_instalments: 25 is not from 1 to 24"},
      {product([](P& p) { p.set_free_instalments(25); }),
       "products[0].free_instalments: 25 is not from 0 to 24"},
      {product([](P& p) { p.set_free_instalments(1); }),
       "products[0].sponsor: a sponsor pays free instalments, and only those"},
      {product([](P& p) { p.set_sponsor(genesis::v1::SPONSOR_SUPPLIER); }),
       "products[0].sponsor: a sponsor pays free instalments, and only those"},
      {product([](P& p) { p.clear_max_amount(); }),
       "products[0].max_amount: 0 is not from 1 to 10000000000000"},
      {product([](P& p) { p.set_min_amount(100'000'001); }),
       "products[0].min_amount: 100000001 is not from 1 to 100000000"},
      {product([](P& p) { p.set_currency("BR"); }),
       "products[0].currency: is not three capital letters"},
  });
}

// Loads a genesis that names this policy text.
std::string LoadWithPolicy(Message message, const std::string& policy) {
  message.set_cosigner_policy(TestDigest(policy));
  return ErrorOf(Genesis::Load(SignGenesis(message), policy));
}

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(GenesisTest, TheCosignersPolicyIsTheOneThatGenesisNames) {
  const Message message = TestGenesisMessage();
  EXPECT_EQ(ErrorOf(Genesis::Load(SignGenesis(message), CosignerPolicyText(message) + "\n")),
            "genesis: field cosigner_policy: the text given has another digest");
}

TEST(GenesisTest, TheCosignersPolicyMayBeWordedOtherwise) {
  const Message message = TestGenesisMessage();
  const std::string text = "# The founders' policy.\n" + CosignerPolicyText(message);
  EXPECT_EQ(LoadWithPolicy(message, text), "");
}

TEST(GenesisTest, TheCosignersPolicyCountsInstitutionsOfExactlyTheseNodes) {
  const Message message = TestGenesisMessage();
  const std::string text = CosignerPolicyText(message);
  EXPECT_THAT(LoadWithPolicy(message, "nonsense\n"), HasSubstr("cosigner policy: policy line 1"));
  EXPECT_EQ(LoadWithPolicy(message, Replaced(text, "institutions 2", "institutions 1")),
            "genesis: cosigner policy: the quorum is not a majority of the institutions");
  EXPECT_EQ(LoadWithPolicy(message, Replaced(text, "institutions 2", "institutions 3")),
            "genesis: cosigner policy: the quorum is not a majority of the institutions");
  EXPECT_EQ(LoadWithPolicy(message, Replaced(text, " bank-b.example\nquorum", "\nquorum")),
            "genesis: cosigner policy: bank-b.example/n1 alone is not its institution");
  EXPECT_THAT(LoadWithPolicy(message, Replaced(text, "quorum institutions", "quorum none")),
              HasSubstr("alone is not its institution"));

  Message fewer = message;
  fewer.mutable_nodes()->RemoveLast();
  const std::string kOtherKeys =
      "genesis: cosigner policy: its keys are not exactly the nodes' log and cosigner keys";
  EXPECT_EQ(LoadWithPolicy(fewer, text), kOtherKeys);
  Message other = message;
  other.mutable_nodes(0)->mutable_cosigner_key()->set_ed25519(OtherKey());
  EXPECT_EQ(LoadWithPolicy(other, text), kOtherKeys);
}

TEST(GenesisTest, TwoNodesOfOneInstitutionCountOnce) {
  Message message = TestGenesisMessage();
  GiveBankATwoNodes(message);
  message.set_majority_of_one(true);
  const std::string text = CosignerPolicyText(message);
  EXPECT_EQ(LoadWithPolicy(message, text), "");
  const std::string both = Replaced(text, "group bank-a.example any", "group bank-a.example all");
  EXPECT_THAT(LoadWithPolicy(message, both), HasSubstr("alone is not its institution"));
}

}  // namespace
}  // namespace aval::ledger
