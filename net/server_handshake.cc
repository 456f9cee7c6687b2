#include "net/server_handshake.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "net/strangers.h"

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

void ServerHandshake::Start(std::chrono::milliseconds longest_turn, Ended ended) {
  longest_turn_ = longest_turn;
  stream_.next_layer().async_wait(
      tcp::socket::wait_read, [this, ended = std::move(ended)](const error_code& error) mutable {
        if (stopped_) return;
        if (error) return ended(error);
        Ask(std::move(ended));
      });
}

void ServerHandshake::Stop() {
  stopped_ = true;
  bound_.Clear();
  turn_.reset();
}

void ServerHandshake::Ask(Ended ended) {
  error_code gone;  // Then the handshake finds out.
  const auto host = HostOf(stream_.next_layer().remote_endpoint(gone).address());
  turn_ = turns_.Ask(host, [this, ended = std::move(ended)](Duration delay) {
    asio::post(stream_.get_executor(), [this, delay, ended] { BeginAfter(delay, ended); });
  });
}

void ServerHandshake::BeginAfter(Duration delay, Ended ended) {
  if (stopped_) return;
  const auto pause = std::chrono::ceil<std::chrono::milliseconds>(delay);
  if (pause.count() <= 0) return Begin(ended);
  bound_.Set(pause, [this, ended = std::move(ended)] { Begin(ended); });
}

void ServerHandshake::Begin(const Ended& ended) {
  if (stopped_) return;
  bound_.Set(longest_turn_, [this, ended] { turn_.reset(); });
  stream_.async_handshake(TlsStream::server, [this, ended](const error_code& error) {
    Stop();
    ended(error);
  });
}

}  // namespace aval::net
