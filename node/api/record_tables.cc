#include "node/api/record_tables.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "ledger/record/accounts.h"
#include "ledger/record/calendar.h"
#include "ledger/record/copay.h"
#include "ledger/record/credit.h"
#include "ledger/record/debits.h"
#include "ledger/record/disputes.h"
#include "ledger/record/loans.h"
#include "ledger/record/notices.h"
#include "ledger/record/parties.h"
#include "ledger/record/recovery.h"
#include "ledger/record/refunds.h"
#include "node/api/json_view.h"

namespace aval::node::api {
namespace {

using boost::json::object;

template <ledger::Record R>
Result<std::optional<object>> ReadRecord(const ledger::Reader& state,
                                         std::vector<std::string> key_parts) {
  KeyParser parser(std::move(key_parts));
  typename R::Key key;
  R::Key::Fields(key, parser);
  AVAL_CHECK(parser.Finish());
  AVAL_TRY(const auto value, state.Get(ledger::EncodeKey<R>(key)));
  if (!value) return std::optional<object>{};
  AVAL_TRY(const R record, ledger::DecodeValue<R>(*value));
  return std::optional<object>{
      object{{"key", ViewOfFields(key)}, {"record", ViewOfFields(record)}}};
}

struct RecordTable {
  std::string_view name;
  Result<std::optional<object>> (*read)(const ledger::Reader&, std::vector<std::string>) = nullptr;
};

constexpr std::array kTables{
    RecordTable{"book", &ReadRecord<ledger::Book>},
    RecordTable{"institution", &ReadRecord<ledger::Institution>},
    RecordTable{"node", &ReadRecord<ledger::Node>},
    RecordTable{"key", &ReadRecord<ledger::KeyRecord>},
    RecordTable{"participant", &ReadRecord<ledger::Participant>},
    RecordTable{"supplier", &ReadRecord<ledger::Supplier>},
    RecordTable{"supplier_sales", &ReadRecord<ledger::SupplierSales>},
    RecordTable{"nullifier", &ReadRecord<ledger::Nullifier>},
    RecordTable{"attestation", &ReadRecord<ledger::Attestation>},
    RecordTable{"policy", &ReadRecord<ledger::Policy>},
    RecordTable{"product", &ReadRecord<ledger::Product>},
    RecordTable{"notice", &ReadRecord<ledger::Notice>},
    RecordTable{"grant", &ReadRecord<ledger::Grant>},
    RecordTable{"purchase", &ReadRecord<ledger::Purchase>},
    RecordTable{"loan", &ReadRecord<ledger::Loan>},
    RecordTable{"instalment", &ReadRecord<ledger::Instalment>},
    RecordTable{"bill", &ReadRecord<ledger::Bill>},
    RecordTable{"repayment", &ReadRecord<ledger::Repayment>},
    RecordTable{"early_quote", &ReadRecord<ledger::EarlyQuote>},
    RecordTable{"restructuring", &ReadRecord<ledger::Restructuring>},
    RecordTable{"recovery", &ReadRecord<ledger::Recovery>},
    RecordTable{"refund", &ReadRecord<ledger::Refund>},
    RecordTable{"credit_balance", &ReadRecord<ledger::CreditBalance>},
    RecordTable{"payment", &ReadRecord<ledger::Payment>},
    RecordTable{"dispute", &ReadRecord<ledger::Dispute>},
    RecordTable{"invitation", &ReadRecord<ledger::Invitation>},
    RecordTable{"agreement", &ReadRecord<ledger::Agreement>},
    RecordTable{"mandate", &ReadRecord<ledger::Mandate>},
    RecordTable{"debit", &ReadRecord<ledger::Debit>},
    RecordTable{"recourse_claim", &ReadRecord<ledger::RecourseClaim>},
    RecordTable{"recourse_payment", &ReadRecord<ledger::RecoursePayment>},
    RecordTable{"account", &ReadRecord<ledger::Account>},
    RecordTable{"obligation", &ReadRecord<ledger::Obligation>},
    RecordTable{"alert", &ReadRecord<ledger::Alert>},
};

}  // namespace

bool IsRecordTable(std::string_view table) {
  return std::ranges::find(kTables, table, &RecordTable::name) != kTables.end();
}

Result<std::optional<object>> RecordView(const ledger::Reader& state, std::string_view table,
                                         std::vector<std::string> key_parts) {
  const auto* const entry = std::ranges::find(kTables, table, &RecordTable::name);
  AVAL_ASSERT(entry != kTables.end());
  return entry->read(state, std::move(key_parts));
}

}  // namespace aval::node::api
