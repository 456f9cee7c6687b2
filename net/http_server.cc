#include "net/http_server.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "crypto/tls.h"
#include "net/accept_loop.h"
#include "net/http_connection.h"
#include "net/lifetime.h"
#include "net/socket.h"

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
        accept_loop_(std::make_shared<AcceptLoop>(token_, context, std::move(acceptor))) {}

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

  bool Recognised(const std::shared_ptr<HttpConnection>& connection) override {
    const std::scoped_lock lock(mutex_);
    const auto stranger = std::ranges::find(strangers_, connection);
    if (stranger == strangers_.end()) return false;  // It is being displaced.
    if (clients_.size() >= serving_->options.max_connections) {
      ++serving_->refused_full;
      return false;
    }
    strangers_.erase(stranger);
    clients_.insert(connection);
    return true;
  }

  void Ended(const std::shared_ptr<HttpConnection>& connection) override {
    const std::scoped_lock lock(mutex_);
    std::erase(strangers_, connection);
    clients_.erase(connection);
    Count();
    ended_.notify_all();
  }

 private:
  void Admit(tcp::socket socket) {
    ++serving_->accepted;
    const auto connection = std::make_shared<HttpConnection>(token_, serving_, std::move(socket));
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    // Were the newest refused, callers that say nothing would lock out every client.
    if (!strangers_.empty() && strangers_.size() >= serving_->options.max_strangers) {
      strangers_.front()->Displace();
      strangers_.pop_front();
    }
    strangers_.push_back(connection);
    Count();
    connection->Start(shared_from_this());
  }

  // The two below with the lock held; what `act` calls comes later, on the connection's strand.
  template <class Act>
  void ForEach(Act act) {
    for (const auto& connection : strangers_) act(*connection);
    for (const auto& connection : clients_) act(*connection);
  }
  void Count() { serving_->connections = strangers_.size() + clients_.size(); }

  const Lifetime::Token token_;
  const std::shared_ptr<HttpServing> serving_;
  const std::shared_ptr<AcceptLoop> accept_loop_;

  std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false;
  // The oldest first: until the handshake is over, or the socket of a refused one is closed.
  std::deque<std::shared_ptr<HttpConnection>> strangers_;
  std::set<std::shared_ptr<HttpConnection>> clients_;
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
  return {.connections = serving.connections,
          .accepted = serving.accepted,
          .refused_full = serving.refused_full,
          .failed_accepts = serving.failed_accepts,
          .failed_handshakes = serving.failed_handshakes,
          .requests = serving.requests,
          .bad_requests = serving.bad_requests,
          .refused_bodies = serving.refused_bodies,
          .unfinished_bytes = serving.bodies.taken(),
          .unanswered_requests = serving.unanswered_requests};
}

void HttpServer::Stop(std::chrono::milliseconds grace) { shared_->Stop(grace); }

}  // namespace aval::net
