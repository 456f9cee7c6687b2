#include "net/http_connection.h"

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/vector_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "net/http_framing.h"
#include "net/http_target.h"

namespace aval::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t kFirstRead = 4'096;
// Room beside the header for what the client has already sent of the body.
constexpr std::size_t kBodyReadAhead = 65'536;

}  // namespace

/// What Beast needs for the request and the answer under way.
struct HttpConnection::Exchange {
  explicit Exchange(std::size_t max_buffer) : buffer(max_buffer) {}
  std::shared_ptr<void> body_bytes;  // Taken from the budget for the parser's body.
  beast::flat_buffer buffer;         // May begin with bytes of the next request.
  std::optional<http::request_parser<http::vector_body<std::uint8_t>>> parser;
  http::response<http::empty_body> go_on;
  HttpResponse answer;
  http::response<http::span_body<const std::uint8_t>> response;  // Its body is the answer's.
  std::optional<http::response_serializer<http::span_body<const std::uint8_t>>> serializer;
};

HttpConnection::HttpConnection(Lifetime::Token token, std::shared_ptr<HttpServing> serving,
                               asio::ip::tcp::socket socket)
    : token_(std::move(token)),
      serving_(std::move(serving)),
      stream_(MakeTlsStream(std::move(socket), serving_->tls)),
      handshake_(*stream_, serving_->turns),
      deadline_(stream_->get_executor()),
      exchange_(std::make_unique<Exchange>(serving_->options.max_header_bytes + kBodyReadAhead)) {}

HttpConnection::~HttpConnection() = default;

void HttpConnection::Start(std::shared_ptr<Owner> owner) {
  asio::post(stream_->get_executor(), [self = shared_from_this(), owner = std::move(owner)] {
    self->owner_ = owner;
    TuneSocket(self->stream_->next_layer());
    self->deadline_.Set(self->serving_->options.handshake_timeout, [self] {
      ++self->serving_->failed_handshakes;
      self->Close();
    });
    self->handshake_.Start(self->serving_->options.handshake_turn,
                           [self](const error_code& error) { self->OnHandshake(error); });
  });
}

void HttpConnection::OnHandshake(const error_code& error) {
  if (phase_ == Phase::kClosed) return;
  if (error) {
    ++serving_->failed_handshakes;
    phase_ = Phase::kLeaving;
    deadline_.Set(serving_->options.linger_timeout, [self = shared_from_this()] { self->Close(); });
    return Linger(stream_->next_layer(), [self = shared_from_this()] { self->Close(); });
  }
  const std::optional<crypto::KeyId> key = PeerKey(*stream_);
  AVAL_ASSERT(key.has_value());  // The handshake asks for one.
  client_ = *key;
  if (!owner_->Recognised(shared_from_this(), client_)) return Leave();
  AwaitRequest();
}

void HttpConnection::AwaitRequest() {
  if (finishing_) return Leave();
  if (exchange_->buffer.size() > 0) return ReadHeader();
  phase_ = Phase::kIdle;
  deadline_.Set(serving_->options.idle_timeout, [self = shared_from_this()] { self->Finish(); });
  stream_->async_read_some(exchange_->buffer.prepare(kFirstRead),
                           [self = shared_from_this()](const error_code& error, std::size_t count) {
                             self->OnFirstBytes(error, count);
                           });
}

void HttpConnection::OnFirstBytes(const error_code& error, std::size_t count) {
  if (phase_ == Phase::kClosed) return;
  if (error) return finishing_ ? Leave() : Close();
  exchange_->buffer.commit(count);
  ReadHeader();
}

auto HttpConnection::WhileReading(void (HttpConnection::*next)()) {
  return [self = shared_from_this(), next](const error_code& error, std::size_t) {
    if (self->phase_ == Phase::kClosed) return;
    // The deadline may find nothing to cancel, because this step's success is already queued.
    if (error || self->too_slow_) return self->OnBroken(error);
    (self.get()->*next)();
  };
}

void HttpConnection::ReadHeader() {
  phase_ = Phase::kReading;
  too_slow_ = false;
  deadline_.Set(serving_->options.read_timeout, [self = shared_from_this()] {
    self->too_slow_ = true;
    self->stream_->next_layer().cancel();
  });
  auto& parser = exchange_->parser.emplace();
  parser.header_limit(serving_->options.max_header_bytes);
  parser.body_limit(serving_->options.max_body_bytes);
  http::async_read_header(*stream_, exchange_->buffer, parser,
                          WhileReading(&HttpConnection::OnHeader));
}

void HttpConnection::OnHeader() {
  const auto& message = exchange_->parser->get();
  if (const auto fault = FramingFault(message, message.version())) {
    return Refuse(400, "malformed_request", *fault);
  }
  if (!TakeBodyBytes()) {
    return Refuse(429, "overloaded", "too many bytes of unfinished requests; try again later");
  }
  const auto expect = message.find(http::field::expect);
  if (expect == message.end()) return ReadBody();
  if (!beast::iequals(expect->value(), "100-continue")) {
    return Refuse(417, "expectation_failed", "only 100-continue can be expected");
  }
  exchange_->go_on = {http::status::continue_, 11};
  http::async_write(*stream_, exchange_->go_on, WhileReading(&HttpConnection::ReadBody));
}

bool HttpConnection::TakeBodyBytes() {
  const auto& parser = *exchange_->parser;
  if (parser.is_done()) return true;
  // Not known of a chunked one, and bounded by the parser.
  const std::uint64_t bytes = parser.content_length().value_or(serving_->options.max_body_bytes);
  exchange_->body_bytes = serving_->bodies.Take(client_, {.things = 0, .bytes = bytes});
  return exchange_->body_bytes != nullptr;
}

void HttpConnection::ReadBody() {
  http::async_read(*stream_, exchange_->buffer, *exchange_->parser,
                   WhileReading(&HttpConnection::OnRequest));
}

void HttpConnection::OnRequest() {
  deadline_.Clear();
  auto message = exchange_->parser->release();
  Result<HttpTarget> target = ParseHttpTarget(message.target());
  if (!target) return Refuse(400, "malformed_request", target.error().message);
  head_ = message.method() == http::verb::head;
  keep_alive_ = message.keep_alive();
  HttpRequest request{.method = head_ ? "GET" : std::string(message.method_string()),
                      .path = std::move(target->path),
                      .query = std::move(target->query),
                      .headers = {},
                      .body = std::move(message.body()),
                      .client = client_};
  for (const auto& field : message) {
    const auto [at, added] =
        request.headers.emplace(LowercaseAscii(field.name_string()), field.value());
    if (!added) at->second.append(", ").append(field.value());
  }
  exchange_->body_bytes.reset();  // What the handler keeps, it counts.
  phase_ = Phase::kHandling;
  ++serving_->requests;
  serving_->handler(std::move(request),
                    HttpResponder(std::make_shared<HttpResponder::Slot>(weak_from_this())));
}

void HttpConnection::OnBroken(const error_code& error) {
  const HttpServer::Options& options = serving_->options;
  if (too_slow_) {
    return Refuse(408, "request_timeout",
                  "the request was not complete within " +
                      std::to_string(options.read_timeout.count()) + " ms");
  }
  if (error == http::error::body_limit) {
    return Refuse(413, "body_too_long",
                  "a body has at most " + std::to_string(options.max_body_bytes) + " bytes");
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return Refuse(431, "header_too_long",
                  "a header has at most " + std::to_string(options.max_header_bytes) + " bytes");
  }
  const bool ended = error == http::error::end_of_stream || error == http::error::partial_message;
  if (!ended && error.category() == make_error_code(http::error::bad_version).category()) {
    return Refuse(400, "malformed_request", error.message());
  }
  Close();  // Nobody is there to be told.
}

void HttpConnection::Refuse(int status, std::string_view code, std::string_view message) {
  ++serving_->bad_requests;
  finishing_ = true;
  head_ = false;
  HttpResponse answer = JsonError(status, code, message);
  if (status == 429) answer.headers.emplace("Retry-After", "1");
  exchange_->parser.reset();
  exchange_->body_bytes.reset();
  Write(std::move(answer));
}

void HttpConnection::Respond(HttpResponse response) {
  asio::post(stream_->get_executor(),
             [self = shared_from_this(), response = std::move(response)]() mutable {
               if (self->phase_ == Phase::kHandling) self->Write(std::move(response));
             });
}

void HttpConnection::RespondUnanswered() {
  ++serving_->unanswered_requests;
  Respond(JsonError(500, "internal", "the request was not answered"));
}

void HttpConnection::Write(HttpResponse answer) {
  phase_ = Phase::kWriting;
  exchange_->answer = std::move(answer);
  const HttpResponse& kept = exchange_->answer;
  auto& response = exchange_->response = {};
  response.result(static_cast<unsigned>(kept.status));
  response.version(11);
  response.keep_alive(keep_alive_ && !finishing_);
  for (const auto& [name, value] : kept.headers) response.set(name, value);
  const ByteView body = kept.BodyView();
  if (kept.status != 204 && kept.status != 304) {
    response.set(http::field::content_type, kept.content_type);
    response.content_length(body.size());
    response.body() = {body.data(), body.size()};
  }
  deadline_.Set(serving_->options.write_timeout, [self = shared_from_this()] { self->Close(); });
  auto written = [self = shared_from_this()](const error_code& error, std::size_t) {
    self->OnWritten(error);
  };
  auto& serializer = exchange_->serializer.emplace(response);
  if (head_) {
    http::async_write_header(*stream_, serializer, std::move(written));
  } else {
    http::async_write(*stream_, serializer, std::move(written));
  }
}

void HttpConnection::OnWritten(const error_code& error) {
  if (phase_ == Phase::kClosed) return;
  if (error) return Close();
  exchange_->serializer.reset();
  exchange_->answer = {};
  if (!keep_alive_) finishing_ = true;
  AwaitRequest();
}

void HttpConnection::Finish() {
  asio::post(stream_->get_executor(), [self = shared_from_this()] {
    self->finishing_ = true;
    if (self->phase_ == Phase::kHandshake) self->Close();
    if (self->phase_ == Phase::kIdle) self->stream_->next_layer().cancel();
  });
}

void HttpConnection::Abort() {
  asio::post(stream_->get_executor(), [self = shared_from_this()] { self->Close(); });
}

void HttpConnection::Displace() {
  asio::post(stream_->get_executor(), [self = shared_from_this()] {
    if (self->phase_ == Phase::kHandshake) ++self->serving_->failed_handshakes;
    self->Close();
  });
}

void HttpConnection::LeaveIfGone() {
  asio::post(stream_->get_executor(), [self = shared_from_this()] {
    if (self->phase_ == Phase::kHandling && HasClosed(self->stream_->next_layer())) self->Close();
  });
}

void HttpConnection::Leave() {
  phase_ = Phase::kLeaving;
  deadline_.Set(serving_->options.linger_timeout, [self = shared_from_this()] { self->Close(); });
  // Our close_notify does not wait for the client's: that may come behind much that nobody reads.
  SSL_set_shutdown(stream_->native_handle(), SSL_RECEIVED_SHUTDOWN);
  stream_->async_shutdown([self = shared_from_this()](const error_code&) {
    if (self->phase_ == Phase::kLeaving) {
      Linger(self->stream_->next_layer(), [self] { self->Close(); });
    }
  });
}

void HttpConnection::Close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  deadline_.Clear();
  handshake_.Stop();
  error_code ignored;  // Closed is closed.
  stream_->next_layer().close(ignored);
  std::exchange(owner_, nullptr)->Ended(shared_from_this());
}

HttpResponder::Slot::~Slot() {
  if (answered_.exchange(true)) return;
  if (const auto connection = connection_.lock()) connection->RespondUnanswered();
}

void HttpResponder::Slot::Answer(HttpResponse response) {
  if (answered_.exchange(true)) return;
  if (const auto connection = connection_.lock()) connection->Respond(std::move(response));
}

void HttpResponder::operator()(HttpResponse response) const { slot_->Answer(std::move(response)); }

}  // namespace aval::net
