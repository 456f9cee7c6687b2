// The demo's purchases.

#include "cli/demo/purchases_file.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aval;
  const auto rows = cli::demo::ParsePurchases(AsText(ByteView(data, size)), "purchases.csv", 1'000);
  if (!rows) {
    AVAL_ASSERT(rows.error().message.starts_with("purchases.csv"));
    return 0;
  }
  for (const auto& row : *rows) AVAL_ASSERT(row.instalments >= 2 && row.value.minor >= 100);
  return 0;
}
