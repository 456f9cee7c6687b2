#include "tests/bench/book_ledger.h"

#include <bit>
#include <string>
#include <system_error>
#include <utility>

#include "ledger/log/leaf.h"
#include "ledger/log/log.h"
#include "ledger/log/log_start.h"
#include "ledger/record/applied.h"
#include "ledger/record/codec.h"
#include "ledger/snapshot/paths.h"
#include "ledger/state/leveldb_store.h"
#include "node/applier.h"
#include "node/state_options.h"
#include "tests/bench/district_acts.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {
namespace {

namespace fs = std::filesystem;
using Nanoseconds = std::chrono::nanoseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr Duration kCheckpointInterval = std::chrono::seconds(1);  // As a leader's, under load.
// How far into its segment of the log the next leaf lies, for each leaf that is not there: room
// that is left empty, and copied.
constexpr std::uint64_t kRoom = 8;

// No leaf is there: hashes that nobody can compare with anything.
crypto::Frontier TreeOf(std::uint64_t size) {
  ByteWriter out;
  out.U64(size);
  for (int i = 0; i < std::popcount(size); ++i) {
    out.Raw(crypto::Sha256(AsBytes("aval-book/tree/" + std::to_string(i))));
  }
  return *crypto::Frontier::Decode(out.bytes());
}

Result<void> InstallState(const fs::path& directory, BookGenerator& generator,
                          const BookGenerator::Progress& progress) {
  PosixDisk disk;
  AVAL_TRY(const auto state, ledger::LevelDbStore::Open(disk, directory / ledger::kStateDirectory,
                                                        node::StateOptions()));
  AVAL_CHECK(generator.Write(*state, progress));
  const ledger::AppliedMark mark{.genesis = crypto::Sha256(BookGenesis().envelope()),
                                 .raft_index = 1,
                                 .time_ms = generator.tail().time_ms,
                                 .frontier = TreeOf(generator.tail().size).Encode(),
                                 .signed_size = 0};
  return state->Apply({{ledger::EncodeKey<ledger::AppliedMark>({}), ledger::EncodeValue(mark)}});
}

Result<void> InstallLog(const fs::path& directory, std::uint64_t size) {
  PosixDisk disk;
  const fs::path path = directory / ledger::kLogDirectoryName;
  AVAL_CHECK(disk.MakeDirectories(path));
  const std::uint64_t segment_leaves = ledger::Log::Options{}.segment_leaves;
  const std::uint64_t before = size % segment_leaves;
  return ledger::BeginLog(
      disk, path,
      {.tree = TreeOf(size),
       .end = {.leaves = size, .entries = before * kRoom, .effects = before * kRoom}},
      segment_leaves);
}

}  // namespace

Result<void> InstallBook(const fs::path& directory, BookGenerator& generator,
                         const BookGenerator::Progress& progress) {
  PosixDisk disk;
  AVAL_CHECK(disk.MakeDirectories(directory));
  AVAL_CHECK(InstallState(directory, generator, progress));
  return InstallLog(directory, generator.tail().size);
}

Result<void> CloneBook(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::remove_all(to, error);
  for (const auto& entry : fs::recursive_directory_iterator(from, error)) {
    const fs::path path = to / fs::relative(entry.path(), from, error);
    if (entry.is_directory()) {
      fs::create_directories(path, error);
    } else if (path.extension() == ".ldb") {  // Never written again.
      fs::create_hard_link(entry.path(), path, error);
    } else {
      fs::copy_file(entry.path(), path, error);
    }
    if (error) return Error{.code = Code::kIo, .message = path.string() + ": " + error.message()};
  }
  if (error) return Error{.code = Code::kIo, .message = from.string() + ": " + error.message()};
  return {};
}

BookLedger::BookLedger()
    : genesis_(BookGenesis()),
      log_key_(ledger::NodeKey(1, "log")),
      cosigner_key_(ledger::NodeKey(1, "cosigner")) {}

Result<std::unique_ptr<BookLedger>> BookLedger::Open(const fs::path& directory) {
  std::unique_ptr<BookLedger> book(new BookLedger);
  AVAL_CHECK(book->disk_.MakeDirectories(directory));
  ledger::LevelDbStore::Options options = node::StateOptions();
  options.env = &book->env_;
  AVAL_TRY(auto state,
           ledger::LevelDbStore::Open(book->disk_, directory / ledger::kStateDirectory, options));
  AVAL_TRY(book->ledger_,
           node::AppliedLedger::Open({.disk = &book->disk_,
                                      .clock = &book->clock_,
                                      .genesis = &book->genesis_,
                                      .log_key = &book->log_key_,
                                      .cosigner_key = &book->cosigner_key_,
                                      .node = 1,
                                      .state = std::move(state),
                                      .log_directory = directory / ledger::kLogDirectoryName}));
  book->raft_index_ = book->ledger_->view()->raft_index;
  return book;
}

Result<BookLedger::Times> BookLedger::Apply(const Acts& acts) {
  std::vector<ledger::Preparation> prepared;
  for (const auto& act : acts) prepared.push_back({.act = act, .malformed = std::nullopt});
  node::BlockPreparation block;
  block.header.time_ms = clock_.UnixMillis();
  block.header.checkpoint = clock_.Now() - last_checkpoint_ >= kCheckpointInterval;
  if (block.header.checkpoint) last_checkpoint_ = clock_.Now();
  block.acts = std::make_shared<node::ActPreparation>(std::move(prepared));

  Times times;
  const auto start = SteadyClock::now();
  AVAL_TRY(const auto applied, ledger_->Apply(++raft_index_, &block));
  times.apply = SteadyClock::now() - start;
  for (std::size_t i = 0; i < acts.size(); ++i) {
    const ledger::Verdict verdict = applied.acts.at(i).outcome.verdict;
    if (verdict == ledger::Verdict::kAccepted) continue;
    return Error{.code = Code::kInvalidArgument,
                 .message = std::string(ledger::VerdictCode(verdict)) + " of " +
                            acts[i]->act.ShortDebugString()};
  }
  if (!FlushIsDue()) return times;
  AVAL_TRY(times.flush, Flush());
  return times;
}

bool BookLedger::FlushIsDue() const {
  return ledger_->unflushed_bytes() >= node::Applier::kRunBytes ||
         clock_.Now() - last_flush_ >= node::Applier::kFlushInterval;
}

Result<Nanoseconds> BookLedger::Flush() {
  const auto start = SteadyClock::now();
  AVAL_CHECK(ledger_->Flush());
  last_flush_ = clock_.Now();
  return SteadyClock::now() - start;
}

Result<bool> BookLedger::HasDueItems() {
  AVAL_TRY(const node::AppliedLedger::Standing standing, ledger_->standing());
  return standing.has_due_items;
}

Result<std::uint32_t> BookLedger::ItemsOf(std::uint64_t leaf) const {
  AVAL_TRY(const Bytes entry, ledger_->log().Entry(leaf));
  AVAL_TRY(const ledger::LeafView view, ledger::DecodeLeaf(entry));
  if (view.header.kind != ledger::LeafKind::kSystem) return 0U;
  AVAL_TRY(const ledger::SystemChunk chunk, ledger::DecodeSystemChunk(view.body));
  return chunk.items;
}

}  // namespace aval::bench
