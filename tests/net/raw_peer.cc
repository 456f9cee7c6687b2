#include "tests/net/raw_peer.h"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <set>
#include <utility>

#include "net/frame.h"
#include "net/peer_codec.h"
#include "tests/net/support.h"

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using crypto::TlsContext;

namespace {

std::set<crypto::KeyId> AllNodes() { return {TestKeyId(1), TestKeyId(2), TestKeyId(3)}; }

tcp::endpoint Loopback(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

}  // namespace

RawPeer RawPeer::Dial(std::uint16_t port, std::uint8_t key, const std::string& from) {
  auto context = std::make_unique<asio::io_context>();
  tcp::socket socket(*context, {asio::ip::make_address(from), 0});
  socket.connect(Loopback(port));
  return {std::move(context), std::move(socket), TlsContext::Side::kClient, key};
}

RawPeer::RawPeer(std::unique_ptr<asio::io_context> context, tcp::socket socket,
                 TlsContext::Side side, std::uint8_t key)
    : context_(std::move(context)),
      tls_(*TlsContext::Make(side, TestKey(key), AllNodes())),
      stream_(MakeTlsStream(std::move(socket), tls_)),
      side_(side) {}

bool RawPeer::Handshake() {
  boost::system::error_code error;
  stream_->handshake(side_ == TlsContext::Side::kClient ? TlsStream::client : TlsStream::server,
                     error);
  return !error;
}

void RawPeer::Send(const PeerMessage& message) {
  Bytes frame;
  AppendFrame(message, frame);
  SendBytes(frame);
}

void RawPeer::SendBytes(ByteView bytes) {
  boost::system::error_code ignored;  // A refused write shows in what is received.
  asio::write(*stream_, asio::buffer(bytes.data(), bytes.size()), ignored);
}

void RawPeer::SendUnencrypted(ByteView bytes) {
  boost::system::error_code ignored;  // As above.
  asio::write(stream_->next_layer(), asio::buffer(bytes.data(), bytes.size()), ignored);
}

std::optional<PeerMessage> RawPeer::Receive() {
  boost::system::error_code error;
  Bytes header(kFrameHeaderBytes);
  asio::read(*stream_, asio::buffer(header), error);
  if (error) return std::nullopt;
  Bytes content(ByteReader(header).U32());
  asio::read(*stream_, asio::buffer(content), error);
  if (error) return std::nullopt;
  return *DecodeFrame(content);
}

std::string RawPeer::AwaitGoodbye() {
  while (const std::optional<PeerMessage> message = Receive()) {
    if (const auto* goodbye = std::get_if<Goodbye>(&*message)) return goodbye->reason;
  }
  return "";
}

bool RawPeer::AwaitEnd() {
  boost::system::error_code error;
  Bytes some(1024);
  while (!error) stream_->next_layer().read_some(asio::buffer(some), error);
  return true;
}

bool RawPeer::AwaitClosedSocket() {
  Bytes alive;
  AppendFrame(Alive{}, alive);
  boost::system::error_code error;
  while (!error) asio::write(*stream_, asio::buffer(alive), error);
  return true;
}

RawListener::RawListener()
    : context_(std::make_unique<asio::io_context>()), acceptor_(*context_, Loopback(0)) {}

RawPeer RawListener::Accept(std::uint8_t key) {
  auto context = std::make_unique<asio::io_context>();
  tcp::socket socket = acceptor_.accept(*context);
  return {std::move(context), std::move(socket), TlsContext::Side::kServer, key};
}

Hello GreetingOf(std::uint32_t number) {
  return {.version = kPeerProtocolVersion,
          .origin = TestOptions(number, 1).origin,
          .node = consensus::NodeId{number}};
}

RawPeer CallAs(std::uint8_t number, std::uint16_t port) {
  RawPeer peer = RawPeer::Dial(port, number);
  EXPECT_TRUE(peer.Handshake());
  peer.Send(GreetingOf(number));
  EXPECT_TRUE(peer.Receive().has_value());
  return peer;
}

RawPeer AnswerAs(std::uint8_t number, RawListener& listener) {
  RawPeer peer = listener.Accept(number);
  EXPECT_TRUE(peer.Handshake());
  peer.Send(GreetingOf(number));
  return peer;
}

}  // namespace aval::net
