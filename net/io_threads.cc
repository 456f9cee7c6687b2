#include "net/io_threads.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <string>

#include "base/assert.h"

namespace aval::net {

namespace asio = boost::asio;

IoThreads::IoThreads(std::size_t count)
    : context_(std::make_unique<asio::io_context>(static_cast<int>(count))) {
  AVAL_ASSERT(count >= 1);
  threads_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    // The guard keeps a thread waiting while there is nothing to wait for.
    threads_.emplace_back([context = context_.get(), guard = asio::make_work_guard(*context_),
                           name = "io-" + std::to_string(i)] {
      pthread_setname_np(pthread_self(), name.c_str());
      context->run();
    });
  }
}

IoThreads::~IoThreads() { Stop(); }

void IoThreads::Stop() {
  context_->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace aval::net
