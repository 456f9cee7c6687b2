#pragma once

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace aval::net {

/// The threads that wait for the network. Everything in net/ runs on them; whatever may block or
/// compute for long belongs elsewhere.
///
/// Servers, transports and clients are made with an IoThreads and are stopped before it: their own
/// Stop waits for these threads to let go of them.
/// Threads: context() is safe from all; Stop and the destructor from one, which is no io thread.
class IoThreads {
 public:
  /// `count` >= 1. The operating system shows them as "io-0", "io-1" and so on.
  explicit IoThreads(std::size_t count);
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  /// Drops what waits and joins the threads. Repeatable.
  void Stop();

  boost::asio::io_context& context() { return *context_; }

 private:
  std::unique_ptr<boost::asio::io_context> context_;
  std::vector<std::thread> threads_;
};

}  // namespace aval::net
