#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace aval::node {

/// Values by key, those used lately: time goes in generations, each as long as it takes to use half
/// of what the map holds; at its end goes what it has not used.
/// Threads: one.
template <class Value>
class RecentMap {
 public:
  /// Holds entries that come to `bytes_max` together, by the sizes that Put is told.
  explicit RecentMap(std::size_t bytes_max) : generation_bytes_(bytes_max / 2) {}

  /// Null when it is not held. Valid until the next call.
  Value* Find(ByteView key) {
    const auto at = entries_.find(key);
    if (at == entries_.end()) return nullptr;
    if (at->second.generation == generation_) return &at->second.value;
    Use(at->second);
    MakeRoom();  // This entry stays, but may be moved.
    return &entries_.find(key)->second.value;
  }

  /// Holds the value, in place of one that is held. `bytes` is what it is counted as.
  void Put(Bytes key, Value value, std::size_t bytes) {
    const auto [at, added] = entries_.try_emplace(std::move(key));
    Entry& entry = at->second;
    if (!added && entry.generation == generation_) used_bytes_ -= entry.bytes;
    entry.value = std::move(value);
    entry.bytes = bytes;
    Use(entry);
    MakeRoom();
  }

  void Erase(ByteView key) {
    const auto at = entries_.find(key);
    if (at == entries_.end()) return;
    if (at->second.generation == generation_) used_bytes_ -= at->second.bytes;
    entries_.erase(at);
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(ByteView key) const {
      return std::hash<std::string_view>()(AsText(key));
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(ByteView a, ByteView b) const { return EqualBytes(a, b); }
  };
  struct Entry {
    Value value{};
    std::size_t bytes = 0;
    std::uint64_t generation = 0;  // The last that has used it.
  };

  void Use(Entry& entry) {
    entry.generation = generation_;
    used_bytes_ += entry.bytes;
  }

  // Ends the generation when it has used its part.
  void MakeRoom() {
    if (used_bytes_ <= generation_bytes_) return;
    boost::unordered::erase_if(
        entries_, [this](const auto& entry) { return entry.second.generation != generation_; });
    ++generation_;
    used_bytes_ = 0;
  }

  const std::size_t generation_bytes_;
  std::size_t used_bytes_ = 0;  // Of the entries that this generation has used.
  std::uint64_t generation_ = 1;
  boost::unordered_flat_map<Bytes, Entry, Hash, Equal> entries_;
};

}  // namespace aval::node
