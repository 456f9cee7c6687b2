// What "Then" says of money: who owes whom how much.

#include <algorithm>
#include <array>
#include <string>

#include "cli/json.h"
#include "cli/story/records.h"
#include "cli/story/sentence.h"
#include "cli/story/words.h"

namespace aval::cli::story {
namespace {

namespace account = ledger::rules::account;

constexpr std::array<std::string_view, 5> kComponents{"cost", "penalty", "fee", "interest",
                                                      "principal"};
constexpr std::array kReceivables{account::kLoanPrincipal, account::kFeeReceivable,
                                  account::kInterestReceivable, account::kPenaltyReceivable,
                                  account::kCostReceivable};

// What the sentence says, against what there is.
Result<void> Compare(const Match& match, std::int64_t is, std::string_view slot = "amount") {
  if (match.Amount(slot).minor == is) return {};
  return Error{.code = Code::kCorruption,
               .message = std::string(match.Text(slot)) + " would be " + AmountText(is)};
}

// What a loan's lender has among its receivables, over all loans of the borrower.
Result<std::int64_t> LentTo(Scene& scene, const Member& borrower, const Member& lender) {
  std::int64_t sum = 0;
  for (const Thing& loan : scene.AllOf(Kind::kPurchase, borrower)) {
    for (const std::uint16_t code : kReceivables) {
      AVAL_TRY(const std::int64_t balance, scene.Balance(PartyText(lender.id), code, loan.id));
      sum += balance;
    }
  }
  return sum;
}

// Of a borrower what the lender has in its books, billed or paid out; of anybody else what its own
// books have as due to the other.
Result<void> Owes(Scene& scene, const Match& match) {
  const Member& debtor = scene.Who(match, "debtor");
  const Member& creditor = scene.Who(match, "creditor");
  if (debtor.role == Role::kPerson) {
    AVAL_TRY(const std::int64_t lent, LentTo(scene, debtor, creditor));
    return Compare(match, lent);
  }
  AVAL_TRY(const std::int64_t balance,
           scene.Balance(PartyText(debtor.id), account::kDueTo, creditor.id.id));
  return Compare(match, -balance);
}

Result<void> WillOwe(Scene& scene, const Match& match) {
  AVAL_TRY(const std::int64_t balance,
           scene.Balance(PartyText(scene.market().id), account::kMerchantPayable,
                         scene.Who(match, "creditor").id.id));
  return Compare(match, -balance);
}

Result<void> HoldsFor(Scene& scene, const Match& match) {
  AVAL_TRY(const std::int64_t balance,
           scene.Balance(PartyText(scene.market().id), account::kBorrowerOverpayment,
                         scene.Who(match, "person").id.id));
  return Compare(match, -balance);
}

// The sums of an instalment's components.
struct Sums {
  std::int64_t due = 0;  // Without what is waived.
  std::int64_t paid = 0;
};

Result<Sums> SumsOf(const boost::json::value& instalment) {
  Sums sums;
  for (const std::string_view name : kComponents) {
    AVAL_TRY(const boost::json::value* component, JsonMember(instalment, name));
    AVAL_TRY(const std::int64_t due, JsonInteger(*component, "due"));
    AVAL_TRY(const std::int64_t waived, JsonInteger(*component, "waived"));
    AVAL_TRY(const std::int64_t paid, JsonInteger(*component, "paid"));
    sums.due += due - waived;
    sums.paid += paid;
  }
  return sums;
}

Result<boost::json::value> InstalmentOf(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  return scene.Read("instalment", {loan.id.Hex(), std::string(match.Text("number"))});
}

Result<void> InstalmentComesTo(Scene& scene, const Match& match) {
  AVAL_TRY(const boost::json::value instalment, InstalmentOf(scene, match));
  AVAL_TRY(const Sums sums, SumsOf(instalment));
  return Compare(match, sums.due);
}

Result<void> InstalmentLacks(Scene& scene, const Match& match) {
  AVAL_TRY(const boost::json::value instalment, InstalmentOf(scene, match));
  AVAL_TRY(const Sums sums, SumsOf(instalment));
  return Compare(match, sums.due - sums.paid);
}

Result<void> PenaltyIs(Scene& scene, const Match& match) {
  AVAL_TRY(const boost::json::value instalment, InstalmentOf(scene, match));
  AVAL_TRY(const boost::json::value* penalty, JsonMember(instalment, "penalty"));
  AVAL_TRY(const std::int64_t due, JsonInteger(*penalty, "due"));
  return Compare(match, due);
}

Result<void> LoanLacks(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing loan, scene.Find(match, "loan"));
  AVAL_TRY(const boost::json::value record, scene.Read(loan));
  AVAL_TRY(const std::uint64_t instalments, JsonCount(record, "instalments"));
  std::int64_t unpaid = 0;
  for (std::uint64_t number = 1; number <= instalments; ++number) {
    AVAL_TRY(const boost::json::value instalment,
             scene.Read("instalment", {loan.id.Hex(), std::to_string(number)}));
    AVAL_TRY(const Sums sums, SumsOf(instalment));
    unpaid += sums.due - sums.paid;
  }
  return Compare(match, unpaid);
}

Result<void> MaySpend(Scene& scene, const Match& match) {
  AVAL_TRY(const Thing grant, match.Has("grant")
                                  ? scene.Find(match, "grant")
                                  : scene.Newest(Kind::kGrant, scene.Who(match, "person")));
  AVAL_TRY(const boost::json::value record, scene.Read(grant));
  AVAL_TRY(const std::int64_t limit, JsonInteger(record, "limit"));
  AVAL_TRY(const std::int64_t used, JsonInteger(record, "used"));
  return Compare(match, std::max<std::int64_t>(limit - used, 0));
}

Result<void> MayRecover(Scene& scene, const Match& match) {
  std::int64_t open = 0;
  for (const Thing& agreement : scene.AllOf(Kind::kAgreement, scene.Who(match, "copayer"))) {
    AVAL_TRY(const auto claim, scene.Find("recourse_claim", {agreement.id.Hex()}));
    if (!claim) continue;
    AVAL_TRY(const Member* borrower, MemberIn(scene, *claim, "borrower"));
    if (borrower != &scene.Who(match, "borrower")) continue;
    AVAL_TRY(const std::int64_t amount, JsonInteger(*claim, "amount"));
    open += amount;
    for (const std::string_view gone : {"recovered", "forgiven", "barred"}) {
      AVAL_TRY(const std::int64_t part, JsonInteger(*claim, gone));
      open -= part;
    }
  }
  return Compare(match, open);
}

// What live agreements leave of their caps.
Result<void> StandsFor(Scene& scene, const Match& match) {
  std::int64_t sum = 0;
  for (const Thing& agreement : scene.AllOf(Kind::kAgreement, scene.Who(match, "copayer"))) {
    AVAL_TRY(const std::int64_t balance,
             scene.Balance("memo", account::kGuaranteeCommitted, agreement.id));
    sum += balance;
  }
  return Compare(match, sum);
}

struct ResultAccount {
  std::string_view name;
  std::uint16_t code;
  std::int64_t normal;  // 1 where it stands in debit, -1 in credit.
};

constexpr std::array<ResultAccount, 7> kResults{{
    {.name = "fee income", .code = account::kFeeIncome, .normal = -1},
    {.name = "interest income", .code = account::kInterestIncome, .normal = -1},
    {.name = "penalty income", .code = account::kPenaltyIncome, .normal = -1},
    {.name = "recovery income", .code = account::kRecoveryIncome, .normal = -1},
    {.name = "credit loss", .code = account::kCreditLoss, .normal = 1},
    {.name = "subsidy", .code = account::kSubsidyExpense, .normal = 1},
    {.name = "servicing expense", .code = account::kServicingExpense, .normal = 1},
}};

Result<void> ResultIs(Scene& scene, const Match& match) {
  const auto* const result =
      std::ranges::find(kResults, match.Text("account"), &ResultAccount::name);
  const std::string owner = PartyText(scene.Who(match, "owner").id);
  AVAL_TRY(const boost::json::array lines, scene.Balances());
  std::int64_t balance = 0;
  for (const boost::json::value& line : lines) {
    AVAL_TRY(const std::string whose, JsonText(line, "owner"));
    AVAL_TRY(const std::uint64_t code, JsonCount(line, "code"));
    if (whose != owner || code != result->code) continue;
    AVAL_TRY(const std::int64_t debits, JsonInteger(line, "debits"));
    AVAL_TRY(const std::int64_t credits, JsonInteger(line, "credits"));
    balance += debits - credits;
  }
  return Compare(match, result->normal * balance);
}

constexpr std::array kClauses{
    Clause{.pattern = "{debtor:party} owes {creditor:party} {amount:amount}", .check = &Owes},
    Clause{.pattern = "Mercado will owe {creditor:party} {amount:amount}", .check = &WillOwe},
    Clause{.pattern = "Mercado holds {amount:amount} for {person:person}", .check = &HoldsFor},
    Clause{.pattern = "instalment {number:count} of {loan:loan} comes to {amount:amount}",
           .check = &InstalmentComesTo},
    Clause{.pattern = "{amount:amount} of instalment {number:count} of {loan:loan} is unpaid",
           .check = &InstalmentLacks},
    Clause{.pattern = "the penalty on instalment {number:count} of {loan:loan} is {amount:amount}",
           .check = &PenaltyIs},
    Clause{.pattern = "{amount:amount} of {loan:loan} is unpaid", .check = &LoanLacks},
    Clause{.pattern = "{person:person} may spend {amount:amount}[ under {grant:grant}]",
           .check = &MaySpend},
    Clause{.pattern = "{copayer:person} may recover {amount:amount} from {borrower:person}",
           .check = &MayRecover},
    Clause{.pattern = "{copayer:person} stands for {amount:amount}", .check = &StandsFor},
    Clause{.pattern = "{owner:party}'s {account=fee income|interest income|penalty income|recovery "
                      "income|credit loss|subsidy|servicing expense} is {amount:amount}",
           .check = &ResultIs},
};

}  // namespace

std::span<const Clause> MoneyClauses() { return kClauses; }

}  // namespace aval::cli::story
