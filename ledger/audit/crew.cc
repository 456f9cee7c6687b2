#include "ledger/audit/crew.h"

#include <atomic>
#include <latch>

namespace aval::ledger {

Crew::Crew(unsigned threads) : others_(threads > 1 ? threads - 1 : 0) {
  if (others_ > 0) pool_.emplace("audit-", others_, others_);
}

void Crew::ForAll(std::size_t count, const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) task(i);
  };
  std::latch done(static_cast<std::ptrdiff_t>(others_));
  for (unsigned i = 0; i < others_; ++i) {
    const bool posted = pool_->TryPost([&] {
      work();
      done.count_down();
    });
    if (!posted) done.count_down();
  }
  work();
  done.wait();
}

}  // namespace aval::ledger
