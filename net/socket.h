#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/ed25519.h"
#include "crypto/tls.h"

namespace aval::net {

/// What peers, servers and clients share of sockets and TLS. Every stream lives on a strand: that
/// of its socket.
using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;

/// A connection of `context`, on a connected socket, before the handshake.
std::unique_ptr<TlsStream> MakeTlsStream(boost::asio::ip::tcp::socket socket,
                                         const crypto::TlsContext& context);

/// The key that the other side has shown; after the handshake.
std::optional<crypto::KeyId> PeerKey(TlsStream& stream);

/// Messages leave at once, and the kernel notices a peer that has gone silent.
void TuneSocket(boost::asio::ip::tcp::socket& socket);

/// Whether the other side has closed, or is gone, though what it sent before may not be read yet:
/// the kernel's word, tcp(7) TCP_INFO.
bool HasClosed(boost::asio::ip::tcp::socket& socket);

/// Closes the sending half and reads what still comes, past TLS, until the other side has closed,
/// too, or has sent 4 MiB more, or the socket is closed here: closing with unread bytes would
/// destroy what the other side has not read yet. `ended` is called once, on the strand, and keeps
/// the socket's owner alive.
void Linger(boost::asio::ip::tcp::socket& socket, std::function<void()> ended);

/// A listening socket on a strand of its own. kInvalidArgument for a host that does not resolve,
/// kIo when the address cannot be had.
Result<boost::asio::ip::tcp::acceptor> Listen(boost::asio::io_context& context,
                                              const std::string& host, std::uint16_t port);

/// An error of a connection in words for people: `place` is who or what is at the other end.
Error NetError(std::string_view place, const boost::system::error_code& error);

}  // namespace aval::net
