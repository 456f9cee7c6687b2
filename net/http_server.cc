#include "net/http_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "crypto/tls.h"
#include "net/accept_loop.h"
#include "net/call_rate.h"
#include "net/http_connection.h"
#include "net/lifetime.h"
#include "net/socket.h"
#include "net/strangers.h"

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Keeps the open connections: those of clients, and apart from them those of strangers, so that
/// nobody without a key takes a client's place.
/// Threads: safe from all.
class HttpListener final : public HttpConnection::Owner,
                           public std::enable_shared_from_this<HttpListener> {
 public:
  HttpListener(Lifetime::Token token, std::shared_ptr<HttpServing> serving,
               asio::io_context& context, tcp::acceptor acceptor)
      : token_(std::move(token)),
        serving_(std::move(serving)),
        accept_loop_(std::make_shared<AcceptLoop>(token_, context, std::move(acceptor))),
        calls_(serving_->options.calls),
        strangers_(serving_->options.max_strangers, serving_->options.max_strangers_of_host) {}

  void Start() {
    accept_loop_->Start(
        {.accepted =
             [self = shared_from_this()](tcp::socket socket) { self->Admit(std::move(socket)); },
         .failed = [serving = serving_](const error_code&) { ++serving->failed_accepts; }});
  }

  void Stop(std::chrono::milliseconds grace) {
    accept_loop_->Stop();
    std::unique_lock lock(mutex_);
    stopping_ = true;
    ForEach([](HttpConnection& connection) { connection.Finish(); });
    ended_.wait_for(lock, grace, [this] { return strangers_.empty() && clients_.empty(); });
    ForEach([](HttpConnection& connection) { connection.Abort(); });
  }

  bool Recognised(const std::shared_ptr<HttpConnection>& connection,
                  const crypto::KeyId& client) override {
    std::shared_ptr<void> place = serving_->clients.Take(client, {.things = 1, .bytes = 0});
    const std::scoped_lock lock(mutex_);
    if (place == nullptr) {
      MakeRoomOf(client);
      return false;  // A stranger until it has left.
    }
    if (!strangers_.Remove(connection)) return false;  // It is being displaced.
    clients_.emplace(connection, std::move(place));
    return true;
  }

  void Ended(const std::shared_ptr<HttpConnection>& connection) override {
    const std::scoped_lock lock(mutex_);
    strangers_.Remove(connection);
    clients_.erase(connection);
    Count();
    ended_.notify_all();
  }

 private:
  void Admit(tcp::socket socket) {
    ++serving_->accepted;
    error_code gone;
    const tcp::endpoint from = socket.remote_endpoint(gone);
    if (gone) return;  // It has hung up already.
    if (!calls_.Admit(HostOf(from.address()), serving_->options.clock->Now())) {
      ++serving_->hasty_calls;
      return;
    }
    const auto connection = std::make_shared<HttpConnection>(token_, serving_, std::move(socket));
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    if (const auto displaced = strangers_.Add(from.address(), connection)) displaced->Displace();
    Count();
    connection->Start(shared_from_this());
  }

  // For its next calls: a client that has crashed may have left reads behind that wait for long.
  void MakeRoomOf(const crypto::KeyId& client) {
    for (const auto& [connection, place] : clients_) {
      if (connection->client() == client) connection->LeaveIfGone();
    }
  }

  // The two below with the lock held; what `act` calls comes later, on the connection's strand.
  template <class Act>
  void ForEach(Act act) {
    strangers_.ForEach([&](const auto& connection) { act(*connection); });
    for (const auto& [connection, place] : clients_) act(*connection);
  }
  void Count() { serving_->connections = strangers_.size() + clients_.size(); }

  const Lifetime::Token token_;
  const std::shared_ptr<HttpServing> serving_;
  const std::shared_ptr<AcceptLoop> accept_loop_;

  CallRate calls_;  // On the acceptor's strand.

  std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false;
  // Until the handshake is over, or the socket of a refused one is closed.
  Strangers<HttpConnection> strangers_;
  std::map<std::shared_ptr<HttpConnection>, std::shared_ptr<void>> clients_;  // And their places.
};

}  // namespace

class HttpServer::Shared {
 public:
  Shared(const Options& options, HttpHandler handler, crypto::TlsContext tls,
         asio::io_context& context, tcp::acceptor acceptor)
      : serving_(std::make_shared<HttpServing>(options, std::move(handler), std::move(tls))),
        port_(acceptor.local_endpoint().port()),
        listener_(std::make_shared<HttpListener>(lifetime_.token(), serving_, context,
                                                 std::move(acceptor))) {
    listener_->Start();
  }

  std::uint16_t port() const { return port_; }
  const HttpServing& serving() const { return *serving_; }

  void Stop(std::chrono::milliseconds grace) {
    const std::scoped_lock lock(mutex_);
    if (!listener_) return;
    listener_->Stop(grace);
    listener_.reset();
    lifetime_.Wait();
  }

 private:
  Lifetime lifetime_;
  const std::shared_ptr<HttpServing> serving_;
  const std::uint16_t port_;
  std::mutex mutex_;
  std::shared_ptr<HttpListener> listener_;
};

Result<std::unique_ptr<HttpServer>> HttpServer::Start(IoThreads& threads, const Options& options,
                                                      const crypto::SecretKey& key,
                                                      std::set<crypto::KeyId> clients,
                                                      HttpHandler handler) {
  AVAL_TRY(crypto::TlsContext tls,
           crypto::TlsContext::Make(crypto::TlsContext::Side::kServer, key, std::move(clients)));
  AVAL_TRY(tcp::acceptor acceptor, Listen(threads.context(), options.host, options.port));
  return std::unique_ptr<HttpServer>(new HttpServer(std::make_unique<Shared>(
      options, std::move(handler), std::move(tls), threads.context(), std::move(acceptor))));
}

HttpServer::HttpServer(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}

HttpServer::~HttpServer() { Stop(std::chrono::milliseconds(0)); }

std::uint16_t HttpServer::port() const { return shared_->port(); }

HttpServer::Counters HttpServer::counters() const {
  const HttpServing& serving = shared_->serving();
  const auto clients = serving.clients.counters();
  const auto bodies = serving.bodies.counters();
  return {.connections = serving.connections,
          .accepted = serving.accepted,
          .refused_connections = clients.refused,
          .greedy_connections = clients.greedy,
          .failed_accepts = serving.failed_accepts,
          .hasty_calls = serving.hasty_calls,
          .failed_handshakes = serving.failed_handshakes,
          .waiting_handshakes = serving.turns.waiting(),
          .requests = serving.requests,
          .bad_requests = serving.bad_requests,
          .refused_bodies = bodies.refused,
          .greedy_bodies = bodies.greedy,
          .unfinished_bytes = bodies.taken.bytes,
          .unanswered_requests = serving.unanswered_requests};
}

void HttpServer::Stop(std::chrono::milliseconds grace) { shared_->Stop(grace); }

}  // namespace aval::net
