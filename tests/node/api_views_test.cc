// What a read sees of what is applied and not yet flushed (docs/adr/0013).

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <string>

#include "base/worker_pool.h"
#include "node/api/api.h"
#include "tests/node/applied_ledger_fixture.h"

namespace aval::node::api {
namespace {

class ApiViewsTest : public AppliedLedgerTest {
 protected:
  ApiViewsTest() : api_(Parts()) {
    // One more leaf than readers see.
    auto entry = EntryWith(1, ledger::RegisterAct(1));
    AVAL_ASSERT(ledger_->Apply(1, entry.block.get()).has_value());
    AVAL_ASSERT(ledger_->applied_size() == 3 && ledger_->view()->tree.size() == 2);
  }

  /// Those that reads use.
  Api::Parts Parts() {
    Api::Parts parts;
    parts.clock = &clock_;
    parts.ledger = ledger_.get();
    parts.readers = &readers_;
    parts.flush_soon = [this] { ++flushes_wanted_; };
    parts.failed = [] { return false; };
    return parts;
  }

  static net::HttpRequest Read(const std::string& path, const std::string& min_index) {
    net::HttpRequest request;
    request.method = "GET";
    request.path = path;
    if (!min_index.empty()) request.query.emplace("min_index", min_index);
    return request;
  }
  void Get(const std::string& path, const std::string& min_index = {}) {
    api_.Handle(Read(path, min_index),
                [this](net::HttpResponse response) { answered_.set_value(response.status); });
  }
  void Flush() {
    ASSERT_TRUE(ledger_->Flush());
    api_.OnApplied();
  }
  /// The answer's status; nothing when it does not come.
  std::optional<int> Status() {
    auto answer = answered_.get_future();
    if (answer.wait_for(std::chrono::seconds(30)) != std::future_status::ready) return std::nullopt;
    return answer.get();
  }

  std::promise<int> answered_;
  int flushes_wanted_ = 0;
  WorkerPool readers_{"read-", 1, 16};
  Api api_;
};

TEST_F(ApiViewsTest, ReadWaitsForWhatWasAppliedBeforeItAndHasItFlushed) {
  Get("/v1/leaves/2");
  EXPECT_EQ(flushes_wanted_, 1);
  Flush();
  EXPECT_EQ(Status(), 200);
  EXPECT_EQ(flushes_wanted_, 1);
}

TEST_F(ApiViewsTest, ReadOfAnEarlierIndexWaitsForWhatWasAppliedToo) {
  Get("/v1/leaves/2", "1");
  Flush();
  EXPECT_EQ(Status(), 200);
}

TEST_F(ApiViewsTest, ReadThatWaitsForMoreThanIsAppliedWantsNoFlush) {
  Get("/v1/leaves/3", "4");
  EXPECT_EQ(flushes_wanted_, 0);
  Flush();
  EXPECT_EQ(flushes_wanted_, 0);
  auto entry = EntryWith(2, ledger::RegisterAct(2));
  ASSERT_TRUE(ledger_->Apply(2, entry.block.get()));
  api_.OnApplied();
  EXPECT_EQ(flushes_wanted_, 1);
  Flush();
  EXPECT_EQ(Status(), 200);
}

TEST_F(ApiViewsTest, FilesOfTheLogAnswerAtOnceOfWhatIsFlushed) {
  Get("/log/tile/entries/000.p/2");
  EXPECT_EQ(Status(), 200);
  EXPECT_EQ(flushes_wanted_, 0);
}

// They are bounded by connections, but for those of clients who hang up and call again.
TEST_F(ApiViewsTest, ReadsOfOneClientThatWaitHaveABound) {
  int answers = 0;
  for (int i = 0; i < 1'024; ++i) {
    api_.Handle(Read("/v1/leaves/9", "10"), [&answers](const net::HttpResponse&) { ++answers; });
  }
  EXPECT_EQ(answers, 0);
  Get("/v1/leaves/9", "10");
  EXPECT_EQ(Status(), 429);
  api_.Stop();
  EXPECT_EQ(answers, 1'024);
}

}  // namespace
}  // namespace aval::node::api
