#pragma once

#include <future>
#include <memory>

namespace aval::net {

/// Lets an owner wait until the last object that io threads keep alive is gone, and with it every
/// callback: each such object holds a token as its first member.
/// Threads: token() before Wait; Wait from one, which is no io thread.
class Lifetime {
 public:
  using Token = std::shared_ptr<void>;

  Lifetime() {
    auto end = std::make_shared<std::promise<void>>();
    ended_ = end->get_future();
    token_ = Token(end.get(), [end](void*) { end->set_value(); });
  }

  Token token() const { return token_; }

  void Wait() {
    token_.reset();
    ended_.wait();
  }

 private:
  Token token_;
  std::future<void> ended_;
};

}  // namespace aval::net
