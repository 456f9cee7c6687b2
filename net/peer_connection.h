#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/pace.h"
#include "base/result.h"
#include "consensus/types.h"
#include "crypto/ed25519.h"
#include "crypto/tls.h"
#include "net/deadline.h"
#include "net/frame.h"
#include "net/handshake_turns.h"
#include "net/lifetime.h"
#include "net/peer_message.h"
#include "net/server_handshake.h"
#include "net/socket.h"

namespace aval::net {

/// One TLS connection to a peer, whichever side opened it: handshake, greeting, frames both ways,
/// signs of life, and an end that both sides can explain.
/// Threads: the socket's strand; Start, then Leave, Abort and Resume, from all.
class PeerConnection final : public std::enable_shared_from_this<PeerConnection> {
 public:
  /// The same for all connections of a node.
  struct Rules {
    Hello own;
    std::map<crypto::KeyId, consensus::NodeId> nodes;
    std::chrono::milliseconds handshake_timeout;
    std::chrono::milliseconds alive_interval;
    std::chrono::milliseconds idle_timeout;
    std::chrono::milliseconds linger_timeout;
    std::shared_ptr<HandshakeTurns> turns;  // Of those who call.
    std::chrono::milliseconds handshake_turn;
    std::shared_ptr<const Clock> clock;  // Of the pace.
    Pace::Limits pace;  // Of the other end's frames; beyond it nothing is read for a while.
  };

  /// Called on the strand, in this order: Greeted at most once, then the next four as often as it
  /// happens, Closed once, Released once and last.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void Greeted(consensus::Sender peer) = 0;
    /// Asked before each frame. False: nothing is read until Resume.
    virtual bool HasRoom() = 0;
    /// What net/ itself says (greeting, alive, goodbye) is not reported. `bytes`: of the frame.
    virtual void Received(PeerMessage message, std::size_t bytes) = 0;
    /// So many bytes have come.
    virtual void Heard(std::size_t bytes) = 0;
    /// Everything given to Write has left.
    virtual void Drained() = 0;
    /// Nothing more is carried.
    virtual void Closed(const Error& error) = 0;
    /// The socket is closed.
    virtual void Released() = 0;
  };

  /// `place` says where the other end is, for errors.
  PeerConnection(Lifetime::Token token, std::shared_ptr<const Rules> rules,
                 std::unique_ptr<TlsStream> stream, std::string place);

  void Start(crypto::TlsContext::Side side, std::shared_ptr<Owner> owner);

  /// Frames to send, after what is being sent; dropped when the connection is ending.
  void Write(Bytes frames);

  /// Says goodbye, with the reason, and closes. Closed comes at once; the socket lingers a little,
  /// so that the peer can read why.
  void Leave(std::string reason);
  /// Closes at once, even what lingers, because others need the room.
  void Abort();
  /// The owner has room again.
  void Resume();

 private:
  enum class State : std::uint8_t { kHandshake, kGreeting, kOpen, kLeaving, kClosed };

  void Handshake(crypto::TlsContext::Side side);
  void OnHandshake(const boost::system::error_code& error);
  void Read();
  void OnRead(const boost::system::error_code& error, std::size_t count);
  void TakeFrames();
  /// False when nothing is to be read now: the owner has no room, or the pace was exceeded.
  bool MayTake();
  void Take(PeerMessage message, std::size_t bytes);
  Result<void> CheckGreeting(const PeerMessage& message) const;
  void WriteMore();
  void OnWritten(const boost::system::error_code& error);
  void Tick();
  /// Closes because the connection is of no use any more.
  void Fail(const Error& error);
  /// Closes because of what the peer said, and tells it.
  void Refuse(const Error& error);
  void Close();
  Error Here(Code code, const std::string& what) const;

  const Lifetime::Token token_;
  const std::shared_ptr<const Rules> rules_;
  const std::unique_ptr<TlsStream> stream_;
  ServerHandshake handshake_;  // Unused where this end has called.
  std::string place_;
  std::shared_ptr<Owner> owner_;
  State state_ = State::kHandshake;
  consensus::NodeId peer_;

  FrameReader reader_;
  Bytes outgoing_;  // Being written.
  Bytes waiting_;   // To be written after that.
  bool writing_ = false;
  std::size_t left_unread_ = 0;  // Bytes that came while leaving.
  bool paused_ = false;          // Nothing is being read until Resume.

  Deadline deadline_;
  boost::asio::steady_timer tick_;
  Pace pace_;
  boost::asio::steady_timer rest_;
  std::chrono::steady_clock::time_point heard_;
  std::chrono::steady_clock::time_point written_;
};

}  // namespace aval::net
