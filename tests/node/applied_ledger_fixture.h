#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "node/applied_ledger.h"
#include "node/applier.h"
#include "tests/base/fault_disk.h"
#include "tests/base/manual_clock.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::node {

/// A ledger at its beginning (genesis and policy: two leaves), and entries to apply to it.
class AppliedLedgerTest : public testing::Test {
 protected:
  AppliedLedgerTest() {
    auto opened = AppliedLedger::Open({.disk = &disk_,
                                       .clock = &clock_,
                                       .genesis = &genesis_,
                                       .log_key = &log_key_,
                                       .cosigner_key = &cosigner_key_,
                                       .node = 1,
                                       .state = std::make_unique<ledger::MemoryStore>(),
                                       .log_directory = "/log"});
    AVAL_ASSERT(opened.has_value());
    ledger_ = *std::move(opened);
  }

  static CommittedEntry Entry(std::uint64_t index) { return {.index = {index}, .block = nullptr}; }
  static CommittedEntry EntryWith(std::uint64_t index, std::shared_ptr<const Bytes> act) {
    auto block = std::make_shared<BlockPreparation>();
    block->header.time_ms = ledger::kGenesisTime;
    block->acts = std::make_shared<ActPreparation>(
        std::vector{ledger::Prepare(std::move(act), ledger::kTestOrigin)});
    return {.index = {index}, .block = std::move(block)};
  }
  std::uint64_t Visible() const { return ledger_->view()->raft_index; }

  FaultDisk disk_;
  ManualClock clock_;
  const ledger::Genesis genesis_ = ledger::TestGenesis();
  const crypto::SecretKey log_key_ = ledger::NodeKey(1, "log");
  const crypto::SecretKey cosigner_key_ = ledger::NodeKey(1, "cosigner");
  std::unique_ptr<AppliedLedger> ledger_;
};

}  // namespace aval::node
