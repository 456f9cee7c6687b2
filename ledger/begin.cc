#include "ledger/begin.h"

#include "ledger/record/credit.h"
#include "ledger/record/parties.h"
#include "ledger/rules/context.h"
#include "ledger/rules/keys.h"
#include "ledger/wire.h"

namespace aval::ledger {
namespace {

Bytes RawKey(const act::v1::PublicKey& key) { return CopyBytes(AsBytes(key.ed25519())); }

void WriteBook(const genesis::v1::Genesis& genesis, Overlay& state) {
  state.Put<Book>({}, {.origin = genesis.origin(),
                       .day = ToDay(genesis.first_day()),
                       .replay = genesis.calendar() == genesis::v1::REPLAY,
                       .utc_offset_minutes = genesis.utc_offset_minutes(),
                       .rule_version = genesis.rule_version(),
                       .next_rule_version = 0,
                       .next_rule_leaf = 0});
}

void WriteInstitution(const genesis::v1::Institution& institution, Day first_day, Overlay& state) {
  const PartyId party = PartyId::Institution(institution.number());
  state.Put<Institution>({.institution = party},
                         {.kind = static_cast<InstitutionKind>(institution.kind()),
                          .state = InstitutionState::kActive,
                          .name = institution.name(),
                          .lend = institution.lend(),
                          .guarantee = institution.guarantee(),
                          .collect = institution.collect(),
                          .account_servicing = institution.account_servicing(),
                          .attest = institution.attest()});
  rules::Context context(
      state, {.leaf = 0, .time_ms = 0, .today = first_day, .identity = {}, .signers = {}});
  for (const genesis::v1::DepartmentKey& key : institution.keys()) {
    rules::RegisterKey(context,
                       {.party = party, .department = static_cast<Department>(key.department())},
                       ToPublicKey(key.key()), first_day);
  }
}

void WriteNode(const genesis::v1::Node& node, Overlay& state) {
  state.Put<Node>({.node = node.number()}, {.institution = PartyId::Institution(node.institution()),
                                            .tls_key = RawKey(node.tls_key()),
                                            .log_key = RawKey(node.log_key()),
                                            .cosigner_key = RawKey(node.cosigner_key()),
                                            .cosigner_name = node.cosigner_name(),
                                            .address = node.address()});
}

CopayPolicy CopayPolicyFrom(const genesis::v1::CopayPolicy& wire) {
  return {.max_share_ppm = wire.max_share_ppm(),
          .borrower_share_ppm = wire.borrower_share_ppm(),
          .min = {wire.min()},
          .max_commitment = {wire.max_commitment()},
          .max_instalments = wire.max_instalments(),
          .agreements = wire.agreements(),
          .open_invitations = wire.open_invitations(),
          .invitation_days = wire.invitation_days(),
          .window_days = wire.window_days(),
          .max_days = wire.max_days(),
          .debit_days = wire.debit_days(),
          .debit_attempts = wire.debit_attempts(),
          .return_days = wire.return_days(),
          .notice_days = wire.notice_days(),
          .guarantee_months = wire.guarantee_months(),
          .recourse_days = wire.recourse_days()};
}

Policy PolicyFrom(const genesis::v1::Policy& wire) {
  Policy policy{
      .max_instalments = wire.max_instalments(),
      .min_instalment = {wire.min_instalment()},
      .max_purchase = {wire.max_purchase()},
      .max_limit_person = {wire.max_limit_person()},
      .max_limit_sme = {wire.max_limit_sme()},
      .partner_floor_ppm = wire.partner_floor_ppm(),
      .single_partner_ppm = wire.single_partner_ppm(),
      .joint_lending_ppm = wire.joint_lending_ppm(),
      .cost_cap_irr_ppm = wire.cost_cap_irr_ppm(),
      .authorisation_days = wire.authorisation_days(),
      .bill_lead_days = wire.bill_lead_days(),
      .grace_days = wire.grace_days(),
      .penalty_ppm_per_day = wire.penalty_ppm_per_day(),
      .penalty_min_per_day = {wire.penalty_min_per_day()},
      .penalty_on_all_unpaid = wire.penalty_on_all_unpaid(),
      .switch_dpd = wire.switch_dpd(),
      .default_dpd = wire.default_dpd(),
      .required_attestations = {},
      .capacity_max_age_days = wire.capacity_max_age_days(),
      .limit_factor_max_ppm = wire.limit_factor_max_ppm(),
      .limit_step = {wire.limit_step()},
      .tier_edges = {wire.tier_edges().begin(), wire.tier_edges().end()},
      .tier_limits = {},
      .scenarios = {wire.scenarios().begin(), wire.scenarios().end()},
      .first_due_max_days = wire.first_due_max_days(),
      .lender_pairs = {},
      .grants_per_30_days = wire.grants_per_30_days(),
      .copay = CopayPolicyFrom(wire.copay()),
      .review_days = wire.review_days(),
      .bullet_max_days = wire.bullet_max_days(),
      .early = {.charges = static_cast<arithmetic::EarlyCharges>(wire.early().charges()),
                .prepay_ppm = wire.early().prepay_ppm()},
      .supplier = {.payment_max_days = wire.supplier().payment_max_days(),
                   .assign_max_days = wire.supplier().assign_max_days(),
                   .prepaid_scenarios = {wire.supplier().prepaid_scenarios().begin(),
                                         wire.supplier().prepaid_scenarios().end()},
                   .release_steps = wire.supplier().release_steps()},
      .recovery = {.write_off_dpd = wire.recovery().write_off_dpd(),
                   .restructurings = wire.recovery().restructurings(),
                   .restructure_days = wire.recovery().restructure_days(),
                   .dispute_days = wire.recovery().dispute_days()},
      .attestation_codes = {wire.attestation_codes().begin(), wire.attestation_codes().end()}};
  for (const int kind : wire.required_attestations()) {
    policy.required_attestations.push_back(static_cast<AttestationKind>(kind));
  }
  for (const std::int64_t limit : wire.tier_limits()) policy.tier_limits.push_back({limit});
  for (const genesis::v1::LenderPair& pair : wire.lender_pairs()) {
    policy.lender_pairs.push_back(std::uint64_t{pair.bank()} << 32U | pair.partner());
  }
  return policy;
}

void WriteProduct(const genesis::v1::Product& product, Overlay& state) {
  state.Put<Product>({.product = product.number(), .version = product.version()},
                     {.method = static_cast<Method>(product.method()),
                      .rate_ppm = product.rate_ppm(),
                      .free_instalments = product.free_instalments(),
                      .sponsor = static_cast<Sponsor>(product.sponsor()),
                      .min_instalments = product.min_instalments(),
                      .max_instalments = product.max_instalments(),
                      .min_amount = {product.min_amount()},
                      .max_amount = {product.max_amount()},
                      .currency = Currency::Parse(product.currency()).value(),
                      .scenarios = {product.scenarios().begin(), product.scenarios().end()},
                      .tiers = {product.tiers().begin(), product.tiers().end()},
                      .borrowers = static_cast<Borrowers>(product.borrowers())});
}

}  // namespace

void WriteGenesisRecords(const Genesis& genesis, Overlay& state) {
  const genesis::v1::Genesis& message = genesis.message();
  WriteBook(message, state);
  for (const genesis::v1::Institution& institution : message.institutions()) {
    WriteInstitution(institution, ToDay(message.first_day()), state);
  }
  for (const genesis::v1::Node& node : message.nodes()) WriteNode(node, state);
  for (const genesis::v1::Policy& policy : message.policies()) {
    state.Put<Policy>({.effective = ToDay(policy.effective_day()), .version = policy.version()},
                      PolicyFrom(policy));
  }
  for (const genesis::v1::Product& product : message.products()) WriteProduct(product, state);
}

}  // namespace aval::ledger
