#pragma once

#include <memory>

namespace leveldb {
class Env;
}

namespace aval::ledger {

/// Files for a LevelDB that is opened to be read and may change nothing below.
///
/// LevelDB cannot be opened without writing: it makes a table of its log, a new log and a new
/// manifest. These stay in memory, never more than its log had; behind them nothing is written at
/// all, so that it compacts no more. Nobody is locked out.
/// `below` outlives it.
/// Threads: safe from all.
std::unique_ptr<leveldb::Env> ReadOnlyEnv(leveldb::Env* below);

}  // namespace aval::ledger
