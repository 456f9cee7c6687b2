// Writes the first inputs of the corpora, one of each kind of thing: fuzz_seeds DIRECTORY. The same
// bytes at every run. Those of toml and csv are texts, which lie in their corpora alone.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "base/bytes.h"
#include "base/random.h"
#include "consensus/wal/format.h"
#include "crypto/envelope.h"
#include "crypto/key_file.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "ledger/block.h"
#include "ledger/log/bundle.h"
#include "ledger/log/export_texts.h"
#include "ledger/snapshot/manifest.h"
#include "ledger/snapshot/stream.h"
#include "net/peer_codec.h"
#include "node/snapshot/messages.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/sample_acts.h"
#include "tests/ledger/test_ledger.h"

namespace aval {
namespace {

namespace fs = std::filesystem;

class Corpus {
 public:
  Corpus(const fs::path& root, const std::string& target) : directory_(root / target) {
    fs::create_directories(directory_);
  }
  void Add(ByteView bytes) {
    std::ofstream out(directory_ / ("seed-" + std::to_string(++count_)), std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  }
  void Add(std::string_view text) { Add(AsBytes(text)); }

 private:
  fs::path directory_;
  int count_ = 0;
};

// One act of each kind, and what the ledger makes of a few days.
void AddLedger(const fs::path& root) {
  Corpus acts(root, "act");
  Corpus envelopes(root, "envelope");
  Corpus tiles(root, "tile");
  ledger::TestLedger book;
  std::set<int> kinds;
  for (const auto& day : ledger::SampleDays()) {
    for (const auto& envelope : day) {
      book.Apply(envelope);
      const auto parsed = crypto::ParseEnvelope(*envelope);
      act::v1::Act act;
      if (!parsed ||
          !act.ParseFromArray(parsed->payload.data(), static_cast<int>(parsed->payload.size()))) {
        continue;
      }
      if (!kinds.insert(act.body_case()).second) continue;
      acts.Add(parsed->payload);
      envelopes.Add(*envelope);
      if (kinds.size() == 1) envelopes.Add(crypto::EnvelopeToJson(*parsed));
    }
    book.NextDay();
  }
  std::set<int> leaves;
  Bytes two;
  for (const ledger::Leaf& leaf : book.leaves()) {
    const bool refused = leaf.header.outcome != 0;
    if (!leaves.insert(2 * static_cast<int>(leaf.header.kind) + (refused ? 1 : 0)).second) continue;
    tiles.Add(leaf.entry);
    if (!leaf.effects.empty()) tiles.Add(leaf.effects);
    if (leaves.size() <= 2) ledger::AppendEntry(two, leaf.entry);
  }
  tiles.Add(two);
  const auto key = ledger::NodeKey(1, "log");
  ledger::BlockHeader header;
  header.leader = 1;
  header.term = 1;
  header.raft_index = 1;
  tiles.Add(ledger::EncodeBlock(header, {ledger::RegisterAct(1), ledger::RegisterAct(2)}, key));
}

void AddFrames(const fs::path& root) {
  using namespace consensus;
  Entry entry{.term = {1},
              .index = {1},
              .kind = EntryKind::kBlock,
              .payload = std::make_shared<const Bytes>(40, std::uint8_t{7}),
              .chain = {}};
  const std::vector<net::PeerMessage> messages{
      net::Hello{.origin = std::string(ledger::kTestOrigin), .node = {2}},
      net::Alive{},
      net::Goodbye{.reason = "done"},
      Message{VoteRequest{.term = {3}, .pre = true, .last_index = {7}, .last_term = {2}}},
      Message{VoteResponse{.term = {3}, .granted = true}},
      Message{Append{.term = {1}, .commit = {1}, .entries = {entry}}},
      Message{AppendResponse{.term = {1}, .success = true, .match = {4}}},
      Message{Heartbeat{.term = {1}, .commit = {9}}},
      Message{HeartbeatResponse{.term = {1}, .applied = {9}}},
      net::Forward{.envelopes = {ledger::RegisterAct(1)}},
      net::ForwardRefused{.envelopes = {crypto::Digest{}}},
      net::Extension{.number = 5, .body = Bytes(3)}};
  Corpus frames(root, "frame");
  Bytes all{3};
  for (const net::PeerMessage& message : messages) {
    Bytes one{255};
    net::AppendFrame(message, one);
    net::AppendFrame(message, all);
    frames.Add(one);
  }
  frames.Add(all);
}

void AddTexts(const fs::path& root) {
  const auto key = ledger::NodeKey(1, "log");
  const crypto::Checkpoint checkpoint{
      .origin = std::string(ledger::kTestOrigin), .size = 17, .root = crypto::Digest{}};
  const std::string text = checkpoint.Text();
  const crypto::Note note{
      .text = text,
      .signatures = {crypto::SignNote(text, checkpoint.origin, key),
                     crypto::CosignNote(text, "bank-a.example", key, 1'600'000)}};
  Corpus notes(root, "note");
  notes.Add(note.Format());
  notes.Add(text);
  notes.Add(ledger::TestGenesis().cosigner_policy());
  notes.Add(crypto::Vkey{.name = "a.example", .key = key.public_key()}.Text());

  Corpus proofs(root, "proof");
  crypto::Frontier edge;
  for (int i = 0; i < 5; ++i) edge.Append(crypto::Digest{});
  proofs.Add(edge.Encode());
  proofs.Add(ledger::ConsistencyText{
      .old_size = 3, .proof = {crypto::Digest{}, crypto::Digest{}}, .checkpoint = note.Format()}
                 .Format());
  proofs.Add(ledger::ManifestText({{.bytes = 5, .sha256 = {}, .path = "checkpoint"},
                                   {.bytes = 7, .sha256 = {}, .path = "tile/0/000"}}));

  SeededRandom random(1);
  Corpus keys(root, "key_file");
  keys.Add(*crypto::SealKey(key, "ops", "bank-a.example", "correct horse", crypto::kCheapestKeyFile,
                            random));
}

void AddWal(const fs::path& root) {
  Corpus segments(root, "wal");
  for (const int kinds : {1, 2, 3, 4}) {
    ByteWriter out;
    out.U8(kinds == 4 ? 0 : 1);  // A group as it is, or the data of one.
    consensus::Entry entry{.term = {1},
                           .index = {1},
                           .kind = consensus::EntryKind::kBlock,
                           .payload = std::make_shared<const Bytes>(Bytes{1, 2, 3}),
                           .chain = {}};
    entry.chain = consensus::ChainOf({}, entry.term, entry.index, entry.kind, *entry.payload);
    if (kinds == 4) {
      ByteWriter data;
      consensus::wal::WriteRecord(data, entry);
      out.Raw(consensus::wal::SealGroup(1, data.bytes()));
    } else {
      if (kinds > 1)
        consensus::wal::WriteRecord(out, consensus::HardState{.term = {1}, .vote = {1}});
      consensus::wal::WriteRecord(out, entry);
      if (kinds > 2) consensus::wal::WriteTruncation(out, {});
    }
    segments.Add(out.bytes());
  }
}

void AddHttp(const fs::path& root) {
  Corpus requests(root, "http");
  requests.Add("GET /v1/records/loan/00ff?min_index=7 HTTP/1.1\r\nHost: a\r\n\r\n");
  requests.Add("POST /v1/acts HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
  requests.Add(
      "POST /v1/acts:batch HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\n\n\002ab\r\n0\r\n\r\n");
}

void AddSnapshots(const fs::path& root) {
  using namespace node;
  Corpus snapshots(root, "snapshot");
  const auto add = [&snapshots](std::uint8_t kind, ByteView body) {
    Bytes input{kind};
    input.insert(input.end(), body.begin(), body.end());
    snapshots.Add(input);
  };
  ledger::SnapshotManifest manifest;
  manifest.raft = {.index = 9, .term = 1, .chain = {}, .configurations = {{3, Bytes{1, 2}}}};
  for (int i = 0; i < 5; ++i) manifest.tree.Append(crypto::Digest{});
  manifest.end = {.leaves = 5, .entries = 400, .effects = 90};
  manifest.keys = 2;
  manifest.bytes = 100;
  manifest.chunk_bytes = 64;
  manifest.chunks.resize(2);
  add(0, manifest.Encode());
  ByteWriter stream;
  ledger::WritePair(stream, Bytes{0x10}, Bytes(9, 1));
  ledger::WritePair(stream, Bytes{0x10, 2}, {});
  add(255, stream.bytes());
  const crypto::Digest digest = manifest.Digest();
  const std::vector<SnapshotMessage> messages{
      Newest{.snapshot = OfferedSnapshot{.digest = digest, .raft_index = 9}, .log_size = 5},
      Newest{},
      AskManifest{.digest = digest},
      ManifestText{.digest = digest, .text = manifest.Encode()},
      AskChunk{.digest = digest, .number = 1},
      Chunk{.digest = digest, .number = 1, .bytes = Bytes(36, 7)},
      AskLeaves{.first = 2, .size = 5},
      Leaves{.range = {.first = 2,
                       .entries = {Bytes(70, 1), Bytes(2, 1)},
                       .effects = {Bytes(3, 1), {}},
                       .hashes = std::vector<crypto::Digest>(5),
                       .proof = {}},
             .size = 5},
      SnapshotRefused{.digest = digest, .number = 0}};
  for (const SnapshotMessage& message : messages) {
    add(static_cast<std::uint8_t>(SnapshotMessageNumber(message)), EncodeSnapshotMessage(message));
  }
}

}  // namespace
}  // namespace aval

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds DIRECTORY\n");
    return 2;
  }
  const std::filesystem::path root = arguments[1];
  aval::AddLedger(root);
  aval::AddFrames(root);
  aval::AddTexts(root);
  aval::AddWal(root);
  aval::AddHttp(root);
  aval::AddSnapshots(root);
  return 0;
}
