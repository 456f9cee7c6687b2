#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "crypto/tls.h"
#include "net/deadline.h"
#include "net/dial.h"
#include "net/lifetime.h"
#include "net/peer_connection.h"
#include "net/peer_registry.h"

namespace aval::net {

/// The outgoing link to one peer: dials, sends what the peer's queue holds, dials again.
/// Threads: a strand of its own; the first four methods are safe from all.
class PeerDialer final : public PeerConnection::Owner,
                         public std::enable_shared_from_this<PeerDialer> {
 public:
  PeerDialer(Lifetime::Token token, std::shared_ptr<PeerRegistry> registry,
             boost::asio::io_context& context, consensus::NodeId peer, crypto::TlsContext tls);

  /// A new dialer rests until this. Dials that place from the next attempt on, which is now when
  /// none is under way.
  void SetAddress(const std::string& host, std::uint16_t port);
  /// Ends the back-off, if one is under way: the peer has shown that it lives.
  void Hurry();
  /// The queue was idle and is no more.
  void Wake();
  void Stop();

  void Greeted(consensus::Sender peer) override;
  bool HasRoom() override { return true; }  // Messages are refused.
  void Received(PeerMessage message, std::size_t bytes) override;
  void Heard(std::size_t bytes) override;
  void Drained() override;
  void Closed(const Error& error) override;
  void Released() override {}

 private:
  enum class Phase : std::uint8_t { kResting, kDialling, kLinked, kBackingOff, kStopped };

  void Attempt();
  void OnConnected(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket);
  void AttemptFailed(const Error& error);
  void BackOff();
  void SendQueued();
  std::string Place() const;

  const Lifetime::Token token_;
  const std::shared_ptr<PeerRegistry> registry_;
  const consensus::NodeId peer_;
  const crypto::TlsContext tls_;
  const boost::asio::any_io_executor strand_;
  std::string host_;
  std::uint16_t port_ = 0;  // 0: not to be dialled.

  Phase phase_ = Phase::kResting;
  std::shared_ptr<Dial> dial_;  // Of the attempt under way.
  std::shared_ptr<PeerConnection> connection_;
  bool up_ = false;
  std::chrono::steady_clock::time_point up_since_;
  Deadline deadline_;  // Of the attempt, or of the back-off.
  std::chrono::milliseconds backoff_{0};
  SystemRandom random_;
};

}  // namespace aval::net
