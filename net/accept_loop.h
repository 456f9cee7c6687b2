#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>

#include "net/lifetime.h"

namespace aval::net {

/// Accepts connections, each on a strand of its own. When that fails, because descriptors are
/// lacking for example, it pauses and tries again.
/// Threads: callbacks come on the acceptor's strand; Start, then Stop, from all.
class AcceptLoop final : public std::enable_shared_from_this<AcceptLoop> {
 public:
  struct Callbacks {
    std::function<void(boost::asio::ip::tcp::socket socket)> accepted;
    std::function<void(const boost::system::error_code& error)> failed;
  };

  AcceptLoop(Lifetime::Token token, boost::asio::io_context& context,
             boost::asio::ip::tcp::acceptor acceptor);

  /// Keeps the callbacks, and what they keep, until Stop.
  void Start(Callbacks callbacks);
  void Stop();

 private:
  void Accept();
  void OnAccepted(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket);

  const Lifetime::Token token_;
  boost::asio::io_context& context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Callbacks callbacks_;
};

}  // namespace aval::net
