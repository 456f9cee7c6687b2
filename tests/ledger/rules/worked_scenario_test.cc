#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/ledger/rules/copay_desk.h"
#include "tests/ledger/rules/market.h"

namespace aval::ledger::rules {
namespace {

namespace json = boost::json;

using Lines = std::vector<std::string>;  // "PLT/1100/L1 dr 30000".

std::string Line(const std::string& account, std::int64_t debit, std::int64_t credit) {
  return account + (debit > 0 ? " dr " + std::to_string(debit) : " cr " + std::to_string(credit));
}

/// The worked trace of domain.md 2.7: 1000.00 over three instalments at 0.5 % a month, the first
/// free at the supplier's expense, lent 30/70 by the platform and bank A, repaid through bank B,
/// half of the overdue second instalment by a co-payer.
class WorkedScenarioTest : public testing::Test {
 protected:
  WorkedScenarioTest() {
    std::ifstream file(std::string(AVAL_TEST_DATA) + "/golden/golden.json");
    std::stringstream text;
    text << file.rdbuf();
    scenario_ = json::parse(text.str()).at("scenario");
    names_ = {{kPlatform.id, "PLT"},
              {kBankA.id, "BKA"},
              {kBankB.id, "BKB"},
              {market_.supplier().id, "SUP"},
              {Market::PurchaseId(1), "L1"},
              {Id{}, "order"},
              {CopayDesk::DebitId(1), "COPAY_DEBIT_2"}};
  }

  Lines Expected(std::initializer_list<std::string_view> transactions) const {
    Lines lines;
    for (const json::value& tx : scenario_.at("txs").as_array()) {
      if (std::find(transactions.begin(), transactions.end(), tx.at("tx").as_string()) ==
          transactions.end()) {
        continue;
      }
      for (const json::value& entry : tx.at("entries").as_array()) {
        lines.push_back(Line(std::string(entry.at("acct").as_string()), entry.at("dr").as_int64(),
                             entry.at("cr").as_int64()));
      }
    }
    return lines;
  }

  // Memo accounts of limits and guarantees are left out, as in the trace, which names the claim's
  // by their parties.
  Lines Named(const std::vector<JournalLine>& journal) const {
    Lines lines;
    for (const JournalLine& line : journal) {
      if (line.code >= 9100 && line.code <= 9201) continue;
      if (line.code == account::kRecourseClaim || line.code == account::kRecourseObligation) {
        EXPECT_EQ(line.subject, CopayDesk::AgreementId(1));
        const bool claim = line.code == account::kRecourseClaim;
        lines.push_back(Line(claim ? "MEMO/9300/copayer" : "MEMO/9301/borrower", line.debit.minor,
                             line.credit.minor));
        continue;
      }
      lines.push_back(Line(names_.at(line.owner.id) + "/" + std::to_string(line.code) + "/" +
                               names_.at(line.subject),
                           line.debit.minor, line.credit.minor));
    }
    return lines;
  }

  void ExpectPosted(std::initializer_list<std::string_view> transactions) {
    EXPECT_THAT(Named(market_.book().journal()),
                testing::UnorderedElementsAreArray(Expected(transactions)));
  }
  void ExpectSwept(std::string_view transaction) {
    EXPECT_THAT(Named(market_.swept()),
                testing::UnorderedElementsAreArray(Expected({transaction})));
  }
  void Repay(std::uint8_t number, std::int64_t amount, const std::string& name) {
    names_[Market::RepaymentId(number)] = name;
    ASSERT_EQ(market_.Repay(number, 1, amount), Verdict::kAccepted);
  }

  // The co-payer agrees before the instalment is due; what is posted meanwhile is memo.
  void Agree() {
    auto invitation = desk_.Invitation(1);
    ASSERT_EQ(desk_.Agree(invitation, 1), Verdict::kAccepted);
  }

  Market market_{2};
  CopayDesk desk_{market_};
  json::value scenario_;
  std::map<Id, std::string> names_;
};

TEST_F(WorkedScenarioTest, EveryEntryAndObligationComesOutToTheLastUnit) {
  auto order = market_.Order(1);
  order.set_product(4);
  market_.Buy(order);
  ExpectPosted({"PURCHASE"});
  ASSERT_EQ(market_.Deliver(1), Verdict::kAccepted);
  ExpectPosted({"DELIVERY_CONFIRM"});

  const Day first_due = kFirstDay.Plus(31);
  market_.PassTo(first_due);
  ExpectSwept("BILL_1(sponsored)");
  Repay(1, 33'333, "REPAY_1(borrower)");
  ExpectPosted({"REPAY_1(borrower)"});

  const Day second_due = *Day::FromDate(2017, 3, 1);
  market_.PassTo(second_due.Plus(5));
  ExpectSwept("BILL_2");
  Agree();
  ASSERT_EQ(desk_.Create(desk_.Instruction(1, 16'959)), Verdict::kAccepted);
  ExpectPosted({"PENALTY_2(5 days)"});
  ASSERT_EQ(desk_.Submit(1), Verdict::kAccepted);
  ExpectPosted({});
  ASSERT_EQ(desk_.Result(desk_.Confirmation(1, 16'959)), Verdict::kAccepted);
  ExpectPosted({"COPAY_DEBIT_2", "RECOURSE_CLAIM"});
  Repay(3, 16'959, "REPAY_2(borrower)");
  ExpectPosted({"REPAY_2(borrower)"});

  market_.PassTo(*Day::FromDate(2017, 4, 1));
  ExpectSwept("BILL_3");
  Repay(4, 33'834, "REPAY_3(borrower)");
  ExpectPosted({"REPAY_3(borrower)"});
  EXPECT_EQ(market_.LoanNow(1).state, LoanState::kPaidOff);
  ASSERT_EQ(desk_.PayBackByBank(desk_.PayingBack(1, 10'000)), Verdict::kAccepted);
  ExpectPosted({"RECOURSE_REPAY"});

  Lines owed;
  for (const auto& [key, obligation] : market_.book().state().List<Obligation>({}, 100)) {
    owed.push_back(std::to_string(key.sequence) + " " + names_.at(obligation.from.id) + " " +
                   names_.at(obligation.to.id) + " " + std::to_string(obligation.amount.minor));
  }
  Lines expected;
  for (const json::value& row : scenario_.at("obligations").as_array()) {
    expected.push_back(
        std::to_string(row.at(0).as_int64()) + " " + std::string(row.at(1).as_string()) + " " +
        std::string(row.at(2).as_string()) + " " + std::to_string(row.at(3).as_int64()));
  }
  EXPECT_EQ(owed, expected);
}

TEST_F(WorkedScenarioTest, TheScheduleIsTheTracesRows) {
  auto order = market_.Order(1);
  order.set_product(4);
  market_.Buy(order);
  const auto& rows = scenario_.at("rows").as_array();
  ASSERT_EQ(market_.LoanNow(1).instalments, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Instalment instalment = market_.InstalmentNow(1, static_cast<std::uint16_t>(i + 1));
    EXPECT_EQ(instalment.principal.due.minor, rows[i].at("principal").as_int64());
    EXPECT_EQ(instalment.fee.Unpaid().minor, rows[i].at("fee").as_int64());
    EXPECT_EQ(instalment.fee.waived.minor, rows[i].at("subsidy").as_int64());
    EXPECT_EQ(instalment.subsidy.minor, rows[i].at("subsidy").as_int64());
  }
}

}  // namespace
}  // namespace aval::ledger::rules
