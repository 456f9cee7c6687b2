// Every refusal of every act: its code, which of two comes first, and that nothing changes by it.
//
// Codes below 16 are no refusals by the rules: the act is dropped before them (act_test.cc,
// signers_test.cc, machine_test.cc).

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/digest.h"
#include "ledger/arithmetic/money.h"
#include "ledger/field_checks.h"
#include "ledger/record/parties.h"
#include "ledger/types.h"
#include "ledger/wire.h"
#include "tests/ledger/rules/codes.h"

namespace aval::ledger::rules {

static void PrintTo(const ActCase& act, std::ostream* out) { *out << act.name; }

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::vector<ActCase> AllCases() {
  std::vector<ActCase> all;
  for (auto list :
       {PartyCases(), GrantCases(), PurchaseCases(), DebtCases(), DebitCases(), CopayCases()}) {
    for (ActCase& one : list) all.push_back(std::move(one));
  }
  return all;
}

std::string NameOf(const testing::TestParamInfo<ActCase>& info) {
  std::string name;
  bool begins = true;  // A word.
  for (const char c : info.param.name) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter) != 0) {
      name.push_back(begins ? static_cast<char>(std::toupper(letter)) : c);
    }
    begins = c == ' ';
  }
  return name;
}

Message& BodyOf(act::v1::Act& act) {
  const google::protobuf::Reflection& reflection = *act.GetReflection();
  return *reflection.MutableMessage(
      &act, reflection.GetOneofFieldDescriptor(act, act::v1::Act::descriptor()->oneof_decl(0)));
}

/// The codes of an act, under the market that its case prepares. A refusal changes nothing.
class CodesTest : public testing::TestWithParam<ActCase> {
 protected:
  // What is said of an act that is refused.
  static std::string_view Answer(Attempt& a) {
    const crypto::Digest before = a.book().Hash();
    const Verdict verdict = a.Send();
    EXPECT_TRUE(verdict == Verdict::kAccepted || a.book().Hash() == before) << "it has changed";
    return VerdictCode(verdict);
  }
  static std::string_view AnswerTo(const std::vector<const Reason*>& reasons) {
    Attempt a;
    GetParam().prepare(a);
    for (const Reason* reason : reasons) reason->spoil(a);
    return Answer(a);
  }
};

TEST_P(CodesTest, WhatIsPreparedIsAccepted) {
  Attempt a;
  GetParam().prepare(a);
  EXPECT_EQ(Answer(a), VerdictCode(Verdict::kAccepted));
  a.market.Check();
}

TEST_P(CodesTest, EachReasonHasItsCode) {
  for (const Reason& reason : GetParam().reasons) {
    SCOPED_TRACE(reason.name);
    EXPECT_EQ(AnswerTo({&reason}), VerdictCode(reason.code));
  }
}

// The reason after this one that has another code.
const Reason* NextOf(const std::vector<Reason>& reasons, const Reason& reason) {
  const auto own = std::ranges::find(reasons, &reason, [](const Reason& one) { return &one; });
  const auto next = std::find_if(own, reasons.end(), [&](const Reason& other) {
    return other.code != reason.code && !other.apart;
  });
  return next == reasons.end() ? nullptr : &*next;
}

TEST_P(CodesTest, OfTwoReasonsTheEarlierIsTheAnswer) {
  for (const Reason& reason : GetParam().reasons) {
    const Reason* next = reason.apart ? nullptr : NextOf(GetParam().reasons, reason);
    if (next == nullptr) continue;
    SCOPED_TRACE(reason.name + ", and " + next->name);
    const std::vector<const Reason*> both =
        next->first ? std::vector{next, &reason} : std::vector{&reason, next};
    EXPECT_EQ(AnswerTo(both), VerdictCode(reason.code));
  }
}

// One field of a body, or of a message in it: "amount.minor".
struct Field {
  std::string path;
  Message* parent = nullptr;
  const FieldDescriptor* descriptor = nullptr;
};

std::vector<Field> FieldsOf(Message& body, const std::string& prefix = "") {
  std::vector<Field> fields;
  for (int i = 0; i < body.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = body.GetDescriptor()->field(i);
    const std::string path = prefix + std::string(field->name());
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      fields.push_back({.path = path, .parent = &body, .descriptor = field});
    } else if (!field->is_repeated()) {
      Message* inner = body.GetReflection()->MutableMessage(&body, field);
      for (Field& one : FieldsOf(*inner, path + ".")) fields.push_back(std::move(one));
    }
  }
  return fields;
}

std::size_t SizeOf(const Field& field) {
  const bool one = !field.descriptor->is_repeated() &&
                   field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  return one ? field.parent->GetReflection()->GetString(*field.parent, field.descriptor).size() : 0;
}

using Value = std::variant<std::int64_t, std::uint32_t, std::string>;

void Set(const Field& field, const Value& value) {
  const google::protobuf::Reflection& reflection = *field.parent->GetReflection();
  if (field.descriptor->is_repeated()) {
    reflection.ClearField(field.parent, field.descriptor);
    reflection.AddUInt32(field.parent, field.descriptor, std::get<std::uint32_t>(value));
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    reflection.SetInt64(field.parent, field.descriptor, *number);
  } else if (const auto* count = std::get_if<std::uint32_t>(&value)) {
    reflection.SetUInt32(field.parent, field.descriptor, *count);
  } else {
    reflection.SetString(field.parent, field.descriptor, std::get<std::string>(value));
  }
}

// What a field is tried with: what has not its shape, and what has it and is wrong all the same.
struct BadValues {
  std::vector<Value> shapeless{};
  std::vector<Value> wrong{};
  bool must_have_code = false;
};

BadValues BadFor(const Field& field, Day today) {
  constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
  using Numbers = std::numeric_limits<std::int64_t>;
  const std::string_view name = field.descriptor->name();
  const bool text = field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  if (field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    return {.wrong = {std::int64_t{0}, std::int64_t{-1}, Numbers::min(),
                      arithmetic::kMaxAmount.minor + 1, Numbers::max()},
            .must_have_code = true};
  }
  if (name == "currency") {
    return {.shapeless = {"", "eur", "EURO"}, .wrong = {"EUR"}, .must_have_code = true};
  }
  if (name.ends_with("day") && !field.descriptor->is_repeated()) {
    return {.shapeless = {std::uint32_t{0}, field::kDayNumberMax + 1, kMost},
            .wrong = {std::uint32_t{1}, ToWire(today.Plus(-1))},
            .must_have_code = true};
  }
  if (text && SizeOf(field) == 16) {
    return {.shapeless = {std::string(15, '?'), std::string(17, '?')},
            .wrong = {Nowhere()},
            .must_have_code = true};
  }
  if (text && SizeOf(field) == 32) {
    return {.shapeless = {std::string(31, '?'), std::string(33, '?')}, .wrong = {}};
  }
  const bool number = field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_UINT32;
  return number ? BadValues{.wrong = {std::uint32_t{0}, kMost}} : BadValues{};
}

// The field of that path in the body as it is now.
Field Find(act::v1::Act& act, const std::string& path) {
  std::vector<Field> fields = FieldsOf(BodyOf(act));
  return *std::ranges::find(fields, path, &Field::path);
}

class FieldsTest : public CodesTest {
 protected:
  FieldsTest() {
    GetParam().prepare(a_);
    good_ = a_.act;
  }
  std::string_view AnswerWith(const std::string& path, const Value& value) {
    a_.act = good_;
    Set(Find(a_.act, path), value);
    return Answer(a_);
  }
  bool IsMade(const std::string& path) const {
    return std::ranges::find(GetParam().makes, path) != GetParam().makes.end();
  }
  // Of a field that the author is not free to choose.
  void ExpectCodes(const std::string& path, const std::vector<Value>& wrong,
                   const std::vector<Verdict>& codes) {
    ASSERT_TRUE(codes.size() == 1 || codes.size() == wrong.size());
    for (std::size_t i = 0; i < wrong.size(); ++i) {
      const Verdict code = codes.size() == 1 ? codes.front() : codes[i];
      if (code == Verdict::kAccepted) continue;
      EXPECT_EQ(AnswerWith(path, wrong[i]), VerdictCode(code)) << "value " << i;
    }
  }

  Attempt a_;
  act::v1::Act good_;
};

TEST_P(FieldsTest, WhatHasNotItsShapeIsDropped) {
  for (const Field& field : FieldsOf(BodyOf(good_))) {
    SCOPED_TRACE(field.path);
    for (const Value& value : BadFor(field, a_.today()).shapeless) {
      EXPECT_EQ(AnswerWith(field.path, value), VerdictCode(Verdict::kFormat));
    }
  }
}

TEST_P(FieldsTest, EveryAmountCurrencyDayAndIdIsLookedAt) {
  std::set<std::string> known;
  for (const Field& field : FieldsOf(BodyOf(good_))) {
    SCOPED_TRACE(field.path);
    known.insert(field.path);
    const BadValues bad = BadFor(field, a_.today());
    const auto codes = GetParam().fields.find(field.path);
    if (codes != GetParam().fields.end()) {
      ExpectCodes(field.path, bad.wrong, codes->second);
    } else {
      EXPECT_TRUE(!bad.must_have_code || IsMade(field.path)) << "no code is stated";
    }
  }
  for (const auto& [path, codes] : GetParam().fields) EXPECT_TRUE(known.contains(path)) << path;
}

TEST_P(FieldsTest, NobodyIsNoParty) {
  for (const Field& field : FieldsOf(BodyOf(good_))) {
    if (SizeOf(field) != 16 || IsMade(field.path)) continue;
    SCOPED_TRACE(field.path);
    const std::string_view unknown = VerdictCode(GetParam().fields.at(field.path).front());
    const std::string_view answer = AnswerWith(field.path, std::string(16, '\0'));
    EXPECT_TRUE(answer == unknown || answer == VerdictCode(Verdict::kFormat)) << answer;
  }
}

// The departments of a party that have keys.
std::vector<Department> DepartmentsOf(Attempt& a, PartyId party) {
  using enum Department;
  if (party.IsInstitution()) return {kOps, kCredit, kRisk, kCompliance, kLegal, kTreasury};
  if (a.book().Find<Participant>({.participant = party})) return {kNone};
  if (a.book().Find<Supplier>({.supplier = party})) return {kOps, kTreasury};
  return {};
}

class SignersTest : public FieldsTest {
 protected:
  std::string_view AnswerBy(std::vector<SignerRef> signers) {
    a_.act = good_;
    a_.signers = std::move(signers);
    return Answer(a_);
  }
  // With another in the place of the one at `i`; nothing when it signs already.
  std::optional<std::string_view> AnswerInPlaceOf(std::size_t i, const SignerRef& other) {
    std::vector<SignerRef> signers = signers_;
    if (std::ranges::find(signers, other) != signers.end()) return std::nullopt;
    signers[i] = other;
    return AnswerBy(std::move(signers));
  }

  const std::vector<SignerRef> signers_ = a_.signers;
};

TEST_P(SignersTest, NoDepartmentSignsForAnother) {
  for (std::size_t i = 0; i < signers_.size(); ++i) {
    for (const Department department : DepartmentsOf(a_, signers_[i].party)) {
      const auto answer = AnswerInPlaceOf(i, By(signers_[i].party, department));
      if (!answer) continue;
      EXPECT_EQ(*answer, VerdictCode(Verdict::kRole))
          << "signer " << i << ", department " << static_cast<int>(department);
    }
  }
}

TEST_P(SignersTest, NobodySignsForAnotherParty) {
  if (GetParam().open) return;
  for (std::size_t i = 0; i < signers_.size(); ++i) {
    const PartyId other = signers_[i].party.IsInstitution() ? kSupervisor : kStranger;
    const auto answer = AnswerInPlaceOf(i, By(other, signers_[i].department));
    ASSERT_TRUE(answer);
    EXPECT_NE(*answer, VerdictCode(Verdict::kAccepted)) << "signer " << i;
  }
}

TEST_P(SignersTest, NoSignatureIsMissingAndNoneTooMany) {
  for (std::size_t i = 0; i < signers_.size(); ++i) {
    std::vector<SignerRef> fewer = signers_;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    const Verdict expected = fewer.empty() ? Verdict::kFormat : Verdict::kRole;
    EXPECT_EQ(AnswerBy(fewer), VerdictCode(expected)) << "without signer " << i;
  }
  std::vector<SignerRef> more = signers_;
  more.push_back(By(kSupervisor, Department::kRisk));
  EXPECT_EQ(AnswerBy(more), VerdictCode(Verdict::kRole));
}

INSTANTIATE_TEST_SUITE_P(Acts, CodesTest, testing::ValuesIn(AllCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Acts, FieldsTest, testing::ValuesIn(AllCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Acts, SignersTest, testing::ValuesIn(AllCases()), NameOf);

TEST(CodesTableTest, EveryActHasACase) {
  std::set<std::string> described;
  for (const ActCase& one : AllCases()) {
    Attempt a;
    one.prepare(a);
    described.insert(std::string(BodyOf(a.act).GetDescriptor()->name()));
  }
  const auto* bodies = act::v1::Act::descriptor()->oneof_decl(0);
  for (int i = 0; i < bodies->field_count(); ++i) {
    const std::string name(bodies->field(i)->message_type()->name());
    EXPECT_TRUE(described.contains(name)) << name;
  }
}

TEST(CodesTableTest, EveryCodeIsGivenToAnAct) {
  std::set<Verdict> given;
  for (const ActCase& one : AllCases()) {
    for (const Reason& reason : one.reasons) given.insert(reason.code);
  }
  for (std::uint32_t number = 16; number < 0x10000; ++number) {
    const auto verdict = VerdictFromNumber(static_cast<std::uint16_t>(number));
    if (!verdict) continue;
    EXPECT_TRUE(given.contains(*verdict)) << VerdictCode(*verdict);
  }
}

}  // namespace
}  // namespace aval::ledger::rules
