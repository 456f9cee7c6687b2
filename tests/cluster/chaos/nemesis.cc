#include "tests/cluster/chaos/nemesis.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "tests/cluster/chaos/nodes.h"
#include "tests/cluster/chaos/schedule.h"

namespace aval::chaos {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How often it is looked whether somebody wants to stop.
constexpr milliseconds kLook{20};

struct Change {
  milliseconds at{0};
  bool begins = true;
  const Fault* fault = nullptr;
};

std::vector<Change> ChangesOf(const std::vector<Fault>& schedule) {
  std::vector<Change> changes;
  for (const Fault& fault : schedule) {
    changes.push_back({.at = fault.begin, .begins = true, .fault = &fault});
    changes.push_back({.at = fault.end, .begins = false, .fault = &fault});
  }
  std::ranges::stable_sort(changes, {}, [](const Change& change) {
    return std::tuple(change.at, change.begins);  // Ends first.
  });
  return changes;
}

class Timeline {
 public:
  explicit Timeline(const std::atomic<bool>& stop) : stop_(stop) {}

  // Until `at` from the start; kCancelled when stopped.
  Result<void> Await(milliseconds at) const {
    const auto until = start_ + at;
    while (!stop_ && steady_clock::now() < until) {
      std::this_thread::sleep_until(std::min(until, steady_clock::now() + kLook));
    }
    if (stop_) return Error{.code = Code::kCancelled, .message = "stopped"};
    return {};
  }

  void Print(const std::string& what) const {
    const std::chrono::duration<double> now = steady_clock::now() - start_;
    std::printf("%9.3f s  %s\n", now.count(), what.c_str());
    static_cast<void>(std::fflush(stdout));
  }

 private:
  const std::atomic<bool>& stop_;
  const steady_clock::time_point start_ = steady_clock::now();
};

std::string TextOf(const Change& change) {
  if (!change.begins) return "  over: " + Describe(*change.fault);
  const std::chrono::duration<double> length = change.fault->end - change.fault->begin;
  std::string seconds = std::to_string(length.count());
  seconds.resize(seconds.find('.') + 2);
  return Describe(*change.fault) + ", for " + seconds + " s";
}

}  // namespace

Result<void> Disturb(Nodes& nodes, const std::vector<Fault>& schedule, milliseconds span,
                     const std::atomic<bool>& stop) {
  const Timeline timeline(stop);
  for (const Change& change : ChangesOf(schedule)) {
    AVAL_CHECK(timeline.Await(change.at));
    timeline.Print(TextOf(change));
    AVAL_CHECK(change.begins ? nodes.Begin(*change.fault) : nodes.End(*change.fault));
  }
  AVAL_CHECK(timeline.Await(span));
  timeline.Print("nothing disturbs the nodes any more");
  return {};
}

}  // namespace aval::chaos
