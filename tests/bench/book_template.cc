#include "tests/bench/book_template.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/ed25519.h"
#include "ledger/record/codec.h"
#include "ledger/state/overlay.h"
#include "ledger/state/store.h"
#include "tests/bench/district.h"
#include "tests/bench/record_places.h"
#include "tests/ledger/ledger_fixture.h"

namespace aval::bench {
namespace {

using ledger::Department;
using ledger::Id;
using ledger::PartyId;
using ledger::SignerRef;
using ledger::Table;

constexpr std::uint32_t kNumbersMax = 4096;  // Of names of one kind but nonces.
constexpr std::uint64_t kGenesisLeaves = 2;

Error CannotWrite(ByteView key, std::string_view field) {
  return {.code = Code::kInvalidArgument,
          .message = "cannot write record " + ToHex(key) + " for another district: its field '" +
                     std::string(field) + "' names something unknown"};
}

/// Knows everything that district 0 names.
class Sorter {
 public:
  Sorter(const District& district, BookTemplate& made) : made_(made) {
    const BookNames& names = district.names();
    for (auto kind = static_cast<std::uint8_t>(Named::kPerson);
         kind <= static_cast<std::uint8_t>(Named::kNonce); ++kind) {
      const auto named = static_cast<Named>(kind);
      const std::uint32_t end = named == Named::kNonce ? district.nonces() : kNumbersMax;
      for (std::uint32_t n = 0; n < end; ++n) ids_.emplace(names.IdOf(named, n), Slot{named, n});
    }
    for (std::uint32_t n = 0; n < kPersons; ++n) {
      AddHand(names, {.party = {Named::kPerson, n}});
    }
    for (std::uint32_t n = 0; n < kSuppliers; ++n) {
      AddHand(names, {.party = {Named::kSupplier, n}, .department = Department::kOps});
      AddHand(names, {.party = {Named::kSupplier, n}, .department = Department::kTreasury});
    }
  }

  /// Sorts the record in among what is the district's own, or what all districts share.
  Result<void> Take(ByteView key, ByteView value) {
    AVAL_TRY(const RecordPlaces places, PlacesOf(key, value));
    TemplateRecord record{
        .key = CopyBytes(key), .value = CopyBytes(value), .in_key = {}, .in_value = {}};
    AVAL_TRY(record.in_key, Patches(key, places.in_key));
    AVAL_TRY(record.in_value, Patches(key, places.in_value));
    if (!record.in_key.empty()) {
      made_.own.push_back(std::move(record));
    } else if (record.table() == Table::kAccount) {
      AVAL_TRY(const auto account, ledger::DecodeValue<ledger::Account>(value));
      made_.sums.emplace(std::move(record.key), account);
    } else {
      made_.shared.push_back(std::move(record));
    }
    return {};
  }

 private:
  void AddHand(const BookNames& names, const BookTemplate::Hand& hand) {
    const SignerRef signer{{names.IdOf(hand.party)}, hand.department};
    const crypto::PublicKey key = ledger::KeyOf(signer).public_key();
    keys_.emplace(CopyBytes(key.bytes), made_.hands.size());
    key_ids_.emplace(crypto::KeyIdOf(key).digest, made_.hands.size());
    made_.hands.push_back(hand);
  }

  Result<std::vector<Patch>> Patches(ByteView key, const std::vector<Place>& places) {
    std::vector<Patch> patches;
    for (const Place& place : places) {
      std::optional<Patch> patch;
      if (const auto* id = std::get_if<Id>(&place.content)) {
        const auto known = ids_.find(*id);
        if (known != ids_.end()) {
          patch = Patch{.what = Differing::kId, .slot = known->second};
        } else if (!PartyId{*id}.IsInstitution()) {  // The memo owner and no id are as one.
          return CannotWrite(key, place.name);
        }
      } else if (const auto* digest = std::get_if<crypto::Digest>(&place.content)) {
        patch = OfDigest(key, *digest);
      } else if (const auto* bytes = std::get_if<Bytes>(&place.content)) {
        const auto known = keys_.find(*bytes);
        if (known != keys_.end()) {
          patch = Patch{.what = Differing::kPublicKey, .number = known->second};
        }
      } else {
        patch = OfNumber(place.name, std::get<std::uint64_t>(place.content));
      }
      if (!patch) continue;
      patch->offset = place.offset;
      patches.push_back(*patch);
    }
    return patches;
  }

  // Institutions' keys are of the whole book.
  std::optional<Patch> OfDigest(ByteView key, const crypto::Digest& digest) {
    const auto known = key_ids_.find(digest);
    if (known != key_ids_.end()) {
      return Patch{.what = Differing::kKeyId, .number = known->second};
    }
    const auto table = static_cast<Table>(key.front());
    if (digest == crypto::Digest{} || table == Table::kKey || table == Table::kKeyOfParty) {
      return std::nullopt;
    }
    const auto [at, added] = digests_.emplace(digest, made_.digests.size());
    if (added) made_.digests.push_back(digest);
    return Patch{.what = Differing::kDigest, .number = at->second};
  }

  static std::optional<Patch> OfNumber(std::string_view name, std::uint64_t number) {
    if (name == "sequence") return Patch{.what = Differing::kObligation, .number = number};
    // Genesis' leaves stay where they are, and 0 is often no leaf.
    const bool leaf = name == "leaf" || name.ends_with("_leaf");
    if (!leaf || number < kGenesisLeaves) return std::nullopt;
    return Patch{.what = Differing::kLeaf, .number = number};
  }

  BookTemplate& made_;
  std::map<Id, Slot> ids_;
  std::map<Bytes, std::uint64_t> keys_;
  std::map<crypto::Digest, std::uint64_t> key_ids_;
  std::map<crypto::Digest, std::uint64_t> digests_;
};

// The first day's shared leaves are genesis', each later day's its roll. `first` has each day's
// first leaf, `size` is that of the log.
std::vector<BookNumbering::DayOfOne> LeavesOf(const std::vector<std::uint64_t>& first,
                                              std::uint64_t size) {
  std::vector<BookNumbering::DayOfOne> days;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::uint64_t end = i + 1 == first.size() ? size : first[i + 1];
    const std::uint64_t shared = i == 0 ? kGenesisLeaves : 1;
    days.push_back({.first = first[i], .shared = shared, .own = end - first[i] - shared});
  }
  return days;
}

Result<std::vector<BookNumbering::DayOfOne>> ObligationsOf(const ledger::Overlay& state) {
  std::vector<BookNumbering::DayOfOne> days;
  ledger::Day last{};
  for (const auto& [key, owed] : state.List<ledger::Obligation>({}, SIZE_MAX)) {
    if (owed.day != last) days.push_back({.first = key.sequence, .shared = 0, .own = 0});
    last = owed.day;
    ++days.back().own;
  }
  if (state.failure()) return *state.failure();
  return days;
}

}  // namespace

Result<BookTemplate> MakeTemplate(std::uint64_t seed) {
  ledger::MemoryStore store;
  ledger::Machine machine(&store, {});
  AVAL_TRY(const auto begun, machine.Begin(BookGenesis()));
  std::vector<District> districts;
  districts.emplace_back(BookNames(seed, 0));
  std::vector<std::uint64_t> first_leaves;
  RunDistricts(districts, machine, store,
               [&first_leaves](std::uint64_t leaf) { first_leaves.push_back(leaf); });
  first_leaves.front() = 0;

  BookTemplate made;
  made.seed = seed;
  made.time_ms = machine.tail().time_ms;
  made.leaves = LeavesOf(first_leaves, machine.tail().size);
  const ledger::Overlay state(&store);
  AVAL_TRY(made.obligations, ObligationsOf(state));
  Sorter sorter(districts.front(), made);
  std::optional<Error> failure;
  AVAL_CHECK(store.Scan({}, {}, [&](ByteView key, ByteView value) {
    const Result<void> taken = sorter.Take(key, value);
    if (!taken) failure = taken.error();
    return taken.has_value();
  }));
  if (failure) return *failure;
  return made;
}

}  // namespace aval::bench
