#include "ledger/rule_versions.h"

#include <array>

#include "ledger/genesis.h"
#include "ledger/rules/rules.h"

namespace aval::ledger {

std::span<const RuleVersion> KnownRuleVersions() {
  static constexpr std::array kKnown{
      RuleVersion{.number = kRuleVersion, .decide = rules::Dispatch, .run_item = rules::RunItem}};
  return kKnown;
}

std::uint32_t RuleVersionAt(const Book& book, std::uint64_t leaf) {
  const bool next = book.next_rule_version != 0 && leaf >= book.next_rule_leaf;
  return next ? book.next_rule_version : book.rule_version;
}

}  // namespace aval::ledger
