#include "tests/sim/trace.h"

#include <iomanip>

namespace aval::sim {

void Trace::Note(std::string_view what, consensus::NodeId node, std::uint64_t a, std::uint64_t b) {
  ++events_;
  Mix(static_cast<std::uint64_t>(time_.Now().since_start.count()));
  for (const char letter : what) Mix(static_cast<std::uint8_t>(letter));
  Mix(node.value);
  Mix(a);
  Mix(b);
  if (lines_ == nullptr) return;
  Stamp();
  *lines_ << "node " << node.value << ' ' << what;
  if (a != 0 || b != 0) *lines_ << ' ' << a;
  if (b != 0) *lines_ << ' ' << b;
  *lines_ << '\n';
}

void Trace::Say(std::string_view text) {
  if (lines_ == nullptr) return;
  Stamp();
  *lines_ << text << '\n';
}

// SplitMix64's finaliser over what came before and the word.
void Trace::Mix(std::uint64_t word) {
  std::uint64_t mixed = (digest_ ^ word) + 0x9e3779b97f4a7c15U;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  digest_ = mixed ^ (mixed >> 31U);
}

void Trace::Stamp() {
  const auto now = time_.Now().since_start.count();
  *lines_ << now / 1'000'000 << '.' << std::setw(6) << std::setfill('0') << now % 1'000'000 << ' ';
}

}  // namespace aval::sim
