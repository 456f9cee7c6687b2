// Logs that all nodes have signed and that are wrong all the same: what only re-execution finds.

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/envelope.h"
#include "ledger/audit/audit.h"
#include "ledger/effects.h"
#include "ledger/log/bundle.h"
#include "tests/base/fault_disk.h"
#include "tests/ledger/history.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::ledger {
namespace {

constexpr std::uint64_t kRegistration = 5;

Leaf Encoded(LeafHeader header, ByteView body, Bytes effects) {
  if (header.effects != crypto::Digest{}) header.effects = HashEffects(effects);
  return {.header = header, .entry = EncodeLeaf(header, body), .effects = std::move(effects)};
}

Bytes BodyOf(const Leaf& leaf) { return CopyBytes(DecodeLeaf(leaf.entry)->body); }

class AuditReplayTest : public ::testing::Test {
 protected:
  /// The audit of the log after `forge`, with checkpoints of all nodes over the forged leaves.
  AuditReport AuditForged(const std::function<void(std::vector<Leaf>&)>& forge) {
    History history = MakeHistory(20);
    forge(history.leaves);
    history.checkpoints = {history.size()};
    FaultDisk disk;
    WriteExport(disk, "/export", history, {1, 2, 3});
    const auto report = Audit(disk, "/export", {}, [](auto, auto) {});
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : AuditReport{};
  }
  static void ExpectEntry(const AuditReport& report, std::uint64_t index, const std::string& what) {
    EXPECT_FALSE(report.ok);
    EXPECT_EQ(report.failed_entry, index);
    EXPECT_NE(report.failure.find(what), std::string::npos) << report.failure;
  }
};

TEST_F(AuditReplayTest, TheUnforgedLogIsOk) {
  const AuditReport report = AuditForged([](std::vector<Leaf>&) {});
  EXPECT_TRUE(report.ok) << report.failure;
}

TEST_F(AuditReplayTest, ARefusalOfWhatTheRulesAcceptIsFound) {
  const AuditReport report = AuditForged([](std::vector<Leaf>& leaves) {
    LeafHeader header = leaves[kRegistration].header;
    header.outcome = static_cast<std::uint16_t>(Verdict::kRole);
    header.effects = {};
    leaves[kRegistration] = Encoded(header, BodyOf(leaves[kRegistration]), {});
  });
  ExpectEntry(report, kRegistration, "the outcome is E_ROLE, by re-execution ACCEPTED");
}

TEST_F(AuditReplayTest, AnAcceptanceOfWhatTheRulesRefuseIsFound) {
  std::uint64_t refused = 0;
  const AuditReport report = AuditForged([&refused](std::vector<Leaf>& leaves) {
    while (leaves[refused].header.outcome == 0) ++refused;
    LeafHeader header = leaves[refused].header;
    header.outcome = 0;
    header.effects = HashEffects({});
    leaves[refused] = Encoded(header, BodyOf(leaves[refused]), {});
  });
  ExpectEntry(report, refused, "the outcome is ACCEPTED, by re-execution E_DUP");
}

TEST_F(AuditReplayTest, ForgedEffectsUnderTheirOwnHashAreFound) {
  const AuditReport report = AuditForged([](std::vector<Leaf>& leaves) {
    Effects effects = *DecodeEffects(leaves[kRegistration].effects);
    effects.writes.erase(effects.writes.begin());
    leaves[kRegistration] = Encoded(leaves[kRegistration].header, BodyOf(leaves[kRegistration]),
                                    EncodeEffects(effects.writes, effects.journal));
  });
  ExpectEntry(report, kRegistration, "the effects hash differs from re-execution's");
}

TEST_F(AuditReplayTest, AnActWithABadSignatureIsFound) {
  const AuditReport report = AuditForged([](std::vector<Leaf>& leaves) {
    crypto::Envelope envelope = *crypto::ParseEnvelope(BodyOf(leaves[kRegistration]));
    envelope.signatures[0].signature[7] ^= 1U;
    leaves[kRegistration] = Encoded(leaves[kRegistration].header, crypto::EncodeEnvelope(envelope),
                                    leaves[kRegistration].effects);
  });
  ExpectEntry(report, kRegistration, "does not verify");
}

TEST_F(AuditReplayTest, AnActWithoutANamedSignersSignatureIsFound) {
  const AuditReport report = AuditForged([](std::vector<Leaf>& leaves) {
    crypto::Envelope envelope = *crypto::ParseEnvelope(BodyOf(leaves[kRegistration]));
    envelope.signatures.pop_back();
    leaves[kRegistration] = Encoded(leaves[kRegistration].header, crypto::EncodeEnvelope(envelope),
                                    leaves[kRegistration].effects);
  });
  ExpectEntry(report, kRegistration, "re-execution drops the act: E_SIGNERS");
}

TEST_F(AuditReplayTest, AnActThatStandsTwiceIsFound) {
  const AuditReport report = AuditForged([](std::vector<Leaf>& leaves) {
    leaves[kRegistration + 1] = Encoded(
        [&] {
          LeafHeader header = leaves[kRegistration].header;
          ++header.index;
          return header;
        }(),
        BodyOf(leaves[kRegistration]), leaves[kRegistration].effects);
  });
  ExpectEntry(report, kRegistration + 1, "the act was decided before, by entry 5");
}

TEST_F(AuditReplayTest, ASystemLeafWhenNothingIsDueIsFound) {
  const AuditReport report = AuditForged([](std::vector<Leaf>& leaves) {
    LeafHeader header = leaves[kRegistration].header;
    header.kind = LeafKind::kSystem;
    const SystemChunk chunk{
        .day = kFirstDay, .queue = Queue::kOutcome, .items = 1, .last_key = {1}};
    leaves[kRegistration] = Encoded(header, EncodeSystemChunk(chunk), {});
  });
  ExpectEntry(report, kRegistration, "nothing was due");
}

TEST_F(AuditReplayTest, APolicyThatNoActHasChangedIsFound) {
  const AuditReport report = AuditForged([](std::vector<Leaf>& leaves) {
    LeafHeader header = leaves[kRegistration].header;
    header.kind = LeafKind::kPolicy;
    header.effects = {};
    leaves[kRegistration] = Encoded(header, AsBytes("policy"), {});
  });
  ExpectEntry(report, kRegistration, "no act before it changes the cosigners' policy");
}

TEST_F(AuditReplayTest, ATimeThatFallsIsFound) {
  const AuditReport report = AuditForged([](std::vector<Leaf>& leaves) {
    LeafHeader header = leaves[kRegistration].header;
    header.time_ms = kGenesisTime - 1;
    leaves[kRegistration] =
        Encoded(header, BodyOf(leaves[kRegistration]), leaves[kRegistration].effects);
  });
  ExpectEntry(report, kRegistration, "its time is before");
}

TEST_F(AuditReplayTest, ALeafLeftOutIsFound) {
  const AuditReport report = AuditForged([](std::vector<Leaf>& leaves) {
    // A day roll: what follows stands on another day then.
    std::size_t day = leaves.size() - 1;
    while (leaves[day].header.kind != LeafKind::kAct) --day;
    leaves.resize(day);
    LeafHeader header = leaves[day - 1].header;
    header.index = day;
    leaves.push_back(Encoded(header, BodyOf(leaves[day - 1]), leaves[day - 1].effects));
  });
  EXPECT_FALSE(report.ok);
  EXPECT_TRUE(report.failed_entry);
}

}  // namespace
}  // namespace aval::ledger
