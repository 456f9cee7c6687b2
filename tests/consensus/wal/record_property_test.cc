// Random records of the write-ahead log: what is written is read, and a group cut short is refused.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consensus/wal/format.h"
#include "consensus/wal/record_cursor.h"
#include "tests/base/fault_disk.h"

namespace aval::consensus::wal {
namespace {

crypto::Digest AnyDigest() {
  return {.bytes = *rc::gen::arbitrary<decltype(crypto::Digest::bytes)>()};
}

std::uint64_t AnyNumber() { return *rc::gen::inRange<std::uint64_t>(1, std::uint64_t{1} << 40U); }

Entry AnyEntry() {
  const bool block = *rc::gen::arbitrary<bool>();
  const Bytes payload = block ? *rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>()) : Bytes{};
  Entry entry{.term = {AnyNumber()},
              .index = {AnyNumber()},
              .kind = block ? EntryKind::kBlock : EntryKind::kNoop,
              .payload = std::make_shared<const Bytes>(payload),
              .chain = AnyDigest()};
  return entry;
}

// One record, as the bytes of a group's data and as what is to be read.
struct Written {
  Bytes bytes;
  Record record;
};

Written AnyRecord() {
  ByteWriter out;
  Record record;
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      record.kind = RecordKind::kEntry;
      record.entry = AnyEntry();
      WriteRecord(out, record.entry);
      break;
    case 1:
      record.kind = RecordKind::kHardState;
      record.hard_state = {.term = {AnyNumber()}, .vote = {*rc::gen::arbitrary<std::uint32_t>()}};
      WriteRecord(out, record.hard_state);
      break;
    default:
      record.kind = RecordKind::kTruncate;
      record.kept = {.index = {AnyNumber()}, .term = {AnyNumber()}, .chain = AnyDigest()};
      WriteTruncation(out, record.kept);
  }
  return {.bytes = out.Take(), .record = record};
}

bool Same(const Record& a, const Record& b) {
  return a.kind == b.kind && a.entry.term == b.entry.term && a.entry.index == b.entry.index &&
         a.entry.kind == b.entry.kind && a.entry.chain == b.entry.chain &&
         (a.kind != RecordKind::kEntry || *a.entry.payload == *b.entry.payload) &&
         a.hard_state.term == b.hard_state.term && a.hard_state.vote == b.hard_state.vote &&
         a.kept.index == b.kept.index && a.kept.term == b.kept.term && a.kept.chain == b.kept.chain;
}

// The records of a group with this data, or nothing where it is refused.
std::optional<std::vector<Record>> Read(const Bytes& group) {
  FaultDisk disk;
  RC_ASSERT(disk.MakeDirectories("/wal").has_value());
  const auto file = disk.Open("/wal/group", Disk::Mode::kCreate);
  RC_ASSERT(file.has_value());
  RC_ASSERT((*file)->Write(0, group).has_value());
  RecordCursor cursor(**file, "group", {.ordinal = 1, .group = 0, .data = 0});
  std::vector<Record> records;
  for (;;) {
    const auto next = cursor.Next();
    if (!next) return std::nullopt;
    if (!*next) return records;
    records.push_back(**next);
  }
}

RC_GTEST_PROP(WalRecordTest, WhatWasWrittenIsReadAndAGroupCutShortIsRefused, ()) {
  const std::size_t count = *rc::gen::inRange<std::size_t>(1, 8);
  Bytes data;
  std::vector<Record> written;
  for (std::size_t i = 0; i < count; ++i) {
    const Written one = AnyRecord();
    data.insert(data.end(), one.bytes.begin(), one.bytes.end());
    written.push_back(one.record);
  }
  const Bytes group = SealGroup(1, data);
  const auto read = Read(group);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->size() == written.size());
  for (std::size_t i = 0; i < count; ++i) RC_ASSERT(Same((*read)[i], written[i]));
  const auto used = (data.size() + Sector::kData - 1) / Sector::kData * kSector;
  const auto size = *rc::gen::inRange<std::size_t>(0, used);
  RC_ASSERT(!Read(Bytes(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(size))));
}

std::vector<ConfigurationAt> AnyConfigurations() {
  std::vector<ConfigurationAt> all;
  Index index{};
  for (auto count = *rc::gen::inRange(0, 4); count > 0; --count) {
    Configuration configuration;
    const auto members = *rc::gen::inRange<std::uint32_t>(1, 17);
    for (std::uint32_t id = 1; id <= members; ++id) {
      configuration.members[{id}] = {.incarnation = id, .group = id};
      configuration.voters.insert({id});
    }
    configuration.majority_of_one = true;
    constexpr auto kMost = static_cast<std::uint32_t>(Configuration::kNodesMax);
    const auto retired = *rc::gen::inRange<std::uint32_t>(0, kMost - members + 1);
    for (std::uint32_t id = 100; id < 100 + retired; ++id) configuration.retired[{id}] = 7;
    all.push_back({.index = index, .configuration = configuration});
    index.value += AnyNumber();
  }
  return all;
}

RC_GTEST_PROP(WalRecordTest, AHeaderComesBackAndNoPrefixOfIt, ()) {
  const SegmentHeader header{
      .ordinal = AnyNumber(),
      .size = AnyNumber(),
      .cluster = AnyDigest(),
      .node = {*rc::gen::arbitrary<std::uint32_t>()},
      .incarnation = *rc::gen::arbitrary<std::uint32_t>(),
      .first_group = AnyNumber(),
      .hard_state = {.term = {AnyNumber()}, .vote = {*rc::gen::arbitrary<std::uint32_t>()}},
      .last = {.index = {AnyNumber()}, .term = {AnyNumber()}, .chain = AnyDigest()},
      .configurations = AnyConfigurations()};
  const Bytes page = EncodeHeader(header);
  const auto decoded = DecodeHeader(page);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(EncodeHeader(*decoded) == page);
  const auto size = *rc::gen::inRange<std::size_t>(0, page.size());
  RC_ASSERT(!DecodeHeader(ByteView(page).first(size)).has_value());
}

}  // namespace
}  // namespace aval::consensus::wal
