#include "net/http_client.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/http_server.h"
#include "net/io_threads.h"
#include "net/socket.h"
#include "tests/net/support.h"

namespace aval::net {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{60'000};

class HttpClientTest : public testing::Test {
 protected:
  void Start(std::uint16_t port = 0) {
    HttpServer::Options options;
    options.port = port;
    server_ = *HttpServer::Start(threads_, options, TestKey(1), {TestKeyId(2)},
                                 [this](HttpRequest request, HttpResponder respond) {
                                   Serve(std::move(request), std::move(respond));
                                 });
  }
  void Serve(HttpRequest request, HttpResponder respond) {
    if (request.path == "/never") {
      const std::scoped_lock lock(mutex_);
      kept_.push_back(std::move(respond));
      return;
    }
    if (request.path == "/missing") return respond(JsonError(404, "not_found", "no such thing"));
    respond({.status = 200,
             .content_type = "text/plain",
             .body = request.method + " " + request.path + " " + std::string(AsText(request.body)),
             .headers = {{"X-Type", std::string(request.Header("content-type"))}}});
  }
  HttpServerAddress Address(std::uint8_t key = 1) const {
    return {.host = "127.0.0.1", .port = server_->port(), .keys = {TestKeyId(key)}};
  }
  HttpClient Client() { return *HttpClient::Make(Address(), TestKey(2)); }
  std::unique_ptr<HttpPool> Pool(const HttpPool::Options& options) {
    return *HttpPool::Make(threads_, Address(), TestKey(2), options);
  }
  std::string Place() const { return "127.0.0.1:" + std::to_string(server_->port()); }

  IoThreads threads_{2};
  std::mutex mutex_;
  std::vector<HttpResponder> kept_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpClientTest, BringsTheReply) {
  Start();
  HttpClient client = Client();
  const auto reply = client.Do({.method = "POST",
                                .target = "/a?b=c",
                                .content_type = "x/y",
                                .body = CopyBytes(AsBytes("hello"))},
                               kLong);
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->content_type, "text/plain");
  EXPECT_EQ(reply->headers.at("x-type"), "x/y");
  EXPECT_EQ(AsText(reply->body), "POST /a hello");
}

TEST_F(HttpClientTest, AnErrorOfTheServerIsAReply) {
  Start();
  const auto reply = Client().Do({.target = "/missing"}, kLong);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 404);
  EXPECT_EQ(AsText(reply->body), R"({"code":"not_found","message":"no such thing"})");
}

TEST_F(HttpClientTest, KeepsItsConnection) {
  Start();
  HttpClient client = Client();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.Do({.target = "/"}, kLong).has_value());
  EXPECT_TRUE(client.Do({.method = "HEAD", .target = "/"}, kLong).has_value());
  EXPECT_TRUE(client.Do({.target = "/"}, kLong).has_value());
  EXPECT_EQ(server_->counters().accepted, 1U);
}

TEST_F(HttpClientTest, FindsAServerThatRestarted) {
  Start();
  HttpClient client = Client();
  ASSERT_TRUE(client.Do({.target = "/"}, kLong).has_value());
  const std::uint16_t port = server_->port();
  server_.reset();
  Start(port);
  const auto reply = client.Do({.method = "POST", .target = "/again"}, kLong);
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(AsText(reply->body), "POST /again ");
}

TEST_F(HttpClientTest, ARefusedConnectionIsNamed) {
  Start();
  HttpClient client = Client();
  const std::string place = Place();
  server_.reset();
  const auto reply = client.Do({.target = "/"}, kLong);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, Code::kUnavailable);
  EXPECT_EQ(reply.error().message, place + ": connection refused");
}

TEST_F(HttpClientTest, AServerWithAnotherKeyIsNotTrusted) {
  Start();
  HttpClient client = *HttpClient::Make(Address(/*key=*/9), TestKey(2));
  const auto reply = client.Do({.target = "/"}, kLong);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, Code::kDenied);
  EXPECT_EQ(reply.error().message, Place() + ": shows a key that is not among the pinned ones");
  EXPECT_EQ(server_->counters().requests, 0U);
}

TEST_F(HttpClientTest, AClientThatIsNotPinnedLearnsIt) {
  Start();
  HttpClient client = *HttpClient::Make(Address(), TestKey(9));
  const auto reply = client.Do({.target = "/"}, kLong);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, Code::kDenied);
  EXPECT_EQ(reply.error().message, Place() + ": does not accept our key");
}

// No literal address, so that the resolver is asked, which knows this form without any hosts file.
TEST_F(HttpClientTest, AServerIsFoundByItsHostsName) {
  Start();
  HttpServerAddress address = Address();
  address.host = "127.1";
  EXPECT_TRUE(HttpClient::Make(address, TestKey(2))->Do({.target = "/"}, kLong).has_value());
}

TEST_F(HttpClientTest, ATimeoutEndsTheCallAndTheNextOneWorks) {
  Start();
  HttpClient client = Client();
  const auto late = client.Do({.target = "/never"}, milliseconds(50));
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().code, Code::kTimeout);
  EXPECT_EQ(late.error().message, Place() + ": no answer within 50 ms");
  EXPECT_TRUE(client.Do({.target = "/"}, kLong).has_value());
}

TEST_F(HttpClientTest, ATooLongAnswerIsRefused) {
  Start();
  const auto pool = Pool({.max_body_bytes = 3});
  std::promise<Result<HttpReply>> reply;
  pool->Call({.target = "/"}, kLong, [&](auto result) { reply.set_value(std::move(result)); });
  const Result<HttpReply> result = reply.get_future().get();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Code::kCorruption);
  EXPECT_EQ(result.error().message, Place() + ": the answer has more than 3 bytes");
}

// What a server answers that writes `answer` to whatever it is asked.
Result<HttpReply> ReplyOf(const std::string& answer) {
  namespace asio = boost::asio;
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  std::thread server([&] {
    const auto tls =
        *crypto::TlsContext::Make(crypto::TlsContext::Side::kServer, TestKey(1), {TestKeyId(2)});
    const auto stream = MakeTlsStream(acceptor.accept(), tls);
    stream->handshake(TlsStream::server);
    asio::write(*stream, asio::buffer(answer));
    std::array<char, 4096> some{};
    boost::system::error_code gone;
    while (!gone) stream->read_some(asio::buffer(some), gone);
  });
  HttpClient client = *HttpClient::Make(
      {.host = "127.0.0.1", .port = acceptor.local_endpoint().port(), .keys = {TestKeyId(1)}},
      TestKey(2));
  auto reply = client.Do({.target = "/"}, kLong);
  {
    const HttpClient closed = std::move(client);
  }
  server.join();
  return reply;
}

TEST_F(HttpClientTest, AnAnswerThatIsNotHttpIsRefused) {
  const auto reply = ReplyOf("220 mail.example ESMTP\r\n\r\n");
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, Code::kCorruption);
}

TEST_F(HttpClientTest, AnAnswerWhoseEndHasTwoReadingsIsRefused) {
  for (const auto& [header, named] : std::vector<std::pair<std::string, std::string>>{
           {"Content-Length: 1, 1", "Content-Length"},
           {"Content-Length: 1\r\nContent-Length: 1", "Content-Length"},
           {"Transfer-Encoding: xchunked", "Transfer-Encoding"},
           {"Transfer-Encoding: xchunked\r\nContent-Length: 1", "Transfer-Encoding"},
           {"Content-Length: 1\r\nTransfer-Encoding: chunked", "Transfer-Encoding"}}) {
    const auto reply = ReplyOf("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\nx");
    ASSERT_FALSE(reply.has_value()) << header;
    EXPECT_EQ(reply.error().code, Code::kCorruption) << header;
    EXPECT_NE(reply.error().message.find(named), std::string::npos) << reply.error().message;
  }
}

TEST_F(HttpClientTest, AServerThatAnswersEarlyAndStopsReadingDoesNotHoldUpTheNextCall) {
  namespace asio = boost::asio;
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  std::vector<std::unique_ptr<TlsStream>> kept;
  std::thread server([&] {
    const auto tls =
        *crypto::TlsContext::Make(crypto::TlsContext::Side::kServer, TestKey(1), {TestKeyId(2)});
    for (int i = 0; i < 2; ++i) {
      kept.push_back(MakeTlsStream(acceptor.accept(), tls));
      kept.back()->handshake(TlsStream::server);
      asio::write(*kept.back(), asio::buffer(std::string("HTTP/1.1 200 OK\r\n"
                                                         "Content-Length: 0\r\n\r\n")));
    }
  });
  HttpClient client = *HttpClient::Make(
      {.host = "127.0.0.1", .port = acceptor.local_endpoint().port(), .keys = {TestKeyId(1)}},
      TestKey(2));
  // More than the sockets hold.
  EXPECT_TRUE(
      client.Do({.method = "POST", .body = Bytes(std::size_t{32} << 20U)}, kLong).has_value());
  EXPECT_TRUE(client.Do({.target = "/"}, kLong).has_value());
  server.join();
}

TEST_F(HttpClientTest, APoolCarriesManyCallsOverItsConnections) {
  Start();
  const auto pool = Pool({.connections = 4});
  constexpr int kCalls = 500;
  std::atomic<int> good{0};
  std::promise<void> all;
  std::atomic<int> open{kCalls};
  for (int i = 0; i < kCalls; ++i) {
    const std::string path = "/" + std::to_string(i);
    pool->Call({.target = path}, kLong, [&, path](const Result<HttpReply>& reply) {
      if (reply && AsText(reply->body) == "GET " + path + " ") ++good;
      if (--open == 0) all.set_value();
    });
  }
  all.get_future().wait();
  EXPECT_EQ(good, kCalls);
  EXPECT_EQ(server_->counters().accepted, 4U);
}

TEST_F(HttpClientTest, ACallMayFollowFromAnAnswer) {
  Start();
  const auto pool = Pool({.connections = 1});
  std::promise<int> end;
  std::function<void(int)> step = [&](int left) {
    pool->Call({.target = "/"}, kLong, [&, left](const Result<HttpReply>& reply) {
      if (!reply || left == 0) return end.set_value(left);
      step(left - 1);
    });
  };
  step(100);
  EXPECT_EQ(end.get_future().get(), 0);
}

TEST_F(HttpClientTest, ACallTimesOutWhileItWaitsForAConnection) {
  Start();
  const auto pool = Pool({.connections = 1});
  pool->Call({.target = "/never"}, kLong, [](const auto&) {});
  std::promise<Code> code;
  pool->Call({.target = "/"}, milliseconds(20),
             [&](const Result<HttpReply>& reply) { code.set_value(reply.error().code); });
  EXPECT_EQ(code.get_future().get(), Code::kTimeout);
}

TEST_F(HttpClientTest, CallsBeyondTheBoundAreRefusedAtOnce) {
  Start();
  const auto pool = Pool({.connections = 1, .max_waiting = 2});
  std::atomic<int> overloaded{0};
  for (int i = 0; i < 10; ++i) {
    pool->Call({.target = "/never"}, kLong, [&](const Result<HttpReply>& reply) {
      if (!reply && reply.error().code == Code::kOverloaded) ++overloaded;
    });
  }
  EXPECT_GE(overloaded, 7);
}

TEST_F(HttpClientTest, StoppingCancelsEveryCall) {
  Start();
  const auto pool = Pool({.connections = 1});
  std::atomic<int> cancelled{0};
  const auto count = [&](const Result<HttpReply>& reply) {
    if (!reply && reply.error().code == Code::kCancelled) ++cancelled;
  };
  for (int i = 0; i < 3; ++i) pool->Call({.target = "/never"}, kLong, count);
  pool->Stop();
  EXPECT_EQ(cancelled, 3);
  pool->Call({.target = "/"}, kLong, count);
  EXPECT_EQ(cancelled, 4);
}

}  // namespace
}  // namespace aval::net
