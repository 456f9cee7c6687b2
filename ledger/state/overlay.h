#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/record/codec.h"
#include "ledger/state/store.h"

namespace aval::ledger {

/// The least key above every key that begins with `prefix`; empty when there is none, which Scan
/// takes as the end.
Bytes PastPrefix(ByteView prefix);

/// Writes not yet in what lies below: a store, or another overlay. The machine stacks two: one for
/// the blocks not yet flushed, one for the act under way, which a refusal throws away.
///
/// A read that fails below (disk, damaged record) is remembered: from then on every read gives
/// nothing and `failure()` has the error; the machine asks once after each act and stops the node,
/// so that rules need not carry I/O errors.
/// Threads: one.
class Overlay final : public Reader {
 public:
  /// A pointer, so that an overlay over an overlay is not read as a copy. `below` outlives it.
  explicit Overlay(const Reader* below) : below_(*below) {}
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  template <Record R>
  std::optional<R> Get(const typename R::Key& key) const {
    const std::optional<Bytes> value = Find(EncodeKey<R>(key));
    if (!value) return std::nullopt;
    Result<R> record = DecodeValue<R>(*value);
    if (!record) {
      Fail(record.error());
      return std::nullopt;
    }
    return *std::move(record);
  }
  template <Record R>
  bool Has(const typename R::Key& key) const {
    return Find(EncodeKey<R>(key)).has_value();
  }
  template <Record R>
  void Put(const typename R::Key& key, const R& record) {
    PutBytes(EncodeKey<R>(key), EncodeValue(record));
  }
  template <Record R>
  void Delete(const typename R::Key& key) {
    DeleteBytes(EncodeKey<R>(key));
  }

  /// At most `limit` records whose key bytes (after the table byte) begin with what `prefix` holds,
  /// ascending.
  template <Record R>
  std::vector<std::pair<typename R::Key, R>> List(ByteView prefix, std::size_t limit) const {
    const Bytes first = FirstOf<R>(prefix);
    return ListBetween<R>(first, PastPrefix(first), limit);
  }
  /// The same, but none before `from`: what was deleted there is not stepped over.
  template <Record R>
  std::vector<std::pair<typename R::Key, R>> ListFrom(const typename R::Key& from, ByteView prefix,
                                                      std::size_t limit) const {
    const Bytes first = FirstOf<R>(prefix);
    return ListBetween<R>(std::max(first, EncodeKey<R>(from)), PastPrefix(first), limit);
  }

  Result<std::optional<Bytes>> Get(ByteView key) const override;
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override;

  void PutBytes(Bytes key, Bytes value);
  /// Leaves nothing behind for a key that only this overlay had.
  void DeleteBytes(Bytes key);

  /// What differs from below, by key.
  const Writes& writes() const { return writes_; }
  /// Takes over all writes of `above`, which lies on this overlay; its deletions stay even where
  /// only this overlay had the key.
  void Absorb(Overlay&& above);
  /// Gives up the writes: they are in what lies below when this is read next.
  Writes TakeWrites() { return std::exchange(writes_, {}); }
  void Clear() { writes_.clear(); }

  const std::optional<Error>& failure() const { return failure_; }

 private:
  template <Record R>
  static Bytes FirstOf(ByteView prefix) {
    Bytes first{static_cast<std::uint8_t>(R::kTable)};
    first.insert(first.end(), prefix.begin(), prefix.end());
    return first;
  }
  template <Record R>
  std::vector<std::pair<typename R::Key, R>> ListBetween(ByteView from, ByteView to,
                                                         std::size_t limit) const {
    std::vector<std::pair<typename R::Key, R>> found;
    const Result<void> walked = Scan(from, to, [&](ByteView key, ByteView value) {
      Result<typename R::Key> typed = DecodeKey<R>(key);
      Result<R> record = DecodeValue<R>(value);
      if (!typed || !record) {
        Fail(typed ? record.error() : typed.error());
        return false;
      }
      found.emplace_back(*std::move(typed), *std::move(record));
      return found.size() < limit;
    });
    if (!walked) Fail(walked.error());
    return found;
  }

  std::optional<Bytes> Find(ByteView key) const;
  void Fail(const Error& error) const;

  const Reader& below_;
  Writes writes_;
  mutable std::optional<Error> failure_;
};

}  // namespace aval::ledger
