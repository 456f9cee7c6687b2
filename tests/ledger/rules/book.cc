#include "tests/ledger/rules/book.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "ledger/record/loans.h"
#include "ledger/reports.h"
#include "ledger/rules/ceilings.h"

namespace aval::ledger::rules {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr Day kFarDay{.number = kFirstDay.number + 730};

constexpr std::array kDepartments{Department::kOps,   Department::kCredit,
                                  Department::kRisk,  Department::kCompliance,
                                  Department::kLegal, Department::kTreasury};

crypto::Digest DigestOf(PartyId party, std::uint8_t what) {
  ByteWriter out;
  out.Raw(party.id.bytes);
  out.U8(what);
  return crypto::Sha256(out.bytes());
}

using Sums = std::map<std::pair<PartyId, Currency>, std::int64_t>;

void ExpectZero(const Sums& sums, const std::string& what) {
  for (const auto& [owner, sum] : sums) {
    EXPECT_EQ(sum, 0) << what << " of " << owner.first.Hex() << " " << owner.second.Text();
  }
}

void ExpectBalanced(const std::vector<JournalLine>& journal) {
  Sums sums;
  for (const JournalLine& line : journal) {
    sums[{line.owner, line.currency}] += line.debit.minor - line.credit.minor;
  }
  ExpectZero(sums, "journal");
}

void ExpectTrialBalanceZero(const Overlay& state) {
  Sums sums;
  for (const auto& [key, account] : state.List<Account>({}, kAll)) {
    sums[{key.owner, key.currency}] += account.debits.minor - account.credits.minor;
  }
  ExpectZero(sums, "trial balance");
}

Product ProductOf(Method method, std::uint32_t rate_ppm) {
  return {.method = method,
          .rate_ppm = rate_ppm,
          .min_amount = {100},
          .max_amount = {10'000'000},
          .currency = TestCurrency()};
}

}  // namespace

Currency TestCurrency() { return *Currency::Parse("BRL"); }

SignerRef By(PartyId party, Department department) {
  return {.party = party, .department = department};
}

SmallBook::SmallBook() {
  state_.Put<Book>({}, {.origin = "small.example/book", .day = today_, .replay = true});
  Found(kPlatform, {.kind = InstitutionKind::kPlatform,
                    .name = "platform.example",
                    .lend = true,
                    .collect = true,
                    .attest = true});
  Found(kBankA, {.kind = InstitutionKind::kBank,
                 .name = "bank-a.example",
                 .lend = true,
                 .account_servicing = true});
  Found(kBankB, {.kind = InstitutionKind::kBank,
                 .name = "bank-b.example",
                 .lend = true,
                 .account_servicing = true});
  Found(kAttester,
        {.kind = InstitutionKind::kAttester, .name = "attester.example", .attest = true});
  Found(kOtherAttester,
        {.kind = InstitutionKind::kAttester, .name = "other-attester.example", .attest = true});
  Found(kSupervisor, {.kind = InstitutionKind::kSupervisor, .name = "supervisor.example"});
  FoundPolicyAndProducts();
}

void SmallBook::Found(PartyId institution, const Institution& record) {
  state_.Put<Institution>({.institution = institution}, record);
  for (const Department department : kDepartments) {
    AddKey(institution, department, KeyOf(institution, department).public_key());
  }
}

void SmallBook::FoundPolicyAndProducts() {
  Policy policy;
  policy.min_instalment = {100};
  policy.max_purchase = {10'000'000};
  policy.max_limit_person = {20'000'000};
  policy.max_limit_sme = {100'000'000};
  policy.authorisation_days = 30;
  policy.bill_lead_days = 10;
  policy.penalty_ppm_per_day = 500;
  policy.required_attestations = {AttestationKind::kIdentity, AttestationKind::kCapacity};
  policy.limit_factor_max_ppm = 2'000'000;
  policy.limit_step = {10'000};
  policy.tier_edges = {0, 100'000, 300'000};
  policy.tier_limits = {{500'000}, {2'000'000}, {10'000'000}};
  policy.scenarios = {1};
  policy.first_due_max_days = 60;
  policy.grants_per_30_days = 3;
  policy.copay = {.max_share_ppm = 600'000,
                  .borrower_share_ppm = 200'000,
                  .min = {1'000},
                  .max_commitment = {200'000},
                  .max_instalments = 3,
                  .agreements = 2,
                  .open_invitations = 2,
                  .invitation_days = 1,
                  .window_days = 10,
                  .max_days = 365,
                  .debit_days = 3,
                  .debit_attempts = 2,
                  .return_days = 20,
                  .notice_days = 3,
                  .guarantee_months = 6,
                  .recourse_days = 90};
  state_.Put<Policy>({.effective = kFirstDay, .version = 1}, policy);
  state_.Put<Product>({.product = 1, .version = 1}, ProductOf(Method::kFeeFlat, 5'000));
  state_.Put<Product>({.product = 2, .version = 1}, ProductOf(Method::kEqualPrincipal, 180'000));
  state_.Put<Product>({.product = 3, .version = 1}, ProductOf(Method::kAnnuity, 180'000));
  Product free = ProductOf(Method::kFeeFlat, 5'000);
  free.free_instalments = 1;
  free.sponsor = Sponsor::kSupplier;
  state_.Put<Product>({.product = 4, .version = 1}, free);
}

Context::Position SmallBook::PositionNow() const {
  Context::Position at;
  at.leaf = leaf_;
  at.time_ms = std::int64_t{today_.number} * 86'400'000;
  at.today = today_;
  return at;
}

Context::Position SmallBook::NextPosition(std::span<const SignerRef> signers) {
  ++leaf_;
  ByteWriter out;
  out.U64(leaf_);
  identity_ = crypto::Sha256(out.bytes());
  Context::Position at = PositionNow();
  at.identity = identity_;
  at.signers = signers;
  return at;
}

Verdict SmallBook::Run(std::vector<SignerRef> signers,
                       const std::function<Verdict(Context&)>& rule) {
  std::sort(signers.begin(), signers.end());
  journal_.clear();
  return Attempt(NextPosition(signers), rule);
}

Verdict SmallBook::Attempt(const Context::Position& at,
                           const std::function<Verdict(Context&)>& rule) {
  Overlay written(&state_);
  Context context(written, at);
  Verdict verdict = rule(context);
  EXPECT_FALSE(written.failure());
  if (verdict == Verdict::kAccepted && context.overflowed()) verdict = Verdict::kOverflow;
  if (verdict != Verdict::kAccepted) return verdict;
  ExpectBalanced(context.journal());
  journal_.insert(journal_.end(), context.journal().begin(), context.journal().end());
  state_.Absorb(std::move(written));
  ExpectTrialBalanceZero(state_);
  return verdict;
}

void SmallBook::With(const std::function<void(Context&)>& work) {
  const Verdict verdict = Run({}, [&](Context& context) {
    work(context);
    return Verdict::kAccepted;
  });
  EXPECT_EQ(verdict, Verdict::kAccepted);
}

std::vector<Verdict> SmallBook::Sweep(Queue queue, ItemRule rule) {
  journal_.clear();
  const Context::Position at = PositionNow();
  std::vector<Verdict> verdicts;
  for (const auto& [key, item] : state_.List<CalendarItem>({}, kAll)) {
    if (key.queue != queue || key.day > today_) continue;
    state_.Delete<CalendarItem>(key);
    verdicts.push_back(Attempt(at, [&](Context& context) { return rule(context, key); }));
  }
  return verdicts;
}

void SmallBook::SetDay(Day day) {
  today_ = day;
  Book book = Get<Book>({});
  book.day = day;
  state_.Put<Book>({}, book);
}

void SmallBook::ChangePolicy(const std::function<void(Policy&)>& change) {
  const Policy::Key key{.effective = kFirstDay, .version = 1};
  Policy policy = Get<Policy>(key);
  change(policy);
  state_.Put<Policy>(key, policy);
}

void SmallBook::SetInstitutionState(PartyId institution, InstitutionState state) {
  Institution record = Get<Institution>({.institution = institution});
  record.state = state;
  state_.Put<Institution>({.institution = institution}, record);
}

PartyId SmallBook::AddBorrower(std::uint8_t number, ParticipantKind kind) {
  const PartyId borrower{TestId('B', number)};
  const crypto::Digest nullifier = DigestOf(borrower, 'n');
  state_.Put<Participant>({.participant = borrower}, {.kind = kind,
                                                      .state = ParticipantState::kKycValid,
                                                      .attester = kAttester,
                                                      .nullifier = nullifier,
                                                      .registered_leaf = 1,
                                                      .kyc_expiry = kFarDay});
  state_.Put<Nullifier>({.nullifier = nullifier}, {.party = borrower});
  AddKey(borrower, Department::kNone, KeyOf(borrower, Department::kNone).public_key());
  AddAttestation(TestId('I', number), borrower, AttestationKind::kIdentity, {}, kFarDay);
  return borrower;
}

PartyId SmallBook::AddSupplier(std::uint8_t number) {
  const PartyId supplier{TestId('S', number)};
  const crypto::Digest nullifier = DigestOf(supplier, 'n');
  state_.Put<Supplier>({.supplier = supplier}, {.platform = kPlatform,
                                                .attester = kAttester,
                                                .settlement_bank = kBankB,
                                                .nullifier = nullifier,
                                                .registered_leaf = 1});
  state_.Put<Nullifier>({.nullifier = nullifier}, {.party = supplier});
  for (const Department department : {Department::kOps, Department::kTreasury}) {
    AddKey(supplier, department, KeyOf(supplier, department).public_key());
  }
  return supplier;
}

Id SmallBook::AddAttestation(Id id, PartyId subject, AttestationKind kind,
                             std::vector<AttestedValue> values, Day expiry) {
  state_.Put<Attestation>({.attestation = id}, {.kind = kind,
                                                .subject = subject,
                                                .issuer = kAttester,
                                                .values = std::move(values),
                                                .commitment = DigestOf(subject, 'c'),
                                                .issued = today_,
                                                .expiry = expiry});
  state_.Put<AttestationOf>({.subject = subject, .kind = kind, .attestation = id}, {});
  state_.Put<CalendarItem>({.day = expiry.Plus(1), .queue = Queue::kAttestation, .subject = id},
                           {});
  return id;
}

Id SmallBook::AddGrant(std::uint8_t number, const GrantTerms& terms) {
  const Id id = TestId('G', number);
  const Id capacity =
      AddAttestation(TestId('C', number), terms.borrower, AttestationKind::kCapacity,
                     {{.code = 1, .value = 100'000}}, kFarDay);
  Grant grant;
  grant.state = terms.state;
  grant.borrower = terms.borrower;
  grant.platform = kPlatform;
  grant.lenders = terms.lenders;
  grant.currency = TestCurrency();
  grant.limit = terms.limit;
  grant.tier = 1;
  grant.attestations = {capacity};
  grant.proposal = DigestOf({id}, 'p');
  grant.proposed = today_;
  grant.expiry = terms.expiry;
  if (grant.lenders.empty()) {
    grant.lenders = {{.lender = kPlatform, .share_ppm = 300'000, .decided = today_},
                     {.lender = kBankA, .share_ppm = 700'000, .decided = today_}};
  }
  if (terms.state == GrantState::kFrozen) grant.holds = 1;
  state_.Put<Grant>({.grant = id}, grant);
  state_.Put<GrantOf>({.borrower = terms.borrower, .grant = id}, {});
  state_.Put<CalendarItem>(
      {.day = terms.expiry.Plus(1), .queue = Queue::kGrant, .subject = id, .number = 0}, {});
  With([&](Context& context) { CountForVelocity(context, terms.borrower); });
  if (terms.state == GrantState::kActive || terms.state == GrantState::kFrozen) {
    With([&](Context& context) {
      context.Debit(PartyId::Memo(), account::kLimitGranted, id, grant.currency, grant.limit);
      context.Credit(PartyId::Memo(), account::kLimitGrantedContra, id, grant.currency,
                     grant.limit);
    });
  }
  return id;
}

crypto::SecretKey SmallBook::KeyOf(PartyId party, Department department) {
  return crypto::SecretKey::FromSeed(DigestOf(party, static_cast<std::uint8_t>(department)).bytes);
}

void SmallBook::AddKey(PartyId party, Department department, const crypto::PublicKey& key) {
  const crypto::Digest id = crypto::KeyIdOf(key).digest;
  state_.Put<KeyRecord>({.key_id = id}, {.party = party,
                                         .department = department,
                                         .public_key = CopyBytes(key.bytes),
                                         .live_from = kFirstDay});
  state_.Put<KeyOfParty>({.party = party, .department = department, .key_id = id}, {});
}

Amount SmallBook::Balance(PartyId owner, std::uint16_t code, const Id& subject) const {
  const auto account = state_.Get<Account>(
      {.owner = owner, .code = code, .subject = subject, .currency = TestCurrency()});
  return account ? Amount{account->debits.minor - account->credits.minor} : Amount{};
}

crypto::Digest SmallBook::Hash() const { return *StateHash(state_); }

}  // namespace aval::ledger::rules
