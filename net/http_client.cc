#include "net/http_client.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/vector_body.hpp>
#include <boost/beast/http/write.hpp>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/text.h"
#include "crypto/tls.h"
#include "net/deadline.h"
#include "net/dial.h"
#include "net/http_framing.h"
#include "net/http_target.h"
#include "net/lifetime.h"
#include "net/socket.h"

namespace aval::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxHeaderBytes = 65'536;
// For a request to leave that was answered before.
constexpr std::chrono::milliseconds kRestOfRequest{100};

class Carrier;

/// One call from Call to `done`.
struct PendingCall {
  PendingCall(Lifetime::Token alive, asio::io_context& context, HttpCall what, HttpPool::Done then)
      : token(std::move(alive)), call(std::move(what)), done(std::move(then)), timer(context) {}

  /// The first result counts. Not for the timer itself, which ends on its own.
  void Finish(Result<HttpReply> result) {
    timer.cancel();
    Expire(std::move(result));
  }
  void Expire(Result<HttpReply> result) {
    if (!finished.exchange(true)) std::exchange(done, {})(std::move(result));
  }

  const Lifetime::Token token;
  const HttpCall call;
  HttpPool::Done done;
  asio::steady_timer timer;
  std::atomic<bool> finished{false};
  bool sent_again = false;         // By its carrier only.
  std::weak_ptr<Carrier> carrier;  // Under the queue's lock.
};

/// The calls of a pool that wait, and the carriers that wait for calls.
/// Threads: safe from all.
class CallQueue {
 public:
  /// A carrier to wake, if one is idle; kOverloaded or kCancelled when the call is not taken.
  Result<std::shared_ptr<Carrier>> Push(const std::shared_ptr<PendingCall>& call,
                                        std::size_t bound) {
    const std::scoped_lock lock(mutex_);
    if (stopped_) return Error{.code = Code::kCancelled, .message = "the client has stopped"};
    if (waiting_.size() >= bound) {
      return Error{.code = Code::kOverloaded,
                   .message = std::to_string(bound) + " calls wait already"};
    }
    waiting_.push_back(call);
    if (idle_.empty()) return std::shared_ptr<Carrier>();
    std::shared_ptr<Carrier> carrier = idle_.back().lock();
    idle_.pop_back();
    return carrier;
  }

  /// The oldest call that has not timed out; when there is none, the carrier counts as idle.
  std::shared_ptr<PendingCall> Pop(const std::shared_ptr<Carrier>& carrier) {
    const std::scoped_lock lock(mutex_);
    while (!waiting_.empty()) {
      std::shared_ptr<PendingCall> call = std::move(waiting_.front());
      waiting_.pop_front();
      if (call->finished) continue;
      call->carrier = carrier;
      return call;
    }
    idle_.push_back(carrier);
    return nullptr;
  }

  std::shared_ptr<Carrier> CarrierOf(const PendingCall& call) {
    const std::scoped_lock lock(mutex_);
    return call.carrier.lock();
  }

  std::deque<std::shared_ptr<PendingCall>> Stop() {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    return std::exchange(waiting_, {});
  }

 private:
  std::mutex mutex_;
  bool stopped_ = false;
  std::deque<std::shared_ptr<PendingCall>> waiting_;
  std::vector<std::weak_ptr<Carrier>> idle_;
};

/// What the carriers of a pool share.
struct PoolSetup {
  HttpServerAddress server;
  HttpPool::Options options;
  crypto::TlsContext tls;
  std::string place;
};

/// One connection of a pool, opened when there is something to carry.
/// Threads: a strand of its own; the public methods are safe from all.
class Carrier final : public std::enable_shared_from_this<Carrier> {
 public:
  Carrier(Lifetime::Token token, std::shared_ptr<const PoolSetup> setup,
          std::shared_ptr<CallQueue> queue, asio::io_context& context)
      : token_(std::move(token)),
        setup_(std::move(setup)),
        queue_(std::move(queue)),
        strand_(asio::make_strand(context)),
        deadline_(strand_) {}

  /// Looks for a call.
  void Wake();
  /// The call has timed out: gives up its connection, if it still carries it.
  void Abandon(const std::shared_ptr<PendingCall>& call);
  void Stop();

 private:
  /// A connection with what is under way on it. Handlers of an older one find that it is not the
  /// carrier's any more, and do nothing.
  struct Link {
    explicit Link(std::unique_ptr<TlsStream> tls) : stream(std::move(tls)) {}
    std::unique_ptr<TlsStream> stream;
    beast::flat_buffer buffer{kMaxHeaderBytes + std::size_t{65'536}};
    http::request<http::span_body<const std::uint8_t>> request;
    std::optional<http::response_parser<http::vector_body<std::uint8_t>>> parser;
    bool used = false;     // A call has been answered on it.
    bool writing = false;  // Part of a request has not left yet.
  };

  void Next();
  void Connect();
  void Handshake(tcp::socket socket);
  void Send();
  void OnReplyHeader(const error_code& error);
  void OnReply(const error_code& error);
  HttpReply TakeReply();
  Error ReplyError(const error_code& error) const;
  /// Ends the call under way without an answer, and looks for the next.
  void Fail(const Error& error);
  void Drop();

  const Lifetime::Token token_;
  const std::shared_ptr<const PoolSetup> setup_;
  const std::shared_ptr<CallQueue> queue_;
  const asio::any_io_executor strand_;
  Deadline deadline_;  // Of connecting, or of the end of a request that is answered already.
  std::shared_ptr<Dial> dial_;  // Under way.
  std::shared_ptr<Link> link_;
  std::shared_ptr<PendingCall> call_;
  bool stopped_ = false;
};

void Carrier::Wake() {
  asio::post(strand_, [self = shared_from_this()] {
    if (!self->call_) self->Next();
  });
}

void Carrier::Abandon(const std::shared_ptr<PendingCall>& call) {
  asio::post(strand_, [self = shared_from_this(), call] {
    if (self->call_ != call) return;
    self->Drop();
    self->Next();
  });
}

void Carrier::Stop() {
  asio::post(strand_, [self = shared_from_this()] {
    self->stopped_ = true;
    if (self->call_) {
      self->Fail({.code = Code::kCancelled, .message = self->setup_->place + ": stopped"});
    } else {
      self->Drop();
    }
  });
}

void Carrier::Next() {
  call_ = stopped_ ? nullptr : queue_->Pop(shared_from_this());
  if (!call_) return;
  if (link_) {
    Send();
  } else {
    Connect();
  }
}

void Carrier::Connect() {
  deadline_.Set(setup_->options.connect_timeout, [self = shared_from_this()] {
    self->Fail(
        {.code = Code::kTimeout, .message = self->setup_->place + ": no connection in time"});
  });
  dial_ = Dial::Start(strand_, setup_->server.host, setup_->server.port,
                      [self = shared_from_this()](const error_code& error, tcp::socket socket) {
                        if (error) return self->Fail(NetError(self->setup_->place, error));
                        self->dial_.reset();
                        self->Handshake(std::move(socket));
                      });
}

void Carrier::Handshake(tcp::socket socket) {
  TuneSocket(socket);
  link_ = std::make_shared<Link>(MakeTlsStream(std::move(socket), setup_->tls));
  link_->stream->async_handshake(
      TlsStream::client, [self = shared_from_this(), link = link_](const error_code& error) {
        if (self->link_ != link) return;
        if (error) {
          return self->Fail(NetError(self->setup_->place, error));
        }
        self->deadline_.Clear();
        self->Send();
      });
}

void Carrier::Send() {
  Link& link = *link_;
  const HttpCall& call = call_->call;
  link.request = {};
  link.request.method_string(call.method);
  link.request.target(call.target);
  link.request.version(11);
  link.request.set(http::field::host, setup_->place);
  for (const auto& [name, value] : call.headers) link.request.set(name, value);
  if (!call.content_type.empty()) link.request.set(http::field::content_type, call.content_type);
  link.request.body() = {call.body.data(), call.body.size()};
  link.request.prepare_payload();
  link.parser.emplace();
  link.parser->header_limit(kMaxHeaderBytes);
  link.parser->body_limit(setup_->options.max_body_bytes);
  if (call.method == "HEAD") link.parser->skip(true);
  link.writing = true;
  // Both at once, so that an answer that comes before the whole request has left is read. What
  // goes wrong with the writing shows in the reading.
  http::async_write(
      *link.stream, link.request,
      [self = shared_from_this(), link = link_, call = call_](const error_code&, std::size_t) {
        link->writing = false;
        if (self->link_ != link || self->call_) return;
        self->deadline_.Clear();  // Of a request that was answered before.
        self->Next();
      });
  http::async_read_header(
      *link.stream, link.buffer, *link.parser,
      [self = shared_from_this(), link = link_](const error_code& error, std::size_t) {
        if (self->link_ == link) self->OnReplyHeader(error);
      });
}

void Carrier::OnReplyHeader(const error_code& error) {
  if (error) return OnReply(error);
  const auto& message = link_->parser->get();
  if (const auto fault = FramingFault(message, message.version())) {
    return Fail({.code = Code::kCorruption,
                 .message = setup_->place + ": the answer is not HTTP: " + *fault});
  }
  http::async_read(
      *link_->stream, link_->buffer, *link_->parser,
      [self = shared_from_this(), link = link_](const error_code& failed, std::size_t) {
        if (self->link_ == link) self->OnReply(failed);
      });
}

void Carrier::OnReply(const error_code& error) {
  if (error) {
    const bool again = link_->used && !link_->parser->got_some() && !call_->sent_again;
    if (!again) return Fail(ReplyError(error));
    call_->sent_again = true;
    Drop();
    return Connect();
  }
  HttpReply reply = TakeReply();
  const std::shared_ptr<PendingCall> call = std::exchange(call_, nullptr);
  link_->used = true;
  if (!link_->parser->keep_alive()) Drop();
  call->Finish(std::move(reply));
  if (!link_ || !link_->writing) return Next();
  // Mostly it has left, and only the news of it is late. But a server may stop reading.
  deadline_.Set(kRestOfRequest, [self = shared_from_this()] {
    self->Drop();
    self->Next();
  });
}

HttpReply Carrier::TakeReply() {
  auto message = link_->parser->release();
  HttpReply reply{.status = static_cast<int>(message.result_int()),
                  .content_type = std::string(message[http::field::content_type]),
                  .headers = {},
                  .body = std::move(message.body())};
  for (const auto& field : message) {
    reply.headers.emplace(LowercaseAscii(field.name_string()), field.value());
  }
  return reply;
}

Error Carrier::ReplyError(const error_code& error) const {
  const std::string& place = setup_->place;
  if (error == http::error::body_limit) {
    return {.code = Code::kCorruption,
            .message = place + ": the answer has more than " +
                       std::to_string(setup_->options.max_body_bytes) + " bytes"};
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return NetError(place, asio::error::eof);
  }
  if (error.category() == make_error_code(http::error::bad_version).category()) {
    return {.code = Code::kCorruption,
            .message = place + ": the answer is not HTTP: " + error.message()};
  }
  return NetError(place, error);
}

void Carrier::Fail(const Error& error) {
  const std::shared_ptr<PendingCall> call = std::exchange(call_, nullptr);
  Drop();
  call->Finish(error);
  Next();
}

void Carrier::Drop() {
  deadline_.Clear();
  if (dial_) std::exchange(dial_, nullptr)->Cancel();
  if (!link_) return;
  error_code ignored;  // Closed is closed.
  link_->stream->next_layer().close(ignored);
  link_.reset();
}

}  // namespace

class HttpPool::Shared {
 public:
  Shared(IoThreads& threads, std::shared_ptr<const PoolSetup> setup)
      : context_(threads.context()),
        setup_(std::move(setup)),
        queue_(std::make_shared<CallQueue>()) {
    for (std::size_t i = 0; i < setup_->options.connections; ++i) {
      carriers_.push_back(std::make_shared<Carrier>(lifetime_.token(), setup_, queue_, context_));
      carriers_.back()->Wake();
    }
  }

  void Call(HttpCall what, std::chrono::milliseconds timeout, Done done) {
    Lifetime::Token token;
    {
      const std::scoped_lock lock(mutex_);
      if (!stopped_) token = lifetime_.token();
    }
    const auto call =
        std::make_shared<PendingCall>(token, context_, std::move(what), std::move(done));
    if (!token) return call->Finish(Stopped());
    Start(call, timeout);
    const auto idle = queue_->Push(call, setup_->options.max_waiting);
    if (!idle) {
      call->Finish(idle.error());
    } else if (*idle) {
      (*idle)->Wake();
    }
  }

  void Stop() {
    const std::scoped_lock stopping(stop_mutex_);
    {
      const std::scoped_lock lock(mutex_);
      stopped_ = true;
    }
    for (const auto& call : queue_->Stop()) call->Finish(Stopped());
    for (const auto& carrier : carriers_) carrier->Stop();
    carriers_.clear();
    lifetime_.Wait();
  }

 private:
  Error Stopped() const {
    return {.code = Code::kCancelled, .message = setup_->place + ": stopped"};
  }

  void Start(const std::shared_ptr<PendingCall>& call, std::chrono::milliseconds timeout) {
    call->timer.expires_after(timeout);
    call->timer.async_wait(
        [call, timeout, queue = queue_, setup = setup_](const error_code& error) {
          if (error) return;
          call->Expire(Error{.code = Code::kTimeout,
                             .message = setup->place + ": no answer within " +
                                        std::to_string(timeout.count()) + " ms"});
          if (const auto carrier = queue->CarrierOf(*call)) carrier->Abandon(call);
        });
  }

  Lifetime lifetime_;
  asio::io_context& context_;
  const std::shared_ptr<const PoolSetup> setup_;
  const std::shared_ptr<CallQueue> queue_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::mutex stop_mutex_;
  std::vector<std::shared_ptr<Carrier>> carriers_;  // Under stop_mutex_.
};

Result<std::unique_ptr<HttpPool>> HttpPool::Make(IoThreads& threads,
                                                 const HttpServerAddress& server,
                                                 const crypto::SecretKey& key,
                                                 const Options& options) {
  AVAL_ASSERT(options.connections >= 1);
  AVAL_TRY(crypto::TlsContext tls,
           crypto::TlsContext::Make(crypto::TlsContext::Side::kClient, key, server.keys));
  auto setup = std::make_shared<const PoolSetup>(server, options, std::move(tls),
                                                 PlaceText(server.host, server.port));
  return std::unique_ptr<HttpPool>(
      new HttpPool(std::make_unique<Shared>(threads, std::move(setup))));
}

HttpPool::HttpPool(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}

HttpPool::~HttpPool() { Stop(); }

void HttpPool::Call(HttpCall call, std::chrono::milliseconds timeout, Done done) {
  shared_->Call(std::move(call), timeout, std::move(done));
}

void HttpPool::Stop() { shared_->Stop(); }

Result<HttpClient> HttpClient::Make(const HttpServerAddress& server, const crypto::SecretKey& key) {
  auto threads = std::make_unique<IoThreads>(1);
  AVAL_TRY(std::unique_ptr<HttpPool> pool, HttpPool::Make(*threads, server, key, {}));
  return HttpClient(std::move(threads), std::move(pool));
}

HttpClient::HttpClient(std::unique_ptr<IoThreads> threads, std::unique_ptr<HttpPool> pool)
    : threads_(std::move(threads)), pool_(std::move(pool)) {}

HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpReply> HttpClient::Do(HttpCall call, std::chrono::milliseconds timeout) {
  auto reply = std::make_shared<std::promise<Result<HttpReply>>>();
  std::future<Result<HttpReply>> arrival = reply->get_future();
  pool_->Call(std::move(call), timeout,
              [reply](Result<HttpReply> result) { reply->set_value(std::move(result)); });
  return arrival.get();
}

}  // namespace aval::net
