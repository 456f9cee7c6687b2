#include "tests/ledger/ledger_fixture.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "crypto/digest.h"
#include "crypto/envelope.h"
#include "ledger/wire.h"

namespace aval::ledger {
namespace {

void SetKey(act::v1::PublicKey* wire, const crypto::SecretKey& key) {
  wire->set_ed25519(std::string(AsText(key.public_key().bytes)));
}

std::string Serialize(const google::protobuf::MessageLite& message) {
  return message.SerializeAsString();
}

void AddInstitution(genesis::v1::Genesis& genesis, const PartyId& party,
                    genesis::v1::InstitutionKind kind, const std::string& name) {
  genesis::v1::Institution* institution = genesis.add_institutions();
  institution->set_number(party.InstitutionNumber());
  institution->set_kind(kind);
  institution->set_name(name);
  institution->set_lend(true);
  institution->set_collect(true);
  institution->set_account_servicing(kind == genesis::v1::BANK);
  institution->set_attest(kind == genesis::v1::BANK);
  for (int number = act::v1::OPS; number <= act::v1::TREASURY; ++number) {
    genesis::v1::DepartmentKey* key = institution->add_keys();
    key->set_department(static_cast<act::v1::Department>(number));
    SetKey(key->mutable_key(), KeyOf({party, static_cast<Department>(number)}));
  }

  const std::uint32_t number = party.InstitutionNumber();
  genesis::v1::Node* node = genesis.add_nodes();
  node->set_number(number);
  node->set_institution(number);
  SetKey(node->mutable_tls_key(), NodeKey(number, "tls"));
  SetKey(node->mutable_log_key(), NodeKey(number, "log"));
  SetKey(node->mutable_cosigner_key(), NodeKey(number, "cosigner"));
  node->set_cosigner_name(name + "/n1");
  node->set_address("127.0.0.1:" + std::to_string(7000 + number));
}

void AddPolicy(genesis::v1::Genesis& genesis) {
  genesis::v1::Policy* policy = genesis.add_policies();
  policy->set_version(1);
  policy->set_effective_day(ToWire(kFirstDay));
  policy->set_max_instalments(24);
  policy->set_min_instalment(100);
  policy->set_max_purchase(100'000'000);
  policy->set_max_limit_person(20'000'000);
  policy->set_max_limit_sme(100'000'000);
  policy->set_partner_floor_ppm(300'000);
  policy->set_cost_cap_irr_ppm(240'000);
  policy->set_authorisation_days(10);
  policy->set_bill_lead_days(5);
  policy->set_grace_days(3);
  policy->set_penalty_ppm_per_day(500);
  policy->set_switch_dpd(90);
  policy->set_default_dpd(90);
  policy->add_required_attestations(act::v1::IDENTITY);
  policy->add_required_attestations(act::v1::CAPACITY);
  policy->set_capacity_max_age_days(180);
  policy->set_limit_factor_max_ppm(2'000'000);
  policy->set_limit_step(100);
  for (const std::uint32_t edge : {0U, 500U, 700U}) policy->add_tier_edges(edge);
  for (const std::int64_t limit : {1'000'000, 5'000'000, 20'000'000}) {
    policy->add_tier_limits(limit);
  }
  policy->add_scenarios(1);
  policy->set_first_due_max_days(60);
  genesis::v1::CopayPolicy* copay = policy->mutable_copay();
  copay->set_max_share_ppm(500'000);
  copay->set_borrower_share_ppm(200'000);
  copay->set_min(100);
  copay->set_max_commitment(100'000);
  copay->set_max_instalments(3);
  copay->set_agreements(3);
  copay->set_open_invitations(3);
  copay->set_invitation_days(1);
  copay->set_window_days(10);
  copay->set_max_days(100);
  copay->set_debit_days(3);
  copay->set_debit_attempts(3);
}

void AddProduct(genesis::v1::Genesis& genesis) {
  genesis::v1::Product* product = genesis.add_products();
  product->set_number(1);
  product->set_version(1);
  product->set_method(genesis::v1::FEE_FLAT);
  product->set_rate_ppm(5'000);
  product->set_min_instalments(1);
  product->set_max_instalments(24);
  product->set_min_amount(100);
  product->set_max_amount(100'000'000);
  product->set_currency("BRL");
}

}  // namespace

crypto::SecretKey TestKey(std::string_view name) {
  return crypto::SecretKey::FromSeed(
      crypto::Sha256(AsBytes("aval-test-key/" + std::string(name))).bytes);
}

crypto::SecretKey KeyOf(const SignerRef& hand) {
  return TestKey(hand.party.Hex() + "/" + std::to_string(static_cast<int>(hand.department)));
}

crypto::SecretKey NodeKey(std::uint32_t node, std::string_view purpose) {
  return TestKey("node " + std::to_string(node) + "/" + std::string(purpose));
}

PartyId TestParticipant(std::uint32_t n) {
  PartyId party = PartyId::Institution(n);
  party.id.bytes[0] = 0xaa;
  return party;
}

Id TestId(std::uint64_t n) {
  ByteWriter out;
  out.U64(0);
  out.U64(n);
  ByteReader in(out.bytes());
  return {.bytes = in.Array<16>()};
}

std::string TestDigest(std::string_view text) { return ToWire(crypto::Sha256(AsBytes(text))); }

genesis::v1::Genesis TestGenesisMessage() {
  genesis::v1::Genesis genesis;
  genesis.set_origin(std::string(kTestOrigin));
  genesis.set_schema(std::string(AsText(ActSchemaDigest())));
  genesis.set_time_ms(kGenesisTime);
  AddInstitution(genesis, kPlatform, genesis::v1::PLATFORM, "platform.example");
  AddInstitution(genesis, kBankA, genesis::v1::BANK, "bank-a.example");
  AddInstitution(genesis, kBankB, genesis::v1::BANK, "bank-b.example");
  AddPolicy(genesis);
  AddProduct(genesis);
  genesis.set_first_day(ToWire(kFirstDay));
  genesis.set_calendar(genesis::v1::REPLAY);
  genesis.set_utc_offset_minutes(-180);
  genesis.set_rule_version(1);
  return genesis;
}

Bytes SignGenesis(const genesis::v1::Genesis& message) {
  genesis::v1::Genesis complete = message;
  if (complete.cosigner_policy().empty()) {
    complete.set_cosigner_policy(TestDigest(CosignerPolicyText(complete)));
  }
  crypto::Envelope envelope{.payload = CopyBytes(AsBytes(Serialize(complete))),
                            .payload_type = std::string(crypto::kGenesisType),
                            .signatures = {}};
  for (const genesis::v1::Institution& institution : complete.institutions()) {
    crypto::SignEnvelope(envelope,
                         KeyOf({PartyId::Institution(institution.number()), Department::kLegal}));
  }
  return crypto::EncodeEnvelope(envelope);
}

Genesis TestGenesis() { return TestGenesisOf(3); }

Genesis TestGenesisOf(std::uint32_t nodes) {
  genesis::v1::Genesis message = TestGenesisMessage();
  while (static_cast<std::uint32_t>(message.nodes_size()) > nodes) {
    message.mutable_nodes()->RemoveLast();
  }
  for (std::uint32_t number = 4; number <= nodes; ++number) {
    AddInstitution(message, PartyId::Institution(number), genesis::v1::BANK,
                   "bank-" + std::to_string(number) + ".example");
  }
  message.set_majority_of_one(nodes == 1);
  Result<Genesis> genesis = Genesis::Load(SignGenesis(message), CosignerPolicyText(message));
  AVAL_ASSERT(genesis);
  return *std::move(genesis);
}

act::v1::Act NewAct(const PartyId& author, std::uint64_t nonce) {
  act::v1::Act act;
  act.set_origin(std::string(kTestOrigin));
  act.set_author(ToWire(author));
  act.set_last_valid_day(ToWire(kFirstDay.Plus(5)));
  act.set_nonce(ToWire(TestId(nonce)));
  return act;
}

std::shared_ptr<const Bytes> SignAct(act::v1::Act act, std::vector<SignerRef> signers) {
  std::sort(signers.begin(), signers.end());
  for (const SignerRef& signer : signers) {
    act::v1::Signer* wire = act.add_signers();
    wire->set_party(ToWire(signer.party));
    wire->set_department(static_cast<act::v1::Department>(signer.department));
  }
  crypto::Envelope envelope{.payload = CopyBytes(AsBytes(Serialize(act))),
                            .payload_type = std::string(crypto::kActType),
                            .signatures = {}};
  for (const SignerRef& signer : signers) crypto::SignEnvelope(envelope, KeyOf(signer));
  return std::make_shared<const Bytes>(crypto::EncodeEnvelope(envelope));
}

std::shared_ptr<PreparedAct> PrepareAct(const act::v1::Act& act,
                                        const std::vector<SignerRef>& signers) {
  Preparation preparation = Prepare(SignAct(act, signers), kTestOrigin);
  AVAL_ASSERT(preparation.act != nullptr);
  return std::move(preparation.act);
}

std::shared_ptr<const Bytes> RegisterAct(std::uint32_t n) {
  const PartyId participant = TestParticipant(n);
  act::v1::Act act = NewAct(kBankA, n);
  act::v1::ParticipantRegister* body = act.mutable_participant_register();
  body->set_participant(ToWire(participant));
  body->set_kind(act::v1::ParticipantRegister::PERSON);
  body->set_nullifier(TestDigest("nullifier " + std::to_string(n)));
  SetKey(body->mutable_key(), KeyOf({participant, Department::kNone}));
  return SignAct(act, {{kBankA, Department::kCompliance}, {participant, Department::kNone}});
}

std::shared_ptr<const Bytes> DayRollAct(Day day) {
  act::v1::Act act = NewAct(kPlatform, static_cast<std::uint64_t>(day.number));
  act.set_last_valid_day(ToWire(day));
  act.mutable_day_roll()->set_day(ToWire(day));
  return SignAct(act, {{kPlatform, Department::kOps}, {kBankA, Department::kOps}});
}

}  // namespace aval::ledger
