#include "tests/sim/plan.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/random.h"

namespace aval::sim {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array kNames{
    std::pair{Fault::kLoss, "loss"},
    std::pair{Fault::kDuplicate, "duplicate"},
    std::pair{Fault::kReorder, "reorder"},
    std::pair{Fault::kDelay, "delay"},
    std::pair{Fault::kClog, "clog"},
    std::pair{Fault::kFlip, "flip"},
    std::pair{Fault::kPartition, "partition"},
    std::pair{Fault::kOneWay, "one-way"},
    std::pair{Fault::kFlap, "flap"},
    std::pair{Fault::kPowerCut, "power-cut"},
    std::pair{Fault::kKill, "kill"},
    std::pair{Fault::kCrashInside, "crash-inside"},
    std::pair{Fault::kBlackout, "blackout"},
    std::pair{Fault::kStorm, "storm"},
    std::pair{Fault::kPause, "pause"},
    std::pair{Fault::kStall, "stall"},
    std::pair{Fault::kStallApart, "stall-apart"},
    std::pair{Fault::kSlowDisk, "slow-disk"},
    std::pair{Fault::kSyncError, "sync-error"},
    std::pair{Fault::kFull, "full"},
    std::pair{Fault::kDrift, "drift"},
    std::pair{Fault::kStep, "step"},
    std::pair{Fault::kReplay, "replay"},
    std::pair{Fault::kLiar, "liar"},
    std::pair{Fault::kTransfer, "transfer"},
    std::pair{Fault::kMembers, "members"},
    std::pair{Fault::kLostDisk, "lost-disk"},
    std::pair{Fault::kRestore, "restore"},
    std::pair{Fault::kSnapshot, "snapshot"},
    std::pair{Fault::kSlowApply, "slow-apply"},
    std::pair{Fault::kChangeApart, "change-apart"},
    std::pair{Fault::kLeftBehind, "left-behind"},
    std::pair{Fault::kRot, "rot"},
    std::pair{Fault::kMisdirect, "misdirect"},
    std::pair{Fault::kForgetSync, "forget-sync"},
};

// From `least` on, each doubling as likely as the next.
std::uint64_t LogUniform(Random& random, std::uint64_t least, std::uint32_t doublings) {
  const std::uint64_t base = least << random.Below(doublings);
  return base + random.Below(base);
}

// These came later: each has a generator of its own, so that it moves no other draw of a seed.
bool DrawLater(std::uint64_t seed, Fault fault) {
  SeededRandom random(seed ^ (std::uint64_t{static_cast<std::uint8_t>(fault)} << 48U));
  return random.Below(2) == 0;
}

consensus::Core::Options DrawLimits(Random& random) {
  consensus::Core::Options core;
  core.election_timeout = milliseconds(LogUniform(random, 250, 3));
  core.heartbeat_interval = core.election_timeout / 10;
  // All limits are small, so that they are met.
  core.append_bytes = LogUniform(random, 256, 10);
  core.window = {.messages = 1 + random.Below(16), .bytes = LogUniform(random, 1024, 10)};
  core.uncommitted_bytes = LogUniform(random, 4096, 10);
  core.unapplied_bytes = LogUniform(random, 1024, 10);
  core.memory_bytes = LogUniform(random, 512, 10);
  core.writes = LogUniform(random, 8, 6);
  core.apply_lag_bytes = LogUniform(random, 64 * 1024, 8);
  core.hand_over_interval = seconds(10);
  return core;
}

}  // namespace

std::string_view FaultName(Fault fault) {
  for (const auto& [known, name] : kNames) {
    if (known == fault) return name;
  }
  AVAL_UNREACHABLE("every fault has a name");
}

const std::vector<Fault>& AllFaults() {
  static const std::vector<Fault> all = [] {
    std::vector<Fault> faults;
    for (const auto& [fault, name] : kNames) faults.push_back(fault);
    return faults;
  }();
  return all;
}

Plan Draw(std::uint64_t seed) {
  constexpr std::array<std::uint32_t, 11> kSizes{1, 2, 3, 3, 3, 4, 5, 5, 5, 7, 7};
  SeededRandom random(seed);
  Plan plan;
  plan.seed = seed;
  plan.nodes = kSizes.at(random.Below(kSizes.size()));
  plan.real_ledger = random.Below(4) == 0;
  plan.real_signatures = random.Below(50) == 0;
  for (const Fault fault : AllFaults()) {
    const bool happens = fault <= Fault::kSnapshot ? random.Below(2) == 0 : DrawLater(seed, fault);
    if (happens) plan.faults.insert(fault);
  }
  if (random.Below(20) == 0) plan.faults.clear();  // A quiet run must work, too.
  plan.length = seconds(110 + random.Below(60));
  plan.rate = 1U << random.Below(4);
  plan.clients = 8 + static_cast<std::uint32_t>(random.Below(12));
  plan.reads = static_cast<std::uint32_t>(random.Below(4));
  plan.think_time = milliseconds(LogUniform(random, 50, 3));
  plan.client_deadline = milliseconds(LogUniform(random, 1000, 3));
  plan.latency = microseconds(LogUniform(random, 100, 6));
  plan.disk_time = microseconds(LogUniform(random, 100, 6));
  plan.segment_bytes = LogUniform(random, 32 * 1024, 5);
  plan.core = DrawLimits(random);
  const bool trims = random.Below(2) == 0 || plan.Has(Fault::kLeftBehind);
  const std::uint64_t retention = LogUniform(random, 8, 6);
  plan.chunk_bytes = static_cast<std::uint32_t>(LogUniform(random, 2048, 4));
  // A majority of the institutions must name a snapshot. Of an even number of nodes less one a
  // quorum is none; and of fewer than five one may be behind the trimmed logs when another's disk
  // is lost.
  const bool must_keep =
      (plan.LosesNodes() && plan.nodes % 2 == 0) || (plan.LosesEntries() && plan.nodes < 5);
  if (trims && !must_keep) plan.retention = retention;
  return plan;
}

bool Plan::LosesNodes() const {
  return Has(Fault::kMembers) || Has(Fault::kLostDisk) || Has(Fault::kRestore) ||
         Has(Fault::kChangeApart) || LosesEntries();
}

bool Plan::LosesEntries() const {
  return Has(Fault::kRot) || Has(Fault::kMisdirect) || Has(Fault::kForgetSync);
}

std::string Describe(const Plan& plan) {
  std::string text = "nodes " + std::to_string(plan.nodes);
  text += plan.real_ledger ? ", ledger" : ", chain";
  text += plan.real_signatures ? ", Ed25519" : "";
  text += ", " + std::to_string(plan.length / seconds(1)) + " s";
  text += ", " + std::to_string(plan.clients) + " clients";
  if (plan.retention > 0) text += ", retention " + std::to_string(plan.retention);
  text += ", rate " + std::to_string(plan.rate) + ":";
  for (const Fault fault : plan.faults) {
    text += ' ';
    text += FaultName(fault);
  }
  return text;
}

Result<std::uint64_t> ParseSeed(std::string_view text) {
  constexpr std::size_t kCommitDigits = 40;
  constexpr std::size_t kSeedDigits = 16;
  const bool commit = text.size() == kCommitDigits;
  const std::string_view digits = commit ? text.substr(0, kSeedDigits) : text;
  std::uint64_t seed = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), seed, commit ? 16 : 10);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return Error{.code = Code::kInvalidArgument,
                 .message = std::string(text) + ": neither a number nor a commit's hash"};
  }
  return seed;
}

}  // namespace aval::sim
