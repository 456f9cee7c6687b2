#include "cli/demo/grants.h"

#include "cli/acts/grants.h"
#include "cli/acts/parties.h"
#include "cli/demo/derived.h"
#include "cli/demo/genesis.h"
#include "cli/demo/sales.h"

namespace aval::cli::demo {

using ledger::Department;

void WriteHold(ActWriter& writer, const PurchaseRow& row) {
  writer.Write(acts::Hold(act::v1::GRANT, GrantOf(row), 1),
               {writer.Office(kPlatform, Department::kRisk)});
}

void WriteLift(ActWriter& writer, const PurchaseRow& row) {
  writer.Write(acts::Lift(act::v1::GRANT, GrantOf(row)),
               {writer.Office(kPlatform, Department::kRisk)});
}

ledger::HoldOn::Key HoldOf(const PurchaseRow& row) {
  return {.what = ledger::Held::kGrant,
          .subject = GrantOf(row),
          .holder = ledger::PartyId::Institution(kPlatform),
          .department = Department::kRisk};
}

void WriteReview(ActWriter& writer, const PurchaseRow& row, bool declined) {
  const std::string name = row.order + "/review";
  WriteCapacity(writer, {.name = name,
                         .subject = BorrowerOf(row),
                         .attester = BankOf(row),
                         .value = row.value.minor});
  writer.Write(acts::ReviewGrant(GrantOf(row), CapacityId(name)),
               {writer.Office(kPlatform, Department::kCredit)});
  writer.Write(acts::ReviewGrant(GrantOf(row), declined ? ledger::Id{} : CapacityId(name)),
               {writer.Office(BankOf(row), Department::kCredit)});
}

void WriteClosing(ActWriter& writer, const PurchaseRow& row) {
  writer.Write(acts::CloseGrant(GrantOf(row), 1), {PartyHand::Borrower(row)});
}

}  // namespace aval::cli::demo
