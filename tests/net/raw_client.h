#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/tls.h"
#include "net/socket.h"

namespace aval::net {

/// A client that sends bytes as a test says, well-formed or not, and waits for what comes back. The
/// server's key is TestKey(1).
/// Threads: one.
class RawClient {
 public:
  struct Reply {
    int status = 0;
    std::map<std::string, std::string> headers;  // Names as sent.
    std::string body;
  };

  /// Connects with TestKey(`key`), without a handshake; `from` is an address of the loopback.
  explicit RawClient(std::uint16_t port, std::uint8_t key = 2,
                     const std::string& from = "127.0.0.1");

  RawClient& Handshake();
  RawClient& Send(std::string_view bytes);
  /// Past TLS.
  RawClient& SendRaw(std::string_view bytes);
  /// Header and body of the next reply; nothing when the connection ends before.
  std::optional<Reply> Receive();
  /// Only the header, as for HEAD and 100.
  std::optional<Reply> ReceiveHeader();
  /// True when the server closes; nothing more is sent or read.
  bool AwaitEnd();
  /// True when the server takes no more bytes, whether or not it has closed its sending half.
  bool AwaitClosedSocket();
  /// Breaks the connection off with a reset.
  void Reset();

 private:
  std::unique_ptr<boost::asio::io_context> context_;
  crypto::TlsContext tls_;
  std::unique_ptr<TlsStream> stream_;
  std::string received_;
};

}  // namespace aval::net
