#include "cli/demo/delays_file.h"

#include "cli/demo/csv.h"

namespace aval::cli::demo {
namespace {

constexpr std::array<std::string_view, 25> kColumns{
    "ID",        "LIMIT_BAL", "SEX",       "EDUCATION", "MARRIAGE", "AGE",       "PAY_0",
    "PAY_2",     "PAY_3",     "PAY_4",     "PAY_5",     "PAY_6",    "BILL_AMT1", "BILL_AMT2",
    "BILL_AMT3", "BILL_AMT4", "BILL_AMT5", "BILL_AMT6", "PAY_AMT1", "PAY_AMT2",  "PAY_AMT3",
    "PAY_AMT4",  "PAY_AMT5",  "PAY_AMT6",  "Default"};
// Where the columns of the latest month stand; those of the months before it follow.
constexpr std::size_t kStatus = 6;
constexpr std::size_t kBilled = 12;
constexpr std::size_t kPaid = 18;
constexpr std::size_t kDefault = 24;

constexpr std::size_t kMaxClients = 1'000'000;
constexpr std::int64_t kMaxAmount = 1'000'000'000'000;

ClientMonths ReadRow(Cells& row) {
  ClientMonths client;
  const std::size_t count = client.months.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t before = count - 1 - i;  // Months before the latest.
    client.months[i] = {
        .status = static_cast<std::int32_t>(row.Integer(kStatus + before, -2, 9)),
        .billed = row.Integer(kBilled + before, -kMaxAmount, kMaxAmount),
        .paid = row.Integer(kPaid + before, 0, kMaxAmount),
    };
  }
  client.defaults = row.Integer(kDefault, 0, 1) == 1;
  return client;
}

}  // namespace

Result<std::vector<ClientMonths>> ParseDelays(std::string_view text, const std::string& name) {
  std::vector<ClientMonths> clients;
  AVAL_CHECK(ReadRows(text, name, kColumns, kMaxClients + 1,
                      [&clients](Cells& row) { clients.push_back(ReadRow(row)); }));
  if (clients.empty() || clients.size() > kMaxClients) {
    return Error{.code = Code::kInvalidArgument,
                 .message = name + ": must have 1 to " + std::to_string(kMaxClients) + " clients"};
  }
  return clients;
}

Result<std::vector<ClientMonths>> ReadDelays(const std::filesystem::path& path) {
  AVAL_TRY(const std::string text, ReadText(path));
  return ParseDelays(text, path.string());
}

}  // namespace aval::cli::demo
