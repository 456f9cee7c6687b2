#include "cli/bench/purchases.h"

#include <cstdint>
#include <string>
#include <utility>

#include "cli/demo/sales.h"
#include "cli/submitter.h"
#include "crypto/digest.h"

namespace aval::cli::bench {
namespace {

constexpr std::size_t kSellers = 100;

// Ids as the marketplace's rows have them, that no other load has.
class Names {
 public:
  explicit Names(Random& random) : load_(random.U64()) {}
  std::string Id(const std::string& what, std::size_t number) const {
    const std::string text = std::to_string(load_) + " " + what + " " + std::to_string(number);
    return crypto::Sha256(AsBytes(text)).Hex().substr(0, 32);
  }

 private:
  const std::uint64_t load_;
};

}  // namespace

std::vector<demo::PurchaseRow> MakeRows(std::size_t count, ledger::Day day, Random& random) {
  const Names names(random);
  std::vector<demo::PurchaseRow> rows;
  rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    demo::PurchaseRow row;
    row.order = names.Id("order", i);
    row.seller = names.Id("seller", i % kSellers);
    row.purchased = day;
    row.approved = day;
    row.shipping_limit = day;
    row.value.minor = 5'000 + static_cast<std::int64_t>(i % 97) * 1'013;
    row.instalments = 2 + static_cast<std::uint32_t>(i % 11);
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<void> DecideInOrder(const std::vector<ApiClient*>& nodes, std::vector<Bytes> acts,
                           const std::atomic<bool>& stop) {
  std::vector<std::vector<Bytes>> chains;
  for (Bytes& act : acts) chains.push_back({std::move(act)});
  Submitter submitter(nodes, stop);
  for (std::vector<Bytes>& batch : PackChains(std::move(chains))) {
    std::vector<std::vector<Bytes>> one;
    one.push_back(std::move(batch));
    AVAL_CHECK(submitter.Submit(std::move(one)));
  }
  if (submitter.report().refused.empty()) return {};
  std::string words = "this ledger refuses the parties of the load:";
  for (const auto& [code, count] : submitter.report().refused) {
    words += " " + code + " (" + std::to_string(count) + ")";
  }
  return Error{.code = Code::kUnavailable, .message = std::move(words)};
}

Result<Purchases> PreparePurchases(const Target& target, std::size_t count, Random& random,
                                   const std::atomic<bool>& stop) {
  AVAL_TRY(const ledger::Day today, target.Today(stop));
  demo::DayOfActs acts =
      demo::SellOn(today, MakeRows(count, today, random), target.network(), random);
  AVAL_ASSERT(!acts.first.empty());
  Purchases purchases{.chains = std::move(acts.chains), .registration = acts.first.back()};
  AVAL_CHECK(DecideInOrder(target.clients(), std::move(acts.first), stop));
  return purchases;
}

}  // namespace aval::cli::bench
