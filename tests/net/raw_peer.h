#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "crypto/ed25519.h"
#include "crypto/tls.h"
#include "net/peer_message.h"
#include "net/socket.h"

namespace aval::net {

/// The other end of a peer link, played by hand: does what a test says, in order, and waits. Every
/// node's key is among those it accepts.
/// Threads: one.
class RawPeer {
 public:
  /// Connects, without a handshake; `from` is an address of the loopback.
  static RawPeer Dial(std::uint16_t port, std::uint8_t key, const std::string& from = "127.0.0.1");
  /// Accepts one connection; see RawListener.
  RawPeer(std::unique_ptr<boost::asio::io_context> context, boost::asio::ip::tcp::socket socket,
          crypto::TlsContext::Side side, std::uint8_t key);

  /// False when the handshake fails on this side.
  bool Handshake();
  void Send(const PeerMessage& message);
  void SendBytes(ByteView bytes);
  /// Past TLS.
  void SendUnencrypted(ByteView bytes);
  /// The next frame; nothing when the connection ends.
  std::optional<PeerMessage> Receive();
  /// The reason of the next goodbye, skipping what comes before; empty when the connection ends
  /// without.
  std::string AwaitGoodbye();
  /// True when the other side closes, whatever it says before.
  bool AwaitEnd();
  /// True when the other side takes no more bytes, whether or not it has closed its sending half.
  bool AwaitClosedSocket();

 private:
  std::unique_ptr<boost::asio::io_context> context_;
  crypto::TlsContext tls_;
  std::unique_ptr<TlsStream> stream_;
  crypto::TlsContext::Side side_;
};

class RawListener {
 public:
  RawListener();
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  RawPeer Accept(std::uint8_t key);

 private:
  std::unique_ptr<boost::asio::io_context> context_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

/// The greeting of node `number` of TestOptions' ledger.
Hello GreetingOf(std::uint32_t number);
/// Node `number` on the line: it has called the node at `port`, greeted and been greeted.
RawPeer CallAs(std::uint8_t number, std::uint16_t port);
/// Node `number` on the line: it has been called, and has greeted.
RawPeer AnswerAs(std::uint8_t number, RawListener& listener);

}  // namespace aval::net
