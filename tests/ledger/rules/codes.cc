#include "tests/ledger/rules/codes.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"
#include "ledger/record/accounts.h"
#include "ledger/record/loans.h"
#include "ledger/record/parties.h"
#include "ledger/shape.h"
#include "ledger/wire.h"

namespace aval::ledger::rules {
namespace {

// The field of Act's body that is of this type.
const google::protobuf::FieldDescriptor* BodyField(const google::protobuf::Descriptor* type) {
  const auto* bodies = act::v1::Act::descriptor()->oneof_decl(0);
  for (int i = 0; i < bodies->field_count(); ++i) {
    if (bodies->field(i)->message_type() == type) return bodies->field(i);
  }
  return nullptr;
}

}  // namespace

Attempt::Attempt() { SupplyDesk::Agree(market); }

void Attempt::Say(const google::protobuf::Message& body, std::vector<SignerRef> by) {
  act.Clear();
  const auto* field = BodyField(body.GetDescriptor());
  AVAL_ASSERT(field != nullptr);
  act.GetReflection()->MutableMessage(&act, field)->CopyFrom(body);
  signers = std::move(by);
}

Verdict Attempt::Send() {
  std::ranges::sort(signers);
  act::v1::Act whole = act;
  whole.set_origin("small.example/book");
  whole.set_last_valid_day(ToWire(today()));
  whole.set_nonce(std::string(16, 'n'));
  for (const SignerRef& signer : signers) {
    act::v1::Signer& wire = *whole.add_signers();
    wire.set_party(ToWire(signer.party));
    wire.set_department(static_cast<act::v1::Department>(signer.department));
    whole.set_author(wire.party());
  }
  return CheckShape(whole) ? book().Apply(whole, signers) : Verdict::kFormat;
}

void Must(Verdict verdict) {
  EXPECT_EQ(VerdictCode(verdict), VerdictCode(Verdict::kAccepted)) << "of what a case needs";
}

std::string Nowhere() { return std::string(16, '?'); }

std::string Text32(char c) { return std::string(32, c); }

Spoil SignedBy(std::vector<SignerRef> signers) {
  return [signers = std::move(signers)](Attempt& a) { a.signers = signers; };
}

Spoil WithHold(act::v1::Held what, Id subject) {
  return [what, subject](Attempt& a) { Must(a.market.Hold(what, subject, kSupervisorLegal)); };
}

Spoil PartyHeld(PartyId party) { return WithHold(act::v1::PARTY, party.id); }

Spoil Unidentified(PartyId participant) {
  return [participant](Attempt& a) {
    const Participant::Key key{.participant = participant};
    auto record = a.book().Get<Participant>(key);
    record.kyc_expiry = a.today().Plus(-1);
    if (record.holds == 0) record.state = ParticipantState::kKycExpired;
    a.book().Put<Participant>(key, record);
  };
}

Spoil WithPolicy(std::function<void(Policy&)> change) {
  return [change = std::move(change)](Attempt& a) { a.book().ChangePolicy(change); };
}

Spoil WithCopayPolicy(std::function<void(CopayPolicy&)> change) {
  return WithPolicy([change = std::move(change)](Policy& policy) { change(policy.copay); });
}

Spoil LoanClosed() {
  return Changed<Loan>({.loan = Market::PurchaseId(1)},
                       [](Loan& loan) { loan.state = LoanState::kPaidOff; });
}

Spoil AccountFull(PartyId owner, std::uint16_t code, Id subject) {
  return [=](Attempt& a) {
    const Amount most{std::numeric_limits<std::int64_t>::max()};
    a.book().Put<Account>(
        {.owner = owner, .code = code, .subject = subject, .currency = TestCurrency()},
        {.debits = most, .credits = most});
  };
}

}  // namespace aval::ledger::rules
