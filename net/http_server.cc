#include "net/http_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "crypto/tls.h"
#include "net/http_connection.h"
#include "net/lifetime.h"
#include "net/socket.h"

namespace aval::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Before accepting again after a failure.
constexpr std::chrono::milliseconds kPause{100};

/// Accepts connections and keeps the open ones.
/// Threads: accepting on the acceptor's strand; public methods are safe from all.
class HttpListener final : public std::enable_shared_from_this<HttpListener> {
 public:
  HttpListener(Lifetime::Token token, std::shared_ptr<HttpServing> serving,
               asio::io_context& context, tcp::acceptor acceptor)
      : token_(std::move(token)),
        serving_(std::move(serving)),
        context_(context),
        acceptor_(std::move(acceptor)),
        pause_(acceptor_.get_executor()) {}

  void Start() {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->Accept(); });
  }

  void Stop(std::chrono::milliseconds grace) {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
      error_code ignored;  // Closed is closed.
      self->acceptor_.close(ignored);
      self->pause_.cancel();
    });
    std::unique_lock lock(mutex_);
    stopping_ = true;
    for (const auto& connection : open_) connection->Finish();
    ended_.wait_for(lock, grace, [this] { return open_.empty(); });
    for (const auto& connection : open_) connection->Abort();
  }

 private:
  void Accept() {
    acceptor_.async_accept(
        asio::any_io_executor(asio::make_strand(context_)),
        [self = shared_from_this()](const error_code& error, tcp::socket socket) {
          self->OnAccepted(error, std::move(socket));
        });
  }

  void OnAccepted(const error_code& error, tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (error) {
      ++serving_->failed_accepts;
      pause_.expires_after(kPause);
      pause_.async_wait([self = shared_from_this()](const error_code& cancelled) {
        if (!cancelled) self->Accept();
      });
      return;
    }
    Admit(std::move(socket));
    Accept();
  }

  void Admit(tcp::socket socket) {
    ++serving_->accepted;
    const auto connection = std::make_shared<HttpConnection>(token_, serving_, std::move(socket));
    const std::scoped_lock lock(mutex_);
    if (stopping_ || open_.size() >= serving_->options.max_connections) {
      ++serving_->refused_full;
      return;
    }
    open_.insert(connection);
    serving_->connections = open_.size();
    connection->Start([self = shared_from_this(), weak = std::weak_ptr(connection)] {
      self->Ended(weak.lock());
    });
  }

  void Ended(const std::shared_ptr<HttpConnection>& connection) {
    const std::scoped_lock lock(mutex_);
    open_.erase(connection);
    serving_->connections = open_.size();
    ended_.notify_all();
  }

  const Lifetime::Token token_;
  const std::shared_ptr<HttpServing> serving_;
  asio::io_context& context_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;

  std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false;
  std::set<std::shared_ptr<HttpConnection>> open_;
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
          .unanswered_requests = serving.unanswered_requests};
}

void HttpServer::Stop(std::chrono::milliseconds grace) { shared_->Stop(grace); }

}  // namespace aval::net
