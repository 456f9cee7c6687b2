#pragma once

#include <boost/system/error_code.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "net/deadline.h"
#include "net/handshake_turns.h"
#include "net/socket.h"

namespace aval::net {

/// The server's side of one TLS handshake. It has its turn when the caller has said something, and
/// no longer than is spent on an honest one nearby: who is silent takes none, and who is slow goes
/// on without, so that neither keeps others waiting. How long all of it may take is the owner's to
/// bound.
/// Threads: the stream's strand.
class ServerHandshake {
 public:
  using Ended = std::function<void(const boost::system::error_code& error)>;

  /// `stream` and `turns` outlive it.
  ServerHandshake(TlsStream& stream, HandshakeTurns& turns)
      : stream_(stream), turns_(turns), bound_(stream.get_executor()) {}

  /// Once. `ended`, which keeps the owner alive, is called once at most, and not after Stop unless
  /// it is under way.
  void Start(std::chrono::milliseconds longest_turn, Ended ended);
  /// To be called when the stream is closed; makes room for the next. Repeatable.
  void Stop();

 private:
  void Ask(Ended ended);
  void Begin(const Ended& ended);
  void BeginAfter(Duration delay, Ended ended);

  TlsStream& stream_;
  HandshakeTurns& turns_;
  std::chrono::milliseconds longest_turn_{0};
  bool stopped_ = false;
  std::unique_ptr<HandshakeTurns::Turn> turn_;
  Deadline bound_;
};

}  // namespace aval::net
