#include "tests/bench/book_generator.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/assert.h"
#include "ledger/record/accounts.h"
#include "ledger/record/codec.h"
#include "ledger/record/parties.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {
namespace {

constexpr std::uint64_t kProgressStep = 1U << 16U;

Bytes SequenceKey() { return ledger::EncodeKey<ledger::Sequence>({}); }

void Overwrite(Bytes& bytes, std::size_t offset, ByteView with) {
  AVAL_ASSERT(offset + with.size() <= bytes.size());
  std::ranges::copy(with, bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

void Overwrite(Bytes& bytes, std::size_t offset, std::uint64_t number) {
  ByteWriter out;
  out.U64(number);
  Overwrite(bytes, offset, out.bytes());
}

// The first byte of the key in which districts differ.
std::size_t CommonOf(const TemplateRecord& record) { return record.in_key.front().offset; }

// What of a key follows the bytes common to a group, as far as it decides the order almost always;
// and of which record it is.
struct Row {
  std::array<std::uint8_t, 24> begin{};
  std::uint32_t record = 0;
  std::uint32_t district = 0;
};

}  // namespace

/// All parties' public keys, by district and hand.
class BookGenerator::Keys {
 public:
  Keys(const BookTemplate& made, const Options& options) : hands_(made.hands.size()) {
    keys_.reserve(options.districts * hands_);
    for (std::uint32_t district = 0; district < options.districts; ++district) {
      const BookNames names(options.seed, district);
      for (const BookTemplate::Hand& hand : made.hands) {
        const ledger::SignerRef signer{{names.IdOf(hand.party)}, hand.department};
        keys_.push_back(ledger::KeyOf(signer).public_key());
      }
    }
  }

  const crypto::PublicKey& Of(std::uint32_t district, std::uint64_t hand) const {
    return keys_[district * hands_ + hand];
  }

 private:
  std::size_t hands_;
  std::vector<crypto::PublicKey> keys_;
};

class BookGenerator::Batch {
 public:
  Batch(ledger::Store& store, std::size_t bytes, std::uint64_t all, const Progress& progress)
      : store_(store), most_(bytes), all_(all), progress_(progress) {}

  Result<void> Put(Bytes key, Bytes value) {
    bytes_ += key.size() + value.size();
    const std::size_t before = writes_.size();
    const auto put = writes_.emplace_hint(writes_.end(), std::move(key), std::move(value));
    if (writes_.size() == before) {
      return Error{.code = Code::kInvalidArgument,
                   .message = "two records of the book have the key " + ToHex(put->first)};
    }
    if (++done_ % kProgressStep == 0 && progress_) progress_(done_, all_);
    return bytes_ < most_ ? Result<void>{} : Finish();
  }

  Result<void> Finish() {
    AVAL_CHECK(store_.Apply(std::exchange(writes_, {})));
    bytes_ = 0;
    return {};
  }

 private:
  ledger::Store& store_;
  const std::size_t most_;
  const std::uint64_t all_;
  const Progress& progress_;
  ledger::Writes writes_;
  std::size_t bytes_ = 0;
  std::uint64_t done_ = 0;
};

/// Records whose keys may stand between one another's: all of theirs begin with the same bytes.
struct BookGenerator::Group {
  Bytes common;
  std::vector<const TemplateRecord*> records{};
};

BookGenerator::BookGenerator(const Options& options, BookTemplate made)
    : options_(options),
      template_(std::move(made)),
      leaves_(template_.leaves, options.districts),
      obligations_(template_.obligations, options.districts) {}

Result<BookGenerator> BookGenerator::Make(const Options& options) {
  AVAL_ASSERT(options.districts > 0);
  AVAL_TRY(BookTemplate made, MakeTemplate(options.seed));
  return BookGenerator(options, std::move(made));
}

ledger::Machine::Tail BookGenerator::tail() const {
  return {.size = leaves_.end(), .time_ms = template_.time_ms};
}

Result<void> BookGenerator::Write(ledger::Store& store, const Progress& progress) {
  keys_ = std::make_shared<const Keys>(template_, options_);
  const std::uint64_t all =
      options_.districts * template_.own.size() + template_.shared.size() + template_.sums.size();
  Batch batch(store, options_.batch_bytes, all, progress);
  for (const Group& group : Groups()) AVAL_CHECK(WriteGroup(group, batch));
  AVAL_CHECK(batch.Finish());
  AVAL_CHECK(WriteShared(batch));
  return batch.Finish();
}

std::vector<BookGenerator::Group> BookGenerator::Groups() const {
  std::map<Bytes, std::vector<const TemplateRecord*>, ledger::KeyOrder> by_common;
  for (const TemplateRecord& record : template_.own) {
    by_common[CopyBytes(ByteView(record.key).first(CommonOf(record)))].push_back(&record);
  }
  std::vector<Group> groups;
  for (auto& [common, records] : by_common) {
    // Those whose common bytes begin with a shorter group's stand between that one's.
    const bool inside =
        !groups.empty() && common.size() >= groups.back().common.size() &&
        EqualBytes(ByteView(common).first(groups.back().common.size()), groups.back().common);
    if (!inside) groups.push_back({.common = common});
    auto& into = groups.back().records;
    into.insert(into.end(), records.begin(), records.end());
  }
  return groups;
}

Result<void> BookGenerator::WriteGroup(const Group& group, Batch& batch) const {
  const auto key_of = [&](std::size_t record, std::uint32_t district) {
    Bytes key = group.records[record]->key;
    Patch(group.records[record]->in_key, NamesOf(district), key);
    return key;
  };
  std::vector<Row> rows;
  rows.reserve(group.records.size() * options_.districts);
  for (std::uint32_t district = 0; district < options_.districts; ++district) {
    for (std::size_t i = 0; i < group.records.size(); ++i) {
      Row row{.record = static_cast<std::uint32_t>(i), .district = district};
      const Bytes key = key_of(i, district);
      const ByteView rest = ByteView(key).subspan(group.common.size());
      std::ranges::copy(rest.first(std::min(rest.size(), row.begin.size())), row.begin.begin());
      rows.push_back(row);
    }
  }
  std::ranges::sort(rows, [&](const Row& a, const Row& b) {
    const int order = CompareBytes(a.begin, b.begin);
    if (order != 0) return order < 0;
    return CompareBytes(key_of(a.record, a.district), key_of(b.record, b.district)) < 0;
  });
  for (const Row& row : rows) {
    Bytes value = group.records[row.record]->value;
    Patch(group.records[row.record]->in_value, NamesOf(row.district), value);
    AVAL_CHECK(batch.Put(key_of(row.record, row.district), std::move(value)));
  }
  return {};
}

Result<void> BookGenerator::WriteShared(Batch& batch) const {
  for (const TemplateRecord& record : template_.shared) {
    Bytes value = record.value;
    Patch(record.in_value, NamesOf(0), value);
    if (record.key == SequenceKey()) {
      value = ledger::EncodeValue(ledger::Sequence{.next_obligation = obligations_.end()});
    }
    AVAL_CHECK(batch.Put(record.key, std::move(value)));
  }
  AVAL_CHECK(batch.Finish());
  for (const auto& [key, sum] : template_.sums) {
    const std::int64_t times = options_.districts;
    const ledger::Account account{.debits = {sum.debits.minor * times},
                                  .credits = {sum.credits.minor * times}};
    AVAL_CHECK(batch.Put(key, ledger::EncodeValue(account)));
  }
  return {};
}

void BookGenerator::Patch(const std::vector<bench::Patch>& patches, const BookNames& names,
                          Bytes& bytes) const {
  const std::uint32_t district = names.district();
  for (const bench::Patch& patch : patches) {
    switch (patch.what) {
      case Differing::kId:
        Overwrite(bytes, patch.offset, names.IdOf(patch.slot).bytes);
        break;
      case Differing::kDigest:
        Overwrite(bytes, patch.offset, names.Redraw(template_.digests[patch.number]));
        break;
      case Differing::kKeyId:
        Overwrite(bytes, patch.offset, crypto::KeyIdOf(keys_->Of(district, patch.number)).digest);
        break;
      case Differing::kPublicKey:
        Overwrite(bytes, patch.offset, keys_->Of(district, patch.number).bytes);
        break;
      case Differing::kLeaf:
        Overwrite(bytes, patch.offset, leaves_.Of(patch.number, district));
        break;
      case Differing::kObligation:
        Overwrite(bytes, patch.offset, obligations_.Of(patch.number, district));
        break;
    }
  }
}

}  // namespace aval::bench
