#include "tests/net/raw_client.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "tests/net/support.h"

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using crypto::TlsContext;

RawClient::RawClient(std::uint16_t port, std::uint8_t key, const std::string& from)
    : context_(std::make_unique<asio::io_context>()),
      tls_(*TlsContext::Make(TlsContext::Side::kClient, TestKey(key), {TestKeyId(1)})) {
  tcp::socket socket(*context_, {asio::ip::make_address(from), 0});
  socket.connect({asio::ip::address_v4::loopback(), port});
  stream_ = MakeTlsStream(std::move(socket), tls_);
}

RawClient& RawClient::Handshake() {
  error_code ignored;  // A refusal shows in what is received.
  stream_->handshake(TlsStream::client, ignored);
  return *this;
}

RawClient& RawClient::Send(std::string_view bytes) {
  error_code ignored;  // As above.
  asio::write(*stream_, asio::buffer(bytes.data(), bytes.size()), ignored);
  return *this;
}

RawClient& RawClient::SendRaw(std::string_view bytes) {
  error_code ignored;  // As above.
  asio::write(stream_->next_layer(), asio::buffer(bytes.data(), bytes.size()), ignored);
  return *this;
}

std::optional<RawClient::Reply> RawClient::ReceiveHeader() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    std::array<char, 4096> some{};
    error_code error;
    const std::size_t count = stream_->read_some(asio::buffer(some), error);
    if (error) return std::nullopt;
    received_.append(some.data(), count);
  }
  Reply reply;
  reply.status = std::stoi(received_.substr(received_.find(' ') + 1));
  std::size_t line = received_.find("\r\n") + 2;
  while (line < end + 2) {
    const std::size_t line_end = received_.find("\r\n", line);
    const std::size_t colon = received_.find(": ", line);
    reply.headers[received_.substr(line, colon - line)] =
        received_.substr(colon + 2, line_end - colon - 2);
    line = line_end + 2;
  }
  received_.erase(0, end + 4);
  return reply;
}

std::optional<RawClient::Reply> RawClient::Receive() {
  std::optional<Reply> reply = ReceiveHeader();
  if (!reply) return std::nullopt;
  const auto length = static_cast<std::size_t>(std::stoul(reply->headers["Content-Length"]));
  while (received_.size() < length) {
    std::array<char, 65536> some{};
    error_code error;
    const std::size_t count = stream_->read_some(asio::buffer(some), error);
    if (error) return std::nullopt;
    received_.append(some.data(), count);
  }
  reply->body = received_.substr(0, length);
  received_.erase(0, length);
  return reply;
}

bool RawClient::AwaitEnd() {
  error_code error;
  std::array<char, 65536> some{};
  while (!error) stream_->next_layer().read_some(asio::buffer(some), error);
  return true;
}

bool RawClient::AwaitClosedSocket() {
  error_code error;
  while (!error) asio::write(stream_->next_layer(), asio::buffer("x", 1), error);
  return true;
}

void RawClient::Reset() {
  stream_->next_layer().set_option(asio::socket_base::linger(true, 0));
  stream_->next_layer().close();
}

}  // namespace aval::net
