// What "Then" says of the states of things.

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "cli/json.h"
#include "cli/story/records.h"
#include "cli/story/sentence.h"
#include "cli/story/terms.h"

namespace aval::cli::story {
namespace {

using ledger::AttestationKind;

constexpr std::array<std::string_view, 6> kBuckets{"1 to 30",   "31 to 60",   "61 to 90",
                                                   "91 to 120", "121 to 180", "more than 180"};

Error Not(const std::string& what, const std::string& is) {
  return {.code = Code::kCorruption, .message = what + " is " + is};
}

std::string Capitals(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

Result<void> CheckState(const Match& match, const boost::json::value& record,
                        const std::string& what) {
  AVAL_TRY(const std::string state, JsonText(record, "state"));
  if (Capitals(state) == match.Text("state")) return {};
  return Not(what, Capitals(state));
}

Result<void> ThingIs(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing thing, scene.Find(match, "thing"));
  AVAL_TRY(const boost::json::value record, scene.Read(thing));
  return CheckState(match, record, "it");
}

Result<boost::json::value> InstalmentOf(Scene& scene, const Thing& loan, std::uint32_t number) {
  return scene.Read("instalment", {loan.id.Hex(), std::to_string(number)});
}

Result<void> InstalmentsAre(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  for (const std::uint32_t number : match.Numbers("numbers")) {
    AVAL_TRY(const boost::json::value record, InstalmentOf(scene, loan, number));
    AVAL_CHECK(CheckState(match, record, "instalment " + std::to_string(number)));
  }
  return {};
}

Result<void> InstalmentIsLate(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  AVAL_TRY(const boost::json::value record, InstalmentOf(scene, loan, match.Count("number")));
  AVAL_TRY(const std::uint64_t bucket, JsonCount(record, "bucket"));
  if (bucket == 0 || bucket > kBuckets.size()) return Not("it", "not late");
  if (kBuckets[bucket - 1] == match.Text("days")) return {};
  return Not("it", std::string(kBuckets[bucket - 1]) + " days late");
}

Result<void> BillIs(Scene& scene, const Match& match) {
  AVAL_TRY(const boost::json::value record,
           scene.Read("bill", {PartyText(scene.Who(match, "person").id), match.Date("due").Text(),
                               std::string(kCurrency)}));
  return CheckState(match, record, "it");
}

Result<void> PartyIs(Scene& scene, const Match& match) {
  const Member& party = scene.Who(match, "party");
  if (party.role == Role::kSupplier) {
    return Error{.code = Code::kInvalidArgument, .message = "a supplier has no state"};
  }
  const std::string table = party.role == Role::kPerson ? "participant" : "institution";
  AVAL_TRY(const boost::json::value record, scene.Read(table, {PartyText(party.id)}));
  return CheckState(match, record, party.name);
}

Result<void> AttestationIs(Scene& scene, const Match& match) {
  const auto kind =
      match.Text("kind") == "identity" ? AttestationKind::kIdentity : AttestationKind::kCapacity;
  AVAL_TRY(const ledger::Id id,
           scene.AttestationOf(scene.Who(match, "person"), kind, &scene.Who(match, "attester")));
  AVAL_TRY(const boost::json::value record, scene.Read("attestation", {id.Hex()}));
  return CheckState(match, record, "it");
}

Result<void> LoanDefaulted(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  AVAL_TRY(const boost::json::value record, scene.Read(loan));
  AVAL_TRY(const bool defaulted, JsonFlag(record, "defaulted"));
  if (defaulted != match.Has("not")) return {};
  return Not("it", defaulted ? "in default" : "not in default");
}

Result<void> EndedBy(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing agreement, scene.Find(match, "agreement"));
  AVAL_TRY(const boost::json::value record, scene.Read(agreement));
  AVAL_TRY(const std::string ground, JsonText(record, "ground"));
  if (ground == match.Text("ground")) return {};
  return Not("its ground", ground);
}

Result<void> HasBreaches(Scene& scene, const Match& match) {
  const Member& person = scene.Who(match, "person");
  AVAL_TRY(const boost::json::value record, scene.Read("participant", {PartyText(person.id)}));
  AVAL_TRY(const std::uint64_t breaches, JsonCount(record, "breaches"));
  if (breaches == match.Count("n")) return {};
  return Not("the number", std::to_string(breaches));
}

constexpr std::array kClauses{
    Clause{.pattern = "{thing:grant|purchase|loan|invitation|agreement|debit|mandate|dispute|claim|"
                      "proposal} is {state:state}",
           .check = &ThingIs},
    Clause{.pattern = "instalment[s] {numbers:numbers} of {loan:loan} {verb=is|are} {state:state}",
           .check = &InstalmentsAre},
    Clause{.pattern = "instalment {number:count} of {loan:loan} is {days=1 to 30|31 to 60|61 to 90|"
                      "91 to 120|121 to 180|more than 180} days late",
           .check = &InstalmentIsLate},
    Clause{.pattern = "{person:person}'s bill due on {due:date} is {state:state}",
           .check = &BillIs},
    Clause{.pattern = "{party:party} is {state:state}", .check = &PartyIs},
    Clause{.pattern = "{person:party}'s {kind=identity|capacity} by {attester:institution} is "
                      "{state:state}",
           .check = &AttestationIs},
    Clause{.pattern = "{loan:loan} is[ {not=not}] in default", .check = &LoanDefaulted},
    Clause{.pattern = "{agreement:agreement} has ended by {ground=withdrawal|breach|mutual|"
                      "regulatory|paid} ground",
           .check = &EndedBy},
    Clause{.pattern = "{person:person} has {n:count} breach[es] on record", .check = &HasBreaches},
};

}  // namespace

std::span<const Clause> StateClauses() { return kClauses; }

}  // namespace aval::cli::story
