#include "cli/story/accounts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aval::cli::story {
namespace {

constexpr std::array<std::pair<std::uint64_t, std::string_view>, 32> kChart{{
    {1010, "settlement cash"},
    {1100, "loan principal"},
    {1200, "fee receivable"},
    {1210, "interest receivable"},
    {1220, "penalty receivable"},
    {1230, "cost receivable"},
    {1300, "due from"},
    {1350, "platform receivable"},
    {1400, "receivable financed"},
    {1600, "deposit control"},
    {2100, "merchant payable"},
    {2200, "due to"},
    {2300, "borrower overpayment"},
    {2400, "unallocated collection"},
    {2500, "loss allowance"},
    {3900, "external control"},
    {4100, "fee income"},
    {4110, "interest income"},
    {4120, "penalty income"},
    {4200, "servicing income"},
    {4300, "recovery income"},
    {5100, "credit loss"},
    {5200, "subsidy"},
    {5300, "servicing expense"},
    {9100, "limit granted"},
    {9101, "limit granted, contra"},
    {9200, "guarantee committed"},
    {9201, "guarantee committed, contra"},
    {9300, "recourse claim"},
    {9301, "recourse obligation"},
    {9400, "written-off claim"},
    {9401, "written-off claim, contra"},
}};

}  // namespace

std::string_view AccountName(std::uint64_t code) {
  const auto* const at =
      std::ranges::find(kChart, code, &std::pair<std::uint64_t, std::string_view>::first);
  return at == kChart.end() ? "account" : at->second;
}

}  // namespace aval::cli::story
