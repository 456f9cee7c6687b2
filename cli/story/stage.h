#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/network.h"

namespace aval::cli::story {

/// A ledger on which a story is played: it takes signed acts and shows what became of them. Records
/// and journal lines are JSON as a node's API has them (docs/api.md), whatever is behind.
/// Threads: one.
class Stage {
 public:
  struct Outcome {
    bool accepted = false;
    std::string code;   // "ACCEPTED", "E_LIMIT" and so on.
    std::string words;  // Why, for people; of a refusal.
    std::uint64_t leaf = 0;
    boost::json::array journal{};  // Of an accepted act.
  };
  /// What time did: a system leaf.
  struct Movement {
    std::uint64_t leaf = 0;
    boost::json::array journal{};
  };

  virtual ~Stage() = default;

  /// Its founders' keys and its origin. Outlived by the stage.
  virtual const Network& network() const = 0;
  /// Decides one envelope. A refusal is an outcome; an error says that nothing was decided.
  virtual Result<Outcome> Apply(const Bytes& envelope) = 0;
  /// Works off, or waits until the nodes have, all that is due today; gives the leaves that did so
  /// since the last call.
  virtual Result<std::vector<Movement>> WorkOff() = 0;
  /// The record of that key, its parts as the API has them; nothing when there is none.
  virtual Result<std::optional<boost::json::value>> Read(const std::string& table,
                                                         const std::vector<std::string>& key) = 0;
  /// The report of balances by owner and code: its lines.
  virtual Result<boost::json::array> Balances() = 0;
};

}  // namespace aval::cli::story
