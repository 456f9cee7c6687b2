#include "tests/bench/book_disk.h"

#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/options.h>

#include <memory>
#include <string>

namespace aval::bench {

Result<std::map<ledger::Table, std::uint64_t>> TablesOnDisk(const std::filesystem::path& state,
                                                            bool compact) {
  const std::unique_ptr<const leveldb::FilterPolicy> filter(leveldb::NewBloomFilterPolicy(10));
  leveldb::Options options;
  options.filter_policy = filter.get();
  leveldb::DB* opened = nullptr;
  const leveldb::Status status = leveldb::DB::Open(options, state.string(), &opened);
  const std::unique_ptr<leveldb::DB> db(opened);
  if (!status.ok()) return Error{.code = Code::kIo, .message = status.ToString()};
  if (compact) db->CompactRange(nullptr, nullptr);
  std::map<ledger::Table, std::uint64_t> bytes;
  for (int table = static_cast<int>(ledger::Table::kBook);
       table <= static_cast<int>(ledger::Table::kOutcome); ++table) {
    const std::string from(1, static_cast<char>(table));
    const std::string to(1, static_cast<char>(table + 1));
    const leveldb::Range range(from, to);
    std::uint64_t size = 0;
    db->GetApproximateSizes(&range, 1, &size);
    if (size > 0) bytes.emplace(static_cast<ledger::Table>(table), size);
  }
  return bytes;
}

}  // namespace aval::bench
