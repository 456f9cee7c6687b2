#include "net/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/strand.hpp>
#include <utility>

#include "base/assert.h"
#include "base/text.h"

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

Error Make(Code code, std::string_view place, std::string_view what) {
  return {.code = code, .message = std::string(place) + ": " + std::string(what)};
}

Error TlsError(std::string_view place, const boost::system::error_code& error) {
  const auto packed = static_cast<unsigned long>(error.value());
  switch (ERR_GET_REASON(packed)) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return Make(Code::kDenied, place, "shows a key that is not among the pinned ones");
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return Make(Code::kDenied, place, "shows no key");
    // What our own side answers to a key that is not pinned, and what other software may answer.
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return Make(Code::kDenied, place, "does not accept our key");
    default:
      break;
  }
  const char* reason = ERR_reason_error_string(packed);
  return Make(Code::kUnavailable, place,
              std::string("TLS: ") + (reason != nullptr ? reason : error.message().c_str()));
}

// What is read away, and how much more of it: more than any request has.
struct Sink {
  std::array<std::uint8_t, 4'096> bytes;
  std::size_t left = std::size_t{4} << 20U;
};

void ReadAway(tcp::socket& socket, const std::shared_ptr<Sink>& sink, std::function<void()> ended) {
  socket.async_read_some(asio::buffer(sink->bytes),
                         [&socket, sink, ended = std::move(ended)](
                             const boost::system::error_code& error, std::size_t count) mutable {
                           if (error || count > sink->left) return ended();
                           sink->left -= count;
                           ReadAway(socket, sink, std::move(ended));
                         });
}

}  // namespace

std::unique_ptr<TlsStream> MakeTlsStream(tcp::socket socket, const crypto::TlsContext& context) {
  SSL* connection = SSL_new(context.native());
  AVAL_ASSERT(connection != nullptr);  // Only memory can be lacking.
  return std::make_unique<TlsStream>(std::move(socket), connection);
}

std::optional<crypto::KeyId> PeerKey(TlsStream& stream) {
  return crypto::PeerKey(stream.native_handle());
}

void TuneSocket(tcp::socket& socket) {
  // A socket that the peer has just closed refuses options; the next read or write says so.
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

bool HasClosed(tcp::socket& socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  return getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
         info.tcpi_state != TCP_ESTABLISHED;
}

void Linger(tcp::socket& socket, std::function<void()> ended) {
  boost::system::error_code ignored;  // Another side that has gone shows in the read.
  socket.shutdown(asio::socket_base::shutdown_send, ignored);
  ReadAway(socket, std::make_shared<Sink>(), std::move(ended));
}

Result<tcp::acceptor> Listen(asio::io_context& context, const std::string& host,
                             std::uint16_t port) {
  const std::string place = "cannot listen on " + PlaceText(host, port);
  boost::system::error_code error;
  tcp::resolver resolver(context);
  const auto found = resolver.resolve(
      host, std::to_string(port), tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error || found.empty()) return Make(Code::kInvalidArgument, place, error.message());
  const tcp::endpoint endpoint = found.begin()->endpoint();
  tcp::acceptor acceptor(asio::make_strand(context));
  acceptor.open(endpoint.protocol(), error);
  // A node that restarts takes its port back from connections that still wind down.
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return Make(Code::kIo, place, error.message());
  return acceptor;
}

Error NetError(std::string_view place, const boost::system::error_code& error) {
  if (error.category() == asio::error::get_ssl_category()) return TlsError(place, error);
  if (error == asio::error::connection_refused) {
    return Make(Code::kUnavailable, place, "connection refused");
  }
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated ||
      error == asio::error::connection_reset || error == asio::error::broken_pipe) {
    return Make(Code::kUnavailable, place, "connection closed by the other side");
  }
  if (error == asio::error::timed_out) return Make(Code::kTimeout, place, "timed out");
  if (error == asio::error::operation_aborted) return Make(Code::kCancelled, place, "cancelled");
  if (error.category() == asio::error::get_netdb_category() ||
      error.category() == asio::error::get_addrinfo_category()) {
    return Make(Code::kUnavailable, place, "unknown host: " + error.message());
  }
  return Make(Code::kIo, place, error.message());
}

}  // namespace aval::net
