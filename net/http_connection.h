#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/budget.h"
#include "crypto/ed25519.h"
#include "crypto/tls.h"
#include "net/deadline.h"
#include "net/handshake_turns.h"
#include "net/http.h"
#include "net/http_server.h"
#include "net/lifetime.h"
#include "net/server_handshake.h"
#include "net/socket.h"

namespace aval::net {

/// What the connections of one server share.
struct HttpServing {
  HttpServing(const HttpServer::Options& how, HttpHandler handles, crypto::TlsContext context)
      : options(how),
        handler(std::move(handles)),
        tls(std::move(context)),
        turns(how.handshakes_at_once, how.handshakes_apart, how.clock),
        clients({.things = how.max_connections, .bytes = Load::kUnbounded},
                {.things = how.max_connections_of_client, .bytes = Load::kUnbounded}),
        bodies({.things = Load::kUnbounded, .bytes = how.max_unfinished_bytes},
               {.things = Load::kUnbounded, .bytes = how.max_unfinished_bytes_of_client}) {}

  const HttpServer::Options options;
  const HttpHandler handler;
  const crypto::TlsContext tls;
  HandshakeTurns turns;
  Budget<crypto::KeyId> clients;  // Their connections.
  Budget<crypto::KeyId> bodies;   // What unfinished ones may come to: memory is set aside for that.
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> failed_accepts{0};
  std::atomic<std::uint64_t> hasty_calls{0};
  std::atomic<std::uint64_t> failed_handshakes{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> bad_requests{0};
  std::atomic<std::uint64_t> unanswered_requests{0};
};

/// One client's connection: handshake, then request after request until one side has enough.
/// Its owner keeps it alive until Ended; a responder does not.
/// Threads: the socket's strand; public methods are safe from all.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection> {
 public:
  /// Called on the strand: Recognised at most once, Ended once and last.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// The client has a known key. False: there is no place for it.
    virtual bool Recognised(const std::shared_ptr<HttpConnection>& connection,
                            const crypto::KeyId& client) = 0;
    /// The socket is closed.
    virtual void Ended(const std::shared_ptr<HttpConnection>& connection) = 0;
  };

  HttpConnection(Lifetime::Token token, std::shared_ptr<HttpServing> serving,
                 boost::asio::ip::tcp::socket socket);
  ~HttpConnection();

  void Start(std::shared_ptr<Owner> owner);
  /// Answers the request under way.
  void Respond(HttpResponse response);
  /// As Respond, because the handler let go of the request.
  void RespondUnanswered();
  /// Closes after the request under way; at once when there is none.
  void Finish();
  void Abort();
  /// As Abort, because newer callers need the room of one that has not finished its handshake.
  void Displace();
  /// Closes if its client has closed its side: nobody looks while the handler works.
  void LeaveIfGone();
  /// The key that its client has proved to hold; from Recognised on.
  const crypto::KeyId& client() const { return client_; }

 private:
  enum class Phase : std::uint8_t {
    kHandshake,
    kIdle,      // Between requests.
    kReading,   // A request has begun.
    kHandling,  // Until the handler has answered.
    kWriting,
    kLeaving,  // Nothing more is read; the client may still take what was written.
    kClosed,
  };
  struct Exchange;

  void OnHandshake(const boost::system::error_code& error);
  void AwaitRequest();
  void OnFirstBytes(const boost::system::error_code& error, std::size_t count);
  /// Goes on with `next` when a step of reading a request has succeeded in time.
  auto WhileReading(void (HttpConnection::*next)());
  void ReadHeader();
  void OnHeader();
  /// Counts the body that the header announces; false when there is no room for it.
  bool TakeBodyBytes();
  void ReadBody();
  void OnRequest();
  void OnBroken(const boost::system::error_code& error);
  /// Answers a request that is none or has no room, lets go of what came of it, and closes.
  void Refuse(int status, std::string_view code, std::string_view message);
  void Write(HttpResponse response);
  void OnWritten(const boost::system::error_code& error);
  /// Says so by TLS, then by TCP, then waits until the client has closed, too.
  void Leave();
  void Close();

  const Lifetime::Token token_;
  const std::shared_ptr<HttpServing> serving_;
  const std::unique_ptr<TlsStream> stream_;
  ServerHandshake handshake_;
  std::shared_ptr<Owner> owner_;
  Phase phase_ = Phase::kHandshake;
  crypto::KeyId client_;
  bool finishing_ = false;  // The next answer is the last.
  bool too_slow_ = false;   // The deadline cut off what was being read.
  bool head_ = false;       // The request was a HEAD.
  bool keep_alive_ = false;
  Deadline deadline_;
  std::unique_ptr<Exchange> exchange_;
};

/// Sees that a request is answered exactly once.
class HttpResponder::Slot {
 public:
  explicit Slot(std::weak_ptr<HttpConnection> connection) : connection_(std::move(connection)) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot();
  void Answer(HttpResponse response);

 private:
  const std::weak_ptr<HttpConnection> connection_;
  std::atomic<bool> answered_{false};
};

}  // namespace aval::net
