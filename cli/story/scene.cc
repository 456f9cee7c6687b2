#include "cli/story/scene.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "cli/acts/derived.h"
#include "cli/json.h"
#include "cli/story/terms.h"
#include "cli/story/words.h"

namespace aval::cli::story {
namespace {

using ledger::Department;

constexpr std::int64_t kValidDays = 1;

struct Noun {
  std::string_view word;
  Kind kind;
  std::string_view table;
};

// What sentences call things, and where their records are. The first noun of a kind names it.
constexpr std::array<Noun, 11> kNouns{{
    {"grant", Kind::kGrant, "grant"},
    {"loan", Kind::kPurchase, "loan"},
    {"purchase", Kind::kPurchase, "purchase"},
    {"invoice", Kind::kPurchase, "purchase"},
    {"invitation", Kind::kInvitation, "invitation"},
    {"agreement", Kind::kAgreement, "agreement"},
    {"claim", Kind::kAgreement, "recourse_claim"},
    {"debit", Kind::kDebit, "debit"},
    {"mandate", Kind::kMandate, "mandate"},
    {"dispute", Kind::kDispute, "dispute"},
    {"proposal", Kind::kProposal, "restructuring"},
}};

Error NotFound(std::string words) { return {.code = Code::kNotFound, .message = std::move(words)}; }

std::string_view NounOf(Kind kind) { return std::ranges::find(kNouns, kind, &Noun::kind)->word; }

}  // namespace

std::string PartyText(const ledger::PartyId& party) {
  if (party.IsInstitution()) return "institution:" + std::to_string(party.InstitutionNumber());
  return party.Hex();
}

acts::Money InCurrency(ledger::Amount amount) {
  return {.currency = *ledger::Currency::Parse(kCurrency), .amount = amount};
}

Scene::Scene(Stage& stage, Spectator& spectator, Random& random)
    : stage_(stage), spectator_(spectator), random_(random) {
  std::uint32_t number = 0;
  for (const Founder& founder : Founders()) {
    Enter({.name = std::string(founder.name),
           .role = Role::kInstitution,
           .id = ledger::PartyId::Institution(++number)});
  }
}

void Scene::Enter(Member member) {
  names_[PartyText(member.id)] = member.name;
  const std::string name = member.name;
  AVAL_ASSERT(members_.emplace(name, std::move(member)).second);
}

Result<void> Scene::Submit(act::v1::Act body, const std::vector<Hand>& hands) {
  act::v1::Act shown = body;
  const Bytes envelope =
      SignAct(std::move(body), stage_.network().origin(), today_.Plus(kValidDays), hands, random_);
  AVAL_TRY(Stage::Outcome outcome, stage_.Apply(envelope));
  spectator_.Acted(shown, outcome);
  if (outcome.accepted) return {};
  Error denied{.code = Code::kDenied, .message = outcome.code + ": " + outcome.words};
  refusal_ = std::move(outcome);
  return denied;
}

const Member& Scene::Add(const std::string& name, Role role) {
  const bool person = role == Role::kPerson;
  const std::string_view kind = person ? "participant" : "supplier";
  if (person) {
    keys_.emplace(std::pair(name, Department::kNone), acts::DerivedKey("participant-key", name));
  } else {
    keys_.emplace(std::pair(name, Department::kOps), acts::DerivedKey("supplier-ops", name));
    keys_.emplace(std::pair(name, Department::kTreasury),
                  acts::DerivedKey("supplier-treasury", name));
  }
  Enter({.name = name, .role = role, .id = {.id = acts::DerivedId(kind, name)}});
  return Who(name);
}

const Member& Scene::Who(std::string_view name) const {
  const auto at = members_.find(name);
  AVAL_ASSERT(at != members_.end());
  return at->second;
}

const Member* Scene::WhoIs(std::string_view party_text) const {
  const auto name = names_.find(party_text);
  if (name == names_.end()) return nullptr;
  const auto at = members_.find(name->second);
  return at == members_.end() ? nullptr : &at->second;
}

const Member& Scene::market() const { return Who(Founders()[kMarket - 1].name); }

Hand Scene::HandOf(const Member& member, Department department) const {
  Hand hand{.signer = {.party = member.id, .department = department}};
  if (member.role == Role::kInstitution) {
    const auto key = stage_.network().InstitutionKey(member.id.InstitutionNumber(), department);
    AVAL_ASSERT(key.has_value());  // The stage has made the network itself, with all keys.
    hand.key = *key;
    return hand;
  }
  const auto key = keys_.find({member.name, department});
  AVAL_ASSERT(key != keys_.end());
  hand.key = &key->second;
  return hand;
}

ledger::Id Scene::NewId(std::string_view kind) {
  const std::string number = std::to_string(++counts_[std::string(kind)]);
  const ledger::Id id = acts::DerivedId(kind, "story/" + number);
  // A thing has no number before it is accepted.
  const bool thing = std::ranges::find(kNouns, kind, &Noun::word) != kNouns.end();
  names_[id.Hex()] = thing ? std::string(kind) : std::string(kind) + " " + number;
  return id;
}

crypto::Digest Scene::NewDigest(std::string_view kind) {
  const std::uint32_t number = ++counts_[std::string(kind)];
  return acts::Derive(kind, "story/" + std::to_string(number));
}

void Scene::Name(Kind kind, const ledger::Id& id, const Member& owner) {
  std::vector<Named>& all = things_[kind];
  all.push_back({.id = id, .owner = owner.name});
  names_[id.Hex()] = std::string(NounOf(kind)) + " " + std::to_string(all.size());
}

Result<Thing> Scene::Find(const Match& match, std::string_view slot) const {
  const std::string_view text = match.Text(slot);
  const std::size_t owner_end = text.find("'s ");
  const bool owned = owner_end != std::string_view::npos;
  const bool only = Cast::WithoutArticle(text).size() != text.size() && !owned;
  std::string_view rest = owned ? text.substr(owner_end + 3) : text;
  if (only) rest = Cast::WithoutArticle(rest);
  const std::string_view word = rest.substr(0, rest.find(' '));
  const auto* const noun = std::ranges::find(kNouns, word, &Noun::word);
  AVAL_ASSERT(noun != kNouns.end());
  const auto at = things_.find(noun->kind);
  static const std::vector<Named> kNone;
  const std::vector<Named>& all = at == things_.end() ? kNone : at->second;

  const Named* found = nullptr;
  if (!owned && !only) {
    const std::uint32_t number = ReadCount(rest.substr(word.size() + 1))->value;
    if (number >= 1 && number <= all.size()) found = &all[number - 1];
  } else {
    const std::string_view owner = owned ? Cast::WithoutArticle(text.substr(0, owner_end)) : "";
    for (const Named& named : all) {
      if (owned && named.owner != owner) continue;
      if (found != nullptr) {
        return Error{.code = Code::kInvalidArgument,
                     .message = "'" + std::string(text) + "' may be one of several: number it"};
      }
      found = &named;
    }
  }
  if (found == nullptr) return NotFound("there is no '" + std::string(text) + "' yet");
  return Thing{.kind = noun->kind,
               .table = std::string(noun->table),
               .id = found->id,
               .owner = found->owner};
}

std::vector<Thing> Scene::AllOf(Kind kind, const Member& owner) const {
  std::vector<Thing> all;
  const auto at = things_.find(kind);
  if (at == things_.end()) return all;
  const auto* const noun = std::ranges::find(kNouns, kind, &Noun::kind);
  for (const Named& named : at->second) {
    if (named.owner != owner.name) continue;
    all.push_back(
        {.kind = kind, .table = std::string(noun->table), .id = named.id, .owner = named.owner});
  }
  return all;
}

Result<Thing> Scene::Newest(Kind kind, const Member& owner) const {
  std::vector<Thing> all = AllOf(kind, owner);
  if (all.empty()) return NotFound(owner.name + " has no " + std::string(NounOf(kind)) + " yet");
  return all.back();
}

std::string Scene::NameOf(std::string_view id_text) const {
  const auto at = names_.find(id_text);
  return at == names_.end() ? std::string(id_text) : at->second;
}

Result<ledger::Id> Scene::AttestationOf(const Member& subject, ledger::AttestationKind kind,
                                        const Member* issuer) const {
  for (auto word = attestations_.rbegin(); word != attestations_.rend(); ++word) {
    if (word->subject != subject.name || word->kind != kind) continue;
    if (issuer == nullptr || word->issuer == issuer->name) return word->id;
  }
  return NotFound((issuer == nullptr ? std::string("nobody") : issuer->name) +
                  " has attested nothing of that kind about " + subject.name + " yet");
}

void Scene::Attested(const Member& issuer, const Member& subject, ledger::AttestationKind kind,
                     const ledger::Id& id, std::int64_t value) {
  attestations_.push_back(
      {.issuer = issuer.name, .subject = subject.name, .kind = kind, .id = id, .value = value});
}

Result<std::int64_t> Scene::CapacityOf(const Member& subject) const {
  AVAL_TRY(const ledger::Id id, AttestationOf(subject, ledger::AttestationKind::kCapacity));
  return std::ranges::find(attestations_, id, &Word::id)->value;
}

Result<ledger::Id> Scene::QuoteOn(const ledger::Id& loan) const {
  const auto at = quotes_.find(loan);
  if (at == quotes_.end()) return NotFound("nobody has quoted what ends this loan yet");
  return at->second;
}

Result<boost::json::value> Scene::Read(const Thing& thing) {
  return Read(thing.table, {thing.id.Hex()});
}

Result<boost::json::value> Scene::Read(const std::string& table,
                                       const std::vector<std::string>& key) {
  AVAL_TRY(std::optional<boost::json::value> record, stage_.Read(table, key));
  if (!record) return NotFound("the ledger has no such " + table);
  return *std::move(record);
}

Result<std::int64_t> Scene::Balance(const std::string& owner, std::uint16_t code,
                                    const ledger::Id& subject) {
  AVAL_TRY(
      const std::optional<boost::json::value> account,
      stage_.Read("account", {owner, std::to_string(code), subject.Hex(), std::string(kCurrency)}));
  if (!account) return std::int64_t{0};
  AVAL_TRY(const std::int64_t debits, JsonInteger(*account, "debits"));
  AVAL_TRY(const std::int64_t credits, JsonInteger(*account, "credits"));
  return debits - credits;
}

}  // namespace aval::cli::story
