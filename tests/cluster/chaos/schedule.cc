#include "tests/cluster/chaos/schedule.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/random.h"

namespace aval::chaos {
namespace {

using std::chrono::milliseconds;

// From one beginning to the next, and from a beginning to its end: on average nearly one fault at a
// time, so that many overlap and yet something gets done.
constexpr milliseconds kLeastPause{500};
constexpr std::uint64_t kPauseSpread = 4'000;
constexpr milliseconds kLeastLength{500};
constexpr std::uint64_t kLengthSpread = 3'000;
constexpr std::uint64_t kKillAllSpread = 1'000;  // Nothing at all is done meanwhile.

constexpr std::array<FaultKind, kFaultKinds> kKinds{
    FaultKind::kKill,    FaultKind::kKillAll, FaultKind::kPause, FaultKind::kHalves,
    FaultKind::kIsolate, FaultKind::kOneWay,  FaultKind::kLink};

template <class T>
void Shuffle(std::vector<T>& values, Random& random) {
  for (std::size_t left = values.size(); left > 1; --left) {
    std::swap(values[left - 1], values[random.Below(left)]);
  }
}

std::vector<Link> Both(const std::vector<std::size_t>& one, const std::vector<std::size_t>& other) {
  std::vector<Link> links;
  for (const std::size_t a : one) {
    for (const std::size_t b : other) {
      links.push_back({.from = a, .to = b});
      links.push_back({.from = b, .to = a});
    }
  }
  std::ranges::sort(links);
  return links;
}

std::string List(const std::vector<std::size_t>& nodes) {
  std::string text;
  for (const std::size_t node : nodes) {
    text += (text.empty() ? "" : " ") + std::to_string(node + 1);
  }
  return text;
}

class Drawing {
 public:
  Drawing(const ScheduleOptions& options, Random& random)
      : options_(options), random_(random), free_from_(options.nodes) {}

  std::vector<Fault> Run() {
    milliseconds next = Pause();
    while (next < options_.span) {
      Fault fault = Draw(next);
      // What cannot end in time is not begun: the rest of the span is quiet.
      if (fault.end > options_.span) break;
      for (const std::size_t node : fault.nodes) free_from_[node] = fault.end + kLeastPause;
      next = fault.begin + Pause();
      faults_.push_back(std::move(fault));
    }
    return std::move(faults_);
  }

 private:
  milliseconds Pause() { return kLeastPause + milliseconds(random_.Below(kPauseSpread)); }

  FaultKind NextKind() {
    if (kinds_.empty()) {
      kinds_.assign(kKinds.begin(), kKinds.end());
      Shuffle(kinds_, random_);
    }
    const FaultKind kind = kinds_.back();
    kinds_.pop_back();
    return kind;
  }

  // At `begin` or later, when the processes that it needs are hit by nothing else.
  Fault Draw(milliseconds begin) {
    std::vector<std::size_t> order(options_.nodes);
    std::iota(order.begin(), order.end(), 0);
    Shuffle(order, random_);
    Fault fault{.kind = NextKind(), .begin = begin, .end = {}, .nodes = {}, .cut = {}};
    std::vector<std::size_t> few{order.front()};
    std::vector<std::size_t> rest{order.begin() + 1, order.end()};
    switch (fault.kind) {
      case FaultKind::kKill:
      case FaultKind::kPause:
        fault.nodes = few;
        break;
      case FaultKind::kKillAll:
        fault.nodes = order;
        break;
      case FaultKind::kHalves: {
        const auto half = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
        few.assign(order.begin(), half);
        rest.assign(half, order.end());
        fault.cut = Both(few, rest);
        break;
      }
      case FaultKind::kIsolate:
        fault.cut = Both(few, rest);
        break;
      case FaultKind::kOneWay:
        for (const std::size_t node : rest) {
          fault.cut.push_back({.from = few.front(), .to = node});
        }
        break;
      case FaultKind::kLink:
        fault.cut = Both(few, {rest.front()});
        break;
    }
    if (!options_.cuts && !fault.cut.empty()) {
      fault.kind = FaultKind::kPause;
      fault.cut.clear();
      fault.nodes = few;
    }
    std::ranges::sort(fault.nodes);
    std::ranges::sort(fault.cut);
    for (const std::size_t node : fault.nodes) {
      fault.begin = std::max(fault.begin, free_from_[node]);
    }
    const std::uint64_t spread = fault.kind == FaultKind::kKillAll ? kKillAllSpread : kLengthSpread;
    fault.end = fault.begin + kLeastLength + milliseconds(random_.Below(spread));
    return fault;
  }

  const ScheduleOptions& options_;
  Random& random_;
  std::vector<milliseconds> free_from_;  // By node: when its process may be hit again.
  std::vector<FaultKind> kinds_;         // Still to come before all come again.
  std::vector<Fault> faults_;
};

}  // namespace

std::string_view NameOf(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill:
      return "kill -9";
    case FaultKind::kKillAll:
      return "kill -9 of all";
    case FaultKind::kPause:
      return "SIGSTOP";
    case FaultKind::kHalves:
      return "halves";
    case FaultKind::kIsolate:
      return "isolation";
    case FaultKind::kOneWay:
      return "one way";
    case FaultKind::kLink:
      return "link";
  }
  AVAL_UNREACHABLE("a fault of no kind");
}

std::string Describe(const Fault& fault) {
  std::string text(NameOf(fault.kind));
  if (fault.kind == FaultKind::kKillAll) return text;
  if (!fault.nodes.empty()) return text + " of " + List(fault.nodes);
  text += " cut:";
  for (const Link& link : fault.cut) {
    const bool both = std::ranges::binary_search(fault.cut, Link{.from = link.to, .to = link.from});
    if (both && link.to < link.from) continue;
    text += " " + std::to_string(link.from + 1) + (both ? "-" : ">") + std::to_string(link.to + 1);
  }
  return text;
}

std::vector<Fault> DrawSchedule(const ScheduleOptions& options, Random& random) {
  AVAL_ASSERT(options.nodes >= 2);
  return Drawing(options, random).Run();
}

}  // namespace aval::chaos
