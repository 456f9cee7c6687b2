#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/pace.h"
#include "base/result.h"
#include "consensus/message.h"
#include "consensus/types.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "net/io_threads.h"
#include "net/peer_message.h"

namespace aval::net {

/// What a node hears of its peers. Called on io threads, several at a time, but for one peer's
/// messages in the order of their sending; must not block. What cannot be taken may be dropped, as
/// on any network.
class PeerEvents {
 public:
  virtual ~PeerEvents() = default;
  virtual void OnMessage(consensus::Sender from, consensus::Message message, Receipt receipt) = 0;
  /// Without a receipt when the peer's forwarded acts take up their bound already: to be refused,
  /// so that they never keep what consensus says waiting.
  virtual void OnForward(consensus::NodeId from, Forward forward, Receipt receipt) = 0;
  virtual void OnForwardRefused(consensus::NodeId from, ForwardRefused refused,
                                Receipt receipt) = 0;
  virtual void OnExtension(consensus::NodeId from, Extension extension, Receipt receipt) = 0;
  /// The link that carries our messages to `peer` came up, or broke: what was under way is lost.
  virtual void OnLink(consensus::NodeId peer, bool up) = 0;
  /// For people: why a link does not come up or was closed. The same words about one peer come
  /// once, however often it is dialled, and different ones a few times a minute. No peer: a
  /// stranger knocked.
  virtual void OnTrouble(std::optional<consensus::NodeId> peer, const Error& error) = 0;
};

/// One peer's links in numbers, since the start.
struct PeerCounters {
  bool up = false;  // The outgoing link.
  std::uint64_t frames_sent = 0;
  std::uint64_t bytes_sent = 0;  // Before encryption.
  std::uint64_t frames_received = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t connects = 0;         // Outgoing links that came up.
  std::uint64_t failed_connects = 0;  // That did not.
  std::uint64_t dropped = 0;          // Not taken: link down or queue full.
  std::size_t queued_messages = 0;
  std::size_t queued_bytes = 0;
};

/// Carries messages between this node and its peers over mutual TLS 1.3.
///
/// Every node dials every peer and sends over the links that it dialled; it receives over those
/// that it accepted. So each direction lives and dies alone, and no two nodes ever argue about
/// which of two links stays. A peer is recognised by its pinned key; both sides greet with protocol
/// version, ledger origin and number, and a link whose greeting does not fit is closed with words
/// that say why. A link that breaks is dialled again, after a back-off with jitter, and at once
/// when the peer dials us. Nothing is sent twice: what a broken link had under way is lost, and
/// whoever sent it hears OnLink.
/// Threads: every method is safe from all; Stop and the destructor not from an io thread.
class PeerTransport {
 public:
  struct Peer {
    consensus::NodeId id;
    std::string host;
    std::uint16_t port = 0;        // 0: not dialled until SetAddress.
    std::set<crypto::KeyId> keys;  // Old and new overlap; no key of two peers.
  };

  struct Options {
    consensus::NodeId self;
    std::uint32_t incarnation = 1;  // This node's.
    std::string origin;             // Of the ledger.
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  // Of the listener; 0: any free one.
    std::vector<Peer> peers;

    /// Of one peer's waiting messages; Send refuses what would exceed either.
    std::size_t queue_messages = 4'096;
    std::size_t queue_bytes = std::size_t{32} << 20U;

    /// Of one peer's messages whose receipts are kept; nothing is read from it beyond either. More
    /// than an honest peer has under way, and so few that others' messages are soon in turn.
    std::size_t receive_messages = 256;
    std::size_t receive_bytes = std::size_t{32} << 20U;
    /// The same of frames of forwarded acts; further ones come without a receipt.
    std::size_t receive_forwards = 16'384;
    std::size_t receive_forwarded_bytes = std::size_t{16} << 20U;
    /// Of all frames of a link.
    Pace::Limits pace{.times_per_second = 10'000,
                      .bytes_per_second = std::uint64_t{32} << 20U,
                      .burst = std::chrono::milliseconds(100)};
    /// Of calls from one host.
    Pace::Limits calls{
        .times_per_second = 20, .bytes_per_second = 1, .burst = std::chrono::milliseconds(3'200)};

    /// Of callers' handshakes that are computed at a time, how long after each other they begin,
    /// and for how long one counts: see HandshakeTurns.
    std::size_t handshakes_at_once = 4;
    std::chrono::milliseconds handshakes_apart{5};
    std::chrono::milliseconds handshake_turn{20};

    std::chrono::milliseconds connect_timeout{3'000};    // Resolve, connect.
    std::chrono::milliseconds handshake_timeout{3'000};  // TLS and greeting, either side.
    std::chrono::milliseconds alive_interval{500};       // Says "alive" when it has nothing to say.
    std::chrono::milliseconds idle_timeout{3'000};       // Closes a link that says nothing.
    std::chrono::milliseconds linger_timeout{500};       // For a peer to read why we close.
    std::chrono::milliseconds backoff_min{50};           // Doubles up to
    std::chrono::milliseconds backoff_max{5'000};        // this; half of it is random.
    // Accepted, not recognised or leaving: see Strangers for who makes room.
    std::size_t max_strangers = 64;
    std::size_t max_strangers_of_host = 16;

    std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();  // Of all three.
  };

  /// Listens and dials at once. `events` outlives the transport. kInvalidArgument for options that
  /// contradict themselves, kIo when the port is taken.
  static Result<std::unique_ptr<PeerTransport>> Start(IoThreads& threads, const Options& options,
                                                      const crypto::SecretKey& key,
                                                      PeerEvents& events);
  ~PeerTransport();
  PeerTransport(const PeerTransport&) = delete;
  PeerTransport& operator=(const PeerTransport&) = delete;

  /// The listener's.
  std::uint16_t port() const;

  /// Dials a peer somewhere else from the next attempt on. `peer` is one of the options'.
  void SetAddress(consensus::NodeId peer, const std::string& host, std::uint16_t port);

  /// Puts a message into the peer's queue; `to` is one of the options'. False, and the message is
  /// dropped, while the link is down or the queue is full: the newest goes, so that what is queued
  /// stays a run without gaps. A sender that counts on order then treats the link as broken.
  bool Send(consensus::NodeId to, consensus::Message message);
  /// In several frames when long; all or nothing is queued.
  bool SendForward(consensus::NodeId to, Forward forward);
  bool SendForwardRefused(consensus::NodeId to, ForwardRefused refused);
  bool SendExtension(consensus::NodeId to, Extension extension);

  std::map<consensus::NodeId, PeerCounters> counters() const;

  /// Closes every link; after it returns no event comes any more. Repeatable.
  void Stop();

 private:
  class Shared;
  explicit PeerTransport(std::unique_ptr<Shared> shared);
  std::unique_ptr<Shared> shared_;
};

}  // namespace aval::net
