#include "net/io_threads.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <string>
#include <utility>

#include "base/assert.h"

namespace aval::net {

namespace asio = boost::asio;

namespace {

class StrandExecutor final : public Executor {
 public:
  explicit StrandExecutor(asio::io_context& context) : strand_(asio::make_strand(context)) {}

  void Post(Task task) override { asio::post(strand_, std::move(task)); }

  void After(Duration delay, Task task) override {
    auto timer = std::make_shared<asio::steady_timer>(strand_, delay);
    timer->async_wait([timer, task = std::move(task)](const boost::system::error_code& error) {
      if (!error) task();
    });
  }

 private:
  asio::strand<asio::io_context::executor_type> strand_;
};

}  // namespace

IoThreads::IoThreads(std::size_t count)
    : context_(std::make_unique<asio::io_context>(static_cast<int>(count))) {
  AVAL_ASSERT(count >= 1);
  threads_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    // The guard keeps a thread waiting while there is nothing to wait for.
    threads_.emplace_back(
        [context = context_.get(), guard = asio::make_work_guard(*context_)] { context->run(); });
    pthread_setname_np(threads_.back().native_handle(), ("io-" + std::to_string(i)).c_str());
  }
}

IoThreads::~IoThreads() { Stop(); }

std::unique_ptr<Executor> IoThreads::NewExecutor() {
  return std::make_unique<StrandExecutor>(*context_);
}

void IoThreads::Stop() {
  context_->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace aval::net
