#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace aval::ledger {

/// The order of keys, bytewise; views are looked up without a copy.
struct KeyOrder {
  using is_transparent = void;
  bool operator()(ByteView a, ByteView b) const { return CompareBytes(a, b) < 0; }
};

/// Net writes by key, in byte order: a value, or nothing for a deletion.
using Writes = std::map<Bytes, std::optional<Bytes>, KeyOrder>;

/// Ordered bytes by key, read side.
class Reader {
 public:
  /// Called for each pair in key order; false stops the walk.
  using Visitor = std::function<bool(ByteView key, ByteView value)>;

  virtual ~Reader() = default;
  virtual Result<std::optional<Bytes>> Get(ByteView key) const = 0;
  /// Walks the keys in [from, to), ascending; an empty `to` means to the end, and one not
  /// above `from` gives nothing. The visitor must not write to what is walked.
  virtual Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const = 0;
};

/// The state's store. The node has one over LevelDB (leveldb_store.h), the simulator and tests a
/// map. Threads: one writer; Get, Scan and Snapshot from any thread, each seeing whole batches
/// only.
class Store : public Reader {
 public:
  /// All of `writes` or none, durable on return. After an error nothing is known and the node
  /// stops.
  virtual Result<void> Apply(const Writes& writes) = 0;
  /// The state after the last Apply, unmoved by later ones; lives no longer than the store.
  virtual std::unique_ptr<Reader> Snapshot() const = 0;
};

/// A map. Copies itself only for a batch that arrives while a snapshot or a walk is alive.
class MemoryStore final : public Store {
 public:
  Result<std::optional<Bytes>> Get(ByteView key) const override;
  Result<void> Scan(ByteView from, ByteView to, const Visitor& visit) const override;
  Result<void> Apply(const Writes& writes) override;
  std::unique_ptr<Reader> Snapshot() const override;

 private:
  class Share;

  mutable std::mutex mutex_;
  std::shared_ptr<std::map<Bytes, Bytes>> pairs_ = std::make_shared<std::map<Bytes, Bytes>>();
};

}  // namespace aval::ledger
