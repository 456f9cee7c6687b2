#include "ledger/rules/context.h"

#include <algorithm>

#include "base/assert.h"
#include "base/checked.h"

namespace aval::ledger::rules {

bool Context::SignedBy(std::initializer_list<SignerRef> expected) const {
  const auto expects = [&](const SignerRef& signer) {
    return std::find(expected.begin(), expected.end(), signer) != expected.end();
  };
  return std::all_of(expected.begin(), expected.end(),
                     [this](const SignerRef& signer) { return HasSigner(signer); }) &&
         std::all_of(at_.signers.begin(), at_.signers.end(), expects);
}

bool Context::HasSigner(const SignerRef& signer) const {
  return std::find(at_.signers.begin(), at_.signers.end(), signer) != at_.signers.end();
}

Context::PolicyInForce Context::PolicyOn(Day day) {
  std::optional<PolicyInForce> found;
  // A handful of versions in the life of a ledger: a walk from the first is as good as a seek.
  for (auto& [key, policy] : state_.List<Policy>({}, kMaxPolicies)) {
    if (key.effective <= day) found = PolicyInForce{.key = key, .policy = std::move(policy)};
  }
  // A failed read gives nothing; the machine throws what follows away.
  AVAL_ASSERT(found || state_.failure());
  return found ? *std::move(found) : PolicyInForce{};
}

Policy Context::PolicyAt(const Policy::Key& key) {
  std::optional<Policy> policy = state_.Get<Policy>(key);
  AVAL_ASSERT(policy || state_.failure());
  return policy ? *std::move(policy) : Policy{};
}

void Context::Debit(PartyId owner, std::uint16_t code, const Id& subject, const Currency& currency,
                    Amount amount) {
  Post({.owner = owner,
        .code = code,
        .subject = subject,
        .currency = currency,
        .debit = amount,
        .credit = {}});
}

void Context::Credit(PartyId owner, std::uint16_t code, const Id& subject, const Currency& currency,
                     Amount amount) {
  Post({.owner = owner,
        .code = code,
        .subject = subject,
        .currency = currency,
        .debit = {},
        .credit = amount});
}

void Context::Post(const JournalLine& line) {
  AVAL_ASSERT(line.debit.minor >= 0 && line.credit.minor >= 0);
  if (line.debit.minor == 0 && line.credit.minor == 0) return;
  const Account::Key key{
      .owner = line.owner, .code = line.code, .subject = line.subject, .currency = line.currency};
  Account account = state_.Get<Account>(key).value_or(Account{});
  const auto debits = CheckedAdd(account.debits.minor, line.debit.minor);
  const auto credits = CheckedAdd(account.credits.minor, line.credit.minor);
  if (!debits || !credits) {
    overflowed_ = true;
    return;
  }
  account.debits.minor = *debits;
  account.credits.minor = *credits;
  state_.Put(key, account);
  journal_.push_back(line);
}

Amount Context::Balance(PartyId owner, std::uint16_t code, const Id& subject,
                        const Currency& currency) {
  const Account account =
      state_.Get<Account>({.owner = owner, .code = code, .subject = subject, .currency = currency})
          .value_or(Account{});
  return {account.debits.minor - account.credits.minor};
}

void Context::Owe(PartyId from, PartyId to, const Currency& currency, Amount amount) {
  AVAL_ASSERT(amount.minor >= 0 && from != to);
  if (amount.minor == 0) return;
  Sequence sequence = state_.Get<Sequence>({}).value_or(Sequence{});
  state_.Put<Obligation>({.sequence = sequence.next_obligation}, {.from = from,
                                                                  .to = to,
                                                                  .currency = currency,
                                                                  .amount = amount,
                                                                  .day = at_.today,
                                                                  .leaf = at_.leaf});
  ++sequence.next_obligation;
  state_.Put<Sequence>({}, sequence);
}

void Context::Schedule(Day day, Queue queue, const Id& subject, std::uint16_t number) {
  state_.Put<CalendarItem>({.day = day, .queue = queue, .subject = subject, .number = number}, {});
}

void Context::Unschedule(Day day, Queue queue, const Id& subject, std::uint16_t number) {
  state_.Delete<CalendarItem>({.day = day, .queue = queue, .subject = subject, .number = number});
}

}  // namespace aval::ledger::rules
