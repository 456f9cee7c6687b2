#include "tests/bench/day_roll.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/bounded_queue.h"
#include "base/disk.h"
#include "tests/bench/book_ledger.h"
#include "tests/bench/district_plan.h"
#include "tests/bench/measures.h"
#include "tests/bench/prepare_checked.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {
namespace {

using Nanoseconds = std::chrono::nanoseconds;
using SteadyClock = std::chrono::steady_clock;
using Act = std::shared_ptr<ledger::PreparedAct>;

constexpr std::size_t kBlockBytes = std::size_t{128} << 10U;  // Of acts in one block.
constexpr std::size_t kSignedAhead = 400;
constexpr std::size_t kWorst = 5;  // Blocks that are told one by one.

/// Acts at fixed times, signed by a thread of its own a little before they are due.
class Arrivals {
 public:
  Arrivals(PurchaseMix mix, double rate)
      : step_(std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(1 / rate))),
        mix_(std::move(mix)),
        signer_([this] { Sign(); }) {}
  ~Arrivals() {
    signed_.Close();
    signer_.join();
  }

  struct Arrived {
    Act act;
    SteadyClock::time_point due;
  };

  void Start() { next_due_ = SteadyClock::now(); }
  void set_today(ledger::Day today) { today_ = today.number; }
  SteadyClock::time_point next_due() const { return next_due_; }

  /// What is due by now, as far as a block has room.
  std::vector<Arrived> Take() {
    std::vector<Arrived> taken;
    std::size_t bytes = 0;
    for (const auto now = SteadyClock::now(); next_due_ <= now && bytes < kBlockBytes;) {
      if (waiting_.empty()) waiting_ = signed_.PopAll();
      bytes += waiting_.front()->bytes->size();
      taken.push_back({.act = std::move(waiting_.front()), .due = next_due_});
      waiting_.pop_front();
      next_due_ += step_;
    }
    return taken;
  }

 private:
  void Sign() {
    for (;;) {
      for (Act& act : mix_.Next({today_})) {
        if (!signed_.Push(std::move(act))) return;
      }
    }
  }

  const Nanoseconds step_;
  SteadyClock::time_point next_due_;
  std::deque<Act> waiting_;
  std::atomic<std::int32_t> today_ = kBookDay.number;
  PurchaseMix mix_;
  BoundedQueue<Act> signed_{kSignedAhead};
  std::thread signer_;  // Last: it uses the rest.
};

/// A file that is written and synced as the Raft log is.
class BlockFile {
 public:
  static Result<BlockFile> Create(const std::filesystem::path& path) {
    PosixDisk disk;
    if (disk.Exists(path)) AVAL_CHECK(disk.Remove(path));
    BlockFile made;
    AVAL_TRY(made.file_, disk.Open(path, Disk::Mode::kCreate));
    AVAL_CHECK(made.file_->Write(0, Bytes(kSize)));
    AVAL_CHECK(made.file_->Sync());
    return made;
  }
  Result<void> Write(std::size_t bytes) {
    bytes = std::min(bytes, kSize);
    if (at_ + bytes > kSize) at_ = 0;
    AVAL_CHECK(file_->Write(at_, Bytes(bytes, 'b')));
    at_ += bytes;
    return file_->Sync();
  }

 private:
  static constexpr std::size_t kSize = std::size_t{64} << 20U;
  std::unique_ptr<File> file_;
  std::size_t at_ = 0;
};

/// A block that was applied, and what went on in the store meanwhile.
struct Block {
  std::size_t acts = 0;
  std::uint64_t last_leaf = 0;
  BookLedger::Times times{};
  Nanoseconds processor{0};
  CountingEnv::Counts before{};
  CountingEnv::Counts after{};
  bool compacting = false;
};

/// Blocks of a phase.
struct Phase {
  std::vector<Block> blocks;
  Durations latency;
  Nanoseconds took{0};
  std::uint64_t memory = 0;

  Durations Times(bool flushes) const {
    Durations times;
    for (const Block& block : blocks) {
      times.Add(flushes ? block.times.InAll() : block.times.apply);
    }
    return times;
  }
};

std::string CauseOf(const Block& block, std::uint32_t items) {
  const auto ms = [](Nanoseconds time) {
    return Fixed(static_cast<double>(time.count()) / 1e6, 1);
  };
  const CountingEnv::Counts& a = block.before;
  const CountingEnv::Counts& b = block.after;
  return ms(block.times.InAll()) + " ms: apply " + ms(block.times.apply) + ", flush " +
         ms(block.times.flush) + " (state log synced in " + ms(b.log_sync_time - a.log_sync_time) +
         "), processor " + ms(block.processor) + "; " + std::to_string(block.acts) + " acts, " +
         std::to_string(items) + " items; " + std::to_string(b.block_reads - a.block_reads) +
         " blocks read, " + std::to_string(b.table_opens - a.table_opens) + " files opened, " +
         std::to_string(b.slowdowns - a.slowdowns) + " slowdowns of 1 ms, " +
         std::to_string(b.tables - a.tables) + " tables of " +
         MegaBytes(b.table_bytes - a.table_bytes) + " MB written" +
         (block.compacting ? ", compacting" : "");
}

class Run {
 public:
  Run(BookLedger& ledger, BlockFile& file, Arrivals& arrivals)
      : ledger_(ledger), file_(file), arrivals_(arrivals) {}

  /// Applies blocks until `done` says so; `first` goes into the first one.
  template <class Done>
  Result<Phase> Until(const Done& done, std::optional<Act> first = std::nullopt) {
    Phase phase;
    const auto start = SteadyClock::now();
    while (true) {
      AVAL_TRY(const bool due, ledger_.HasDueItems());
      if (!first && done(due, SteadyClock::now() - start)) break;
      std::vector<Arrivals::Arrived> arrived = arrivals_.Take();
      BookLedger::Acts acts;
      if (first) acts.push_back(*std::exchange(first, std::nullopt));
      for (const Arrivals::Arrived& one : arrived) acts.push_back(one.act);
      if (acts.empty() && !due) {
        std::this_thread::sleep_until(arrivals_.next_due());
        continue;
      }
      AVAL_TRY(const SteadyClock::time_point applied, Apply(acts, phase));
      for (const Arrivals::Arrived& one : arrived) phase.latency.Add(applied - one.due);
    }
    phase.took = SteadyClock::now() - start;
    AVAL_CHECK(ledger_.Flush());
    return phase;
  }

 private:
  // When the rules were done with it.
  Result<SteadyClock::time_point> Apply(const BookLedger::Acts& acts, Phase& phase) {
    std::size_t bytes = 512;
    for (const Act& act : acts) bytes += act->bytes->size();
    AVAL_CHECK(file_.Write(bytes));
    Block block{.acts = acts.size(), .before = ledger_.env().counts()};
    block.compacting = ledger_.env().is_busy();
    const Nanoseconds processor = ThreadTime();
    const auto start = SteadyClock::now();
    AVAL_TRY(block.times, ledger_.Apply(acts));
    block.processor = ThreadTime() - processor;
    block.after = ledger_.env().counts();
    block.compacting = block.compacting || ledger_.env().is_busy();
    block.last_leaf = ledger_.size() - 1;
    phase.blocks.push_back(block);
    if (phase.blocks.size() % 256 == 1) phase.memory = std::max(phase.memory, AnonymousMemory());
    return start + block.times.apply;
  }

  BookLedger& ledger_;
  BlockFile& file_;
  Arrivals& arrivals_;
};

Result<std::string> Text(const BookLedger& ledger, Phase& before, Phase& during) {
  std::uint64_t items = 0;
  std::size_t sweeps = 0;
  for (const Block& block : during.blocks) {
    AVAL_TRY(const std::uint32_t swept, ledger.ItemsOf(block.last_leaf));
    items += swept;
    sweeps += swept > 0 ? 1 : 0;
  }
  const double seconds = std::chrono::duration<double>(during.took).count();
  const CountingEnv::Counts a = during.blocks.front().before;
  const CountingEnv::Counts b = during.blocks.back().after;
  std::string text =
      "day roll: " + std::to_string(items) + " items in " + std::to_string(sweeps) + " sweeps, " +
      Fixed(seconds, 1) + " s, " + Fixed(static_cast<double>(items) / seconds, 0) +
      " items/s\n  block apply, with its flush: " + during.Times(true).Text() +
      "\n  without: " + during.Times(false).Text() +
      "\n  acts before: " + std::to_string(before.latency.size()) + ", " + before.latency.Text() +
      "\n  acts during: " + std::to_string(during.latency.size()) + ", " + during.latency.Text() +
      "\n  p99 ratio " + Fixed(during.latency.Millis(0.99) / before.latency.Millis(0.99), 2) +
      "\n  store: " + std::to_string(b.tables - a.tables) + " tables of " +
      MegaBytes(b.table_bytes - a.table_bytes) + " MB written, compacting " +
      Fixed(std::chrono::duration<double>(b.background_time - a.background_time).count(), 1) +
      " s, " + std::to_string(b.slowdowns - a.slowdowns) + " slowdowns of 1 ms, " +
      std::to_string(b.block_reads - a.block_reads) + " blocks read, " +
      std::to_string(b.table_opens - a.table_opens) + " files opened; RssAnon at most " +
      MegaBytes(during.memory) + " MB\n  slowest blocks, with what was done meanwhile:\n";
  std::ranges::sort(during.blocks, std::greater{},
                    [](const Block& block) { return block.times.InAll(); });
  for (std::size_t i = 0; i < std::min(kWorst, during.blocks.size()); ++i) {
    AVAL_TRY(const std::uint32_t swept, ledger.ItemsOf(during.blocks[i].last_leaf));
    text += "    " + CauseOf(during.blocks[i], swept) + "\n";
  }
  return text;
}

}  // namespace

Result<std::string> MeasureDayRoll(const DayRoll& roll) {
  AVAL_TRY(const auto ledger, BookLedger::Open(roll.directory));
  AVAL_TRY(BlockFile file, BlockFile::Create(roll.directory / "blocks"));
  Arrivals arrivals(PurchaseMix(PurchaseMix::Kind::kNextPurchase, roll.people, 1'000'000),
                    roll.rate);
  arrivals.Start();
  Run run(*ledger, file, arrivals);
  AVAL_TRY(Phase before,
           run.Until([&roll](bool, Nanoseconds passed) { return passed >= roll.before; }));
  // Acts signed from now on are of the new day; those that wait are valid on both.
  arrivals.set_today(kBookDay.Plus(1));
  AVAL_TRY(Phase during,
           run.Until([&roll](bool due, Nanoseconds passed) { return passed >= roll.most || !due; },
                     PrepareChecked(ledger::DayRollAct(kBookDay.Plus(1)))));
  return Text(*ledger, before, during);
}

}  // namespace aval::bench
