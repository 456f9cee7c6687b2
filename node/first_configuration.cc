#include "node/first_configuration.h"

namespace aval::node {

consensus::ConfigurationAt FirstConfiguration(const ledger::Genesis& genesis) {
  consensus::Configuration first;
  for (const ledger::Genesis::NodeEntry& node : genesis.nodes()) {
    const consensus::NodeId id{node.number};
    first.members[id] = {.incarnation = 1, .group = node.institution.InstitutionNumber()};
    first.voters.insert(id);
  }
  first.majority_of_one = genesis.message().majority_of_one();
  return {.index = {}, .configuration = std::move(first)};
}

}  // namespace aval::node
