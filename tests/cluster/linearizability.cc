#include "tests/cluster/linearizability.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "tests/cluster/history.h"

namespace aval::cluster {
namespace {

using std::chrono::nanoseconds;

Error Wrong(std::string_view key, const std::string& what) {
  return {.code = Code::kInvalidArgument, .message = "key " + std::string(key) + ": " + what};
}

// When the effect of a call is certain to be there.
nanoseconds EffectiveBy(const Call& call) {
  return call.outcome == Outcome::kUnknown ? nanoseconds::max() : call.returned;
}

// A value's write and the reads that returned it; the terms are the header's.
struct Cluster {
  std::int64_t value = 0;
  const Call* write = nullptr;           // Null for the initial value.
  const Call* first_returned = nullptr;  // Null for the initial value: proven before all calls.
  const Call* last_called = nullptr;     // Null for an initial value that nobody has read.

  nanoseconds Proven() const {
    return first_returned == nullptr ? nanoseconds::min() : EffectiveBy(*first_returned);
  }
  nanoseconds Needed() const {
    return last_called == nullptr ? nanoseconds::min() : last_called->called;
  }
  bool IsForward() const { return Proven() < Needed(); }

  void AddRead(const Call& read) {
    if (write != nullptr && read.returned < Proven()) first_returned = &read;
    if (read.called > Needed()) last_called = &read;
  }
};

// The calls of one key.
class Register {
 public:
  Register(std::string_view key, std::int64_t initial) : key_(key) {
    clusters_[initial].value = initial;
  }

  Result<void> AddWrite(const Call& write) {
    if (write.outcome == Outcome::kRefused) {
      refused_.emplace(write.value, &write);
      return {};
    }
    const auto [place, added] = clusters_.try_emplace(write.value);
    if (!added) {
      const Call* other = place->second.write;
      return Wrong(key_, Describe(write) + ", and the same value is " +
                             (other == nullptr ? "the initial one" : "there: " + Describe(*other)));
    }
    place->second = {
        .value = write.value, .write = &write, .first_returned = &write, .last_called = &write};
    return {};
  }

  // After all writes.
  std::optional<Violation> AddRead(const Call& read) {
    const auto found = clusters_.find(read.value);
    if (found == clusters_.end()) {
      const auto refused = refused_.find(read.value);
      return Violated(Describe(read) + ", which " +
                      (refused == refused_.end()
                           ? "nobody wrote"
                           : "was refused when " + Describe(*refused->second)));
    }
    Cluster& cluster = found->second;
    if (cluster.write != nullptr && read.returned < cluster.write->called) {
      return Violated(Describe(read) + " before " + Describe(*cluster.write));
    }
    cluster.AddRead(read);
    return std::nullopt;
  }

  // After all reads.
  std::optional<Violation> CheckZones() const {
    std::vector<const Cluster*> forward;
    for (const auto& [value, cluster] : clusters_) {
      if (cluster.IsForward()) forward.push_back(&cluster);
    }
    std::ranges::sort(forward, {}, &Cluster::Proven);
    // If any two of them overlap, then two neighbours do.
    for (std::size_t i = 1; i < forward.size(); ++i) {
      if (forward[i]->Proven() < forward[i - 1]->Needed()) {
        return Contradiction(*forward[i - 1], *forward[i]);
      }
    }
    for (const auto& [value, cluster] : clusters_) {
      if (cluster.IsForward()) continue;
      // Among those that begin before it, only the last can reach beyond it: none overlap.
      const auto after = std::ranges::lower_bound(forward, cluster.Needed(), {}, &Cluster::Proven);
      if (after == forward.begin()) continue;
      const Cluster& around = **std::prev(after);
      if (cluster.Proven() < around.Needed()) return Contradiction(around, cluster);
    }
    return std::nullopt;
  }

 private:
  Violation Violated(std::string text) const {
    return {.key = std::string(key_), .text = "key " + std::string(key_) + ": " + std::move(text)};
  }

  // Of two clusters, each of which must stand before the other; `b` is not the initial value's.
  Violation Contradiction(const Cluster& a, const Cluster& b) const {
    const std::string values = std::to_string(a.value) + " and " + std::to_string(b.value);
    const std::string first =
        a.first_returned == nullptr
            ? std::to_string(a.value) + " is the initial value"
            : Describe(*a.first_returned) + " before " + Describe(*b.last_called);
    return Violated(values + " must each stand before the other: " + first + ", but " +
                    Describe(*b.first_returned) + " before " + Describe(*a.last_called));
  }

  const std::string_view key_;
  std::map<std::int64_t, Cluster> clusters_;  // By value.
  std::map<std::int64_t, const Call*> refused_;
};

Result<std::optional<Violation>> CheckKey(std::string_view key, std::int64_t initial,
                                          const std::vector<const Call*>& calls) {
  Register limit(key, initial);
  for (const Call* call : calls) {
    if (call->operation == Operation::kWrite) AVAL_CHECK(limit.AddWrite(*call));
  }
  for (const Call* call : calls) {
    if (call->operation != Operation::kRead || call->outcome != Outcome::kDone) continue;
    if (auto violation = limit.AddRead(*call)) return violation;
  }
  return limit.CheckZones();
}

}  // namespace

Result<std::vector<Violation>> CheckLinearizability(std::span<const Call> history,
                                                    const InitialValues& initial_values) {
  std::map<std::string_view, std::vector<const Call*>> by_key;
  for (const Call& call : history) {
    if (!TimesInOrder(call)) return Wrong(call.key, Describe(call) + ", times out of order");
    by_key[call.key].push_back(&call);
  }
  std::vector<Violation> violations;
  for (const auto& [key, calls] : by_key) {
    const auto initial = initial_values.find(key);
    if (initial == initial_values.end()) return Wrong(key, "no initial value");
    AVAL_TRY(auto violation, CheckKey(key, initial->second, calls));
    if (violation) violations.push_back(*std::move(violation));
  }
  return violations;
}

}  // namespace aval::cluster
