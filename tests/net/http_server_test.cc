#include "net/http_server.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/http_client.h"
#include "net/io_threads.h"
#include "tests/net/http_fixture.h"

namespace aval::net {
namespace {

using std::chrono::milliseconds;

/// Keeps responders until the test answers.
class Desk {
 public:
  HttpHandler Handler() {
    return [this](const HttpRequest&, HttpResponder respond) {
      const std::scoped_lock lock(mutex_);
      waiting_.push_back(std::move(respond));
      bell_.Ring();
    };
  }
  HttpResponder Take() {
    std::unique_lock lock(mutex_);
    if (!bell_.Await(lock, [this] { return !waiting_.empty(); })) {
      throw std::runtime_error("no request came");
    }
    HttpResponder respond = std::move(waiting_.back());
    waiting_.pop_back();
    return respond;
  }

 private:
  std::mutex mutex_;
  Bell bell_;
  std::vector<HttpResponder> waiting_;
};

TEST_F(HttpServerTest, HandsOverTheWholeRequest) {
  std::promise<HttpRequest> handed;
  paths_["/acts/7"] = [&](HttpRequest request, const HttpResponder& respond) {
    handed.set_value(std::move(request));
    respond({.status = 201, .content_type = "a/b", .body = "done", .headers = {{"X-Is", "it"}}});
  };
  Start();
  const auto reply = Client(3)
                         .Send(
                             "POST /acts/%37?wait=yes HTTP/1.1\r\nHost: a\r\nX-Two: 1\r\n"
                             "x-two: 2\r\nContent-Length: 5\r\n\r\nhello")
                         .Receive();
  const HttpRequest request = handed.get_future().get();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/acts/7");
  EXPECT_EQ(request.Query("wait"), "yes");
  EXPECT_EQ(request.Query("none"), "");
  EXPECT_EQ(request.Header("x-two"), "1, 2");
  EXPECT_EQ(AsText(request.body), "hello");
  EXPECT_EQ(request.client, TestKeyId(3));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 201);
  EXPECT_EQ(reply->headers.at("Content-Type"), "a/b");
  EXPECT_EQ(reply->headers.at("X-Is"), "it");
  EXPECT_EQ(reply->body, "done");
}

TEST_F(HttpServerTest, AnswersRequestAfterRequestOnOneConnection) {
  Start();
  RawClient client = Client();
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.Send("GET /n HTTP/1.1\r\nHost: a\r\n\r\n").Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "GET /n ");
  }
  EXPECT_EQ(server_->counters().accepted, 1U);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInTheirOrder) {
  Start();
  RawClient client = Client();
  client.Send(
      "GET /a HTTP/1.1\r\nHost: a\r\n\r\nPOST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1"
      "GET /c HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.Receive()->body, "GET /a ");
  EXPECT_EQ(client.Receive()->body, "POST /b 1");
  EXPECT_EQ(client.Receive()->body, "GET /c ");
}

TEST_F(HttpServerTest, ClosesWhenTheClientAsksForIt) {
  Start();
  RawClient client = Client();
  const auto reply =
      client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->headers.at("Connection"), "close");
  EXPECT_TRUE(client.AwaitEnd());
}

TEST_F(HttpServerTest, AnswersHeadWithTheHeaderOfGet) {
  Start();
  RawClient client = Client();
  const auto head = client.Send("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n").ReceiveHeader();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->headers.at("Content-Length"), "7");
  EXPECT_EQ(client.Send("GET /h HTTP/1.1\r\nHost: a\r\n\r\n").Receive()->body, "GET /h ");
}

TEST_F(HttpServerTest, TakesAChunkedBody) {
  Start();
  const auto reply = Client()
                         .Send(
                             "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
                         .Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "POST /c abcde");
}

TEST_F(HttpServerTest, TellsAClientThatWaitsToGoOn) {
  Start();
  RawClient client = Client();
  client.Send("POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.ReceiveHeader()->status, 100);
  EXPECT_EQ(client.Send("ok").Receive()->body, "POST /e ok");
}

TEST_F(HttpServerTest, CarriesLargeBodiesBothWays) {
  std::string body(options_.max_body_bytes, 'x');
  for (std::size_t i = 0; i < body.size(); i += 101) body[i] = static_cast<char>('a' + i % 26);
  paths_["/shared"] = [](HttpRequest request, const HttpResponder& respond) {
    respond({.status = 200,
             .content_type = "application/octet-stream",
             .body = std::make_shared<const Bytes>(std::move(request.body)),
             .headers = {}});
  };
  Start();
  RawClient client = Client();
  client.Send("POST /shared HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n");
  const auto reply = client.Send(body).Receive();
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->body == body);
}

// What is wrong with a request, and the answer.
struct BadRequest {
  const char* name;
  std::string request;
  int status;
  const char* code;
};

std::vector<BadRequest> BadRequests() {
  const std::string host = "Host: a\r\n";
  return {
      {"Garbage", "\x16\x03\x01 nonsense\r\n\r\n", 400, "malformed_request"},
      {"BadVersion", "GET / HTTP/3.0\r\n" + host + "\r\n", 400, "malformed_request"},
      {"BadHeader", "GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, "malformed_request"},
      {"BadTarget", "GET /a/../b HTTP/1.1\r\n" + host + "\r\n", 400, "malformed_request"},
      {"TargetWithBadEscape", "GET /%zz HTTP/1.1\r\n" + host + "\r\n", 400, "malformed_request"},
      {"BadLength", "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400,
       "malformed_request"},
      {"TwoLengths",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400,
       "malformed_request"},
      {"BadChunk", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400,
       "malformed_request"},
      {"LongBody", "POST / HTTP/1.1\r\n" + host + "Content-Length: 101\r\n\r\n", 413,
       "body_too_long"},
      {"LongChunkedBody",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n80\r\n" +
           std::string(128, 'x') + "\r\n0\r\n\r\n",
       413, "body_too_long"},
      {"LongHeader", "GET / HTTP/1.1\r\nX: " + std::string(2'000, 'x') + "\r\n\r\n", 431,
       "header_too_long"},
      {"LongTarget", "GET /" + std::string(2'000, 'x') + " HTTP/1.1\r\n" + host + "\r\n", 431,
       "header_too_long"},
      {"Expectation", "POST / HTTP/1.1\r\n" + host + "Expect: more\r\nContent-Length: 1\r\n\r\n",
       417, "expectation_failed"},
      {"SlowHeader", "GET / HTTP/1.1\r\nHos", 408, "request_timeout"},
      {"SlowBody", "POST / HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\na", 408,
       "request_timeout"},
  };
}

class BadRequestTest : public HttpServerTest, public testing::WithParamInterface<BadRequest> {};

TEST_P(BadRequestTest, IsAnsweredAsJsonAndItsConnectionClosed) {
  options_.max_body_bytes = 100;
  options_.max_header_bytes = 1'000;
  // Only what never becomes complete is to run into it.
  options_.read_timeout = GetParam().status == 408 ? milliseconds(50) : milliseconds(60'000);
  Start();
  RawClient client = Client();
  const auto reply = client.Send(GetParam().request).Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, GetParam().status);
  EXPECT_EQ(reply->headers.at("Content-Type"), "application/json");
  EXPECT_EQ(reply->headers.at("Connection"), "close");
  EXPECT_EQ(reply->body.find(R"({"code":")" + std::string(GetParam().code) + R"(","message":")"),
            0U)
      << reply->body;
  EXPECT_TRUE(client.AwaitEnd());
  const HttpServer::Counters counters = server_->counters();
  EXPECT_EQ(counters.bad_requests, 1U);
  EXPECT_EQ(counters.requests, 0U);
  EXPECT_TRUE(Serves());
}

INSTANTIATE_TEST_SUITE_P(HttpServerTest, BadRequestTest, testing::ValuesIn(BadRequests()),
                         [](const auto& param_info) { return param_info.param.name; });

// Headers that leave open where the body ends, and the one that the answer names. A proxy that
// reads them another way would see another request in what follows.
struct Framing {
  const char* name;
  const char* headers;
  const char* named;
};

class FramingTest : public HttpServerTest, public testing::WithParamInterface<Framing> {};

TEST_P(FramingTest, IsRefusedByNameAndWhatFollowsIsNotRead) {
  Start();
  RawClient client = Client();
  const std::string start = std::string("POST / HTTP/") +
                            (GetParam().name == std::string("Http10") ? "1.0" : "1.1") +
                            "\r\nHost: a\r\n";
  const auto reply =
      client.Send(start + GetParam().headers + "\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\n").Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400);
  EXPECT_NE(reply->body.find(GetParam().named), std::string::npos) << reply->body;
  EXPECT_EQ(reply->headers.at("Connection"), "close");
  EXPECT_TRUE(client.AwaitEnd());
  EXPECT_EQ(server_->counters().requests, 0U);
}

INSTANTIATE_TEST_SUITE_P(
    HttpServerTest, FramingTest,
    testing::Values(
        Framing{"Xchunked", "Transfer-Encoding: xchunked", "Transfer-Encoding"},
        Framing{"Identity", "Transfer-Encoding: identity", "Transfer-Encoding"},
        Framing{"GzipChunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding"},
        Framing{"ChunkedGzip", "Transfer-Encoding: chunked, gzip", "Transfer-Encoding"},
        Framing{"ChunkedWithParameter", "Transfer-Encoding: chunked;a=b", "Transfer-Encoding"},
        Framing{"EmptyEncoding", "Transfer-Encoding:", "Transfer-Encoding"},
        Framing{"TwoEncodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding"},
        Framing{"TwoOtherEncodings", "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding"},
        Framing{"LengthAndChunked", "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding"},
        Framing{"ChunkedAndLength", "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Content-Length"},
        Framing{"XchunkedAndLength", "Transfer-Encoding: xchunked\r\nContent-Length: 5",
                "Transfer-Encoding"},
        Framing{"Http10", "Transfer-Encoding: chunked", "Transfer-Encoding"},
        Framing{"ListOfLengths", "Content-Length: 5, 5", "Content-Length"},
        Framing{"EqualLengths", "Content-Length: 5\r\nContent-Length: 5", "Content-Length"},
        Framing{"UnequalLengths", "Content-Length: 5\r\nContent-Length: 0", "Content-Length"},
        Framing{"SignedLength", "Content-Length: +5", "Content-Length"},
        Framing{"HexadecimalLength", "Content-Length: 0x5", "Content-Length"},
        Framing{"EmptyLength", "Content-Length:", "Content-Length"},
        Framing{"LengthAndComma", "Content-Length: 5,", "Content-Length"},
        Framing{"TooLargeLength", "Content-Length: 18446744073709551621", "Content-Length"}),
    [](const auto& param_info) { return param_info.param.name; });

/// Bodies of at most 80 bytes, of which one fits for each client.
class UnfinishedBodiesTest : public HttpServerTest {
 protected:
  UnfinishedBodiesTest() {
    options_.max_body_bytes = 80;
    options_.max_unfinished_bytes = 180;
    options_.max_unfinished_bytes_of_client = 100;
  }
  static std::string Header(std::size_t length) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
  }
  // A client with an unfinished body, once the server has counted it.
  RawClient Unfinished(std::size_t length, std::uint8_t key = 2) {
    const std::uint64_t before = server_->counters().unfinished_bytes;
    RawClient client = Client(key);
    client.Send(Header(length) + "x");
    AwaitUnfinished(before + length);
    return client;
  }
  void AwaitUnfinished(std::uint64_t bytes) {
    AwaitCounters([bytes](const auto& counters) { return counters.unfinished_bytes == bytes; });
  }
  void ExpectRefused(RawClient& client) {
    const auto reply = client.Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 429);
    EXPECT_EQ(reply->headers.at("Retry-After"), "1");
    EXPECT_EQ(reply->headers.at("Connection"), "close");
    EXPECT_EQ(reply->body.find(R"({"code":"overloaded")"), 0U) << reply->body;
    EXPECT_TRUE(client.AwaitEnd());
  }
};

TEST_F(UnfinishedBodiesTest, OfOneClientAreBoundedTogether) {
  Start();
  RawClient first = Unfinished(80);
  RawClient second = Client();
  ExpectRefused(second.Send(Header(21)));
  EXPECT_EQ(server_->counters().refused_bodies, 1U);
  EXPECT_EQ(server_->counters().greedy_bodies, 1U);
  EXPECT_EQ(Client().Send(Header(20) + std::string(20, 'y')).Receive()->status, 200);
  EXPECT_EQ(Client(3).Send(Header(80) + std::string(80, 'y')).Receive()->status, 200);
  EXPECT_EQ(first.Send(std::string(79, 'x')).Receive()->status, 200);
  EXPECT_EQ(Client().Send(Header(80) + std::string(80, 'y')).Receive()->status, 200);
  EXPECT_EQ(server_->counters().unfinished_bytes, 0U);
}

TEST_F(UnfinishedBodiesTest, OfAllClientsAreBoundedTogether) {
  options_.max_unfinished_bytes = 100;
  Start();
  const RawClient first = Unfinished(80);
  RawClient other = Client(3);
  ExpectRefused(other.Send(Header(21)));
  EXPECT_EQ(server_->counters().greedy_bodies, 0U);
  EXPECT_EQ(Client(3).Send(Header(20) + std::string(20, 'y')).Receive()->status, 200);
}

TEST_F(UnfinishedBodiesTest, ChunkedOneCountsAsTheLongest) {
  Start();
  RawClient first = Client();
  first.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n");
  AwaitUnfinished(80);
  RawClient second = Client();
  ExpectRefused(second.Send(Header(21)));
  EXPECT_EQ(first.Send("1\r\nx\r\n0\r\n\r\n").Receive()->body, "POST / x");
  EXPECT_EQ(server_->counters().unfinished_bytes, 0U);
}

TEST_F(UnfinishedBodiesTest, AreRefusedBeforeTheClientIsToldToGoOn) {
  Start();
  const RawClient first = Unfinished(80);
  RawClient second = Client();
  ExpectRefused(second.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 30\r\n\r\n"));
}

TEST_F(UnfinishedBodiesTest, HandlersRequestIsNotCounted) {
  Desk desk;
  paths_["/later"] = desk.Handler();
  Start();
  RawClient handled = Client();
  handled.Send("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 80\r\n\r\n" +
               std::string(80, 'x'));
  const HttpResponder respond = desk.Take();
  EXPECT_EQ(server_->counters().unfinished_bytes, 0U);
  respond({.body = "done"});
  EXPECT_EQ(handled.Receive()->body, "done");
}

TEST_F(UnfinishedBodiesTest, GiveBackTheirBytesHoweverTheyEnd) {
  options_.read_timeout = milliseconds(200);
  Start();
  Unfinished(80).Reset();
  AwaitUnfinished(0);
  EXPECT_EQ(Client().Send(Header(80) + "x").Receive()->status, 408);
  EXPECT_EQ(server_->counters().unfinished_bytes, 0U);
  const std::string chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(Client().Send(chunked + "zz\r\n").Receive()->status, 400);
  EXPECT_EQ(server_->counters().unfinished_bytes, 0U);
  EXPECT_EQ(Client().Send(chunked + "51\r\n" + std::string(81, 'x')).Receive()->status, 413);
  EXPECT_EQ(server_->counters().unfinished_bytes, 0U);
  const std::string bad_target = "POST /../b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n";
  EXPECT_EQ(Client().Send(bad_target + "x").Receive()->status, 400);
  EXPECT_EQ(server_->counters().unfinished_bytes, 0U);
}

TEST_F(UnfinishedBodiesTest, GiveBackTheirBytesWhenTheServerStops) {
  Start();
  const RawClient first = Unfinished(80);
  const RawClient other = Unfinished(80, 3);
  server_->Stop(milliseconds(0));
  EXPECT_EQ(server_->counters().unfinished_bytes, 0U);
}

TEST_F(HttpServerTest, AClientStillSendingItsLongBodyLearnsWhy) {
  options_.max_body_bytes = 1'000;
  Start();
  RawClient client = Client();
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
  const auto reply = client.Send(std::string(3'000'000, 'x')).Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
}

TEST_F(HttpServerTest, ARefusedClientThatSendsOnIsClosedBeforeItsTime) {
  options_.linger_timeout = std::chrono::hours(1);
  Start();
  RawClient client = Client();
  EXPECT_EQ(client.Send("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n").Receive()->status, 400);
  client.SendRaw(std::string(std::size_t{5} << 20U, 'x'));
  EXPECT_TRUE(client.AwaitClosedSocket());
}

/// A client that says a byte now and then, each well within the bound for the whole.
class DribbleTest : public HttpServerTest {
 protected:
  DribbleTest() {
    options_.handshake_timeout = milliseconds(200);
    options_.read_timeout = milliseconds(200);
    options_.idle_timeout = milliseconds(50);
    options_.linger_timeout = std::chrono::hours(1);  // So that the answer is not lost.
  }
  // An idle connection lasts as long; so these bytes come over more than the time for the whole.
  template <class SendByte>
  void Dribble(SendByte send) {
    for (int i = 0; i < 10; ++i) {
      send();
      EXPECT_TRUE(Client(3).AwaitEnd());
    }
  }
};

TEST_F(DribbleTest, AHandshakeOfManyBytesIsClosedInItsTime) {
  Start();
  RawClient slow(server_->port());
  slow.SendRaw(kStartOfHandshake);
  Dribble([&] { slow.SendRaw("x"); });
  EXPECT_EQ(server_->counters().failed_handshakes, 1U);
}

TEST_F(DribbleTest, AHeaderThatIsCompleteTooLateIsRefused) {
  Start();
  RawClient slow = Client();
  slow.Send("GET /");
  Dribble([&] { slow.Send("x"); });
  EXPECT_EQ(server_->counters().bad_requests, 1U);
  EXPECT_EQ(slow.Receive()->status, 408);
}

TEST_F(DribbleTest, ABodyThatIsCompleteTooLateIsRefused) {
  Start();
  RawClient slow = Client();
  slow.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
  Dribble([&] { slow.Send("x"); });
  EXPECT_EQ(server_->counters().bad_requests, 1U);
  EXPECT_EQ(slow.Receive()->status, 408);
}

TEST_F(DribbleTest, AChunkThatIsCompleteTooLateIsRefused) {
  Start();
  RawClient slow = Client();
  slow.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n");
  Dribble([&] { slow.Send("x"); });
  EXPECT_EQ(server_->counters().bad_requests, 1U);
  EXPECT_EQ(slow.Receive()->status, 408);
}

TEST_F(HttpServerTest, AnIdleConnectionIsClosed) {
  options_.idle_timeout = milliseconds(50);
  Start();
  RawClient client = Client();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().has_value());
  EXPECT_TRUE(client.AwaitEnd());
}

TEST_F(HttpServerTest, AClientThatDoesNotReadIsClosed) {
  options_.write_timeout = milliseconds(50);
  paths_["/big"] = [](const HttpRequest&, const HttpResponder& respond) {
    respond({.body = std::string(std::size_t{32} << 20U, 'x')});
  };
  Start();
  RawClient client = Client();
  client.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  AwaitCounters([](const auto& counters) { return counters.accepted == 1; });
  AwaitCounters([](const auto& counters) { return counters.connections == 0; });
  EXPECT_FALSE(client.Receive().has_value());
}

TEST_F(HttpServerTest, ClientsBeyondTheBoundAreClosed) {
  options_.max_connections = 2;
  Start();
  RawClient first = Client();
  RawClient second = Client();
  AwaitCounters([](const auto& counters) { return counters.connections == 2; });
  for (RawClient* client : {&first, &second}) {
    ASSERT_TRUE(client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().has_value());
  }
  EXPECT_TRUE(Client().AwaitEnd());
  EXPECT_EQ(server_->counters().refused_connections, 1U);
  EXPECT_EQ(server_->counters().greedy_connections, 0U);
  second.Reset();
  AwaitCounters([](const auto& counters) { return counters.connections == 1; });
  EXPECT_TRUE(Serves());
}

TEST_F(HttpServerTest, AClientBeyondItsShareOfConnectionsIsClosedAndAnotherIsServed) {
  options_.max_connections = 8;
  options_.max_connections_of_client = 2;
  Start();
  RawClient first = Client(3);
  RawClient second = Client(3);
  for (RawClient* client : {&first, &second}) {
    ASSERT_TRUE(client->Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().has_value());
  }
  EXPECT_TRUE(Client(3).AwaitEnd());
  EXPECT_EQ(server_->counters().greedy_connections, 1U);
  EXPECT_TRUE(Serves());
  second.Reset();
  AwaitCounters([](const auto& counters) { return counters.connections == 1; });
  const auto again = Client(3).Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 200);
}

TEST_F(HttpServerTest, AClientThatHasGoneWhileItsRequestWaitsGivesItsPlaceToItsNextCall) {
  options_.max_connections_of_client = 1;
  std::array<std::promise<HttpResponder>, 2> waits;
  std::size_t next = 0;
  paths_["/waits"] = [&](const HttpRequest&, const HttpResponder& respond) {
    waits.at(next++).set_value(respond);
  };
  Start();
  auto gone = std::make_unique<RawClient>(server_->port(), 3);
  gone->Handshake().Send("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
  const HttpResponder first = waits[0].get_future().get();
  EXPECT_TRUE(Client(3).AwaitEnd());
  first({});  // It had not gone yet.
  ASSERT_TRUE(gone->Receive().has_value());

  gone->Send("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
  const HttpResponder never_answered = waits[1].get_future().get();
  gone.reset();
  const auto is_served = [this] {
    return Client(3).Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().has_value();
  };
  bool served = false;
  for (int call = 0; call < 100 && !served; ++call) served = is_served();
  EXPECT_TRUE(served);
}

TEST_F(HttpServerTest, AHandlerThatLetsGoIsA500) {
  paths_["/lost"] = [](const HttpRequest&, const HttpResponder&) {};
  Start();
  const auto reply = Client().Send("GET /lost HTTP/1.1\r\nHost: a\r\n\r\n").Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 500);
  EXPECT_EQ(reply->body, R"({"code":"internal","message":"the request was not answered"})");
  EXPECT_EQ(server_->counters().unanswered_requests, 1U);
}

TEST_F(HttpServerTest, TheFirstOfTwoAnswersCounts) {
  paths_["/twice"] = [](const HttpRequest&, const HttpResponder& respond) {
    respond({.body = "first"});
    respond({.body = "second"});
  };
  Start();
  RawClient client = Client();
  EXPECT_EQ(client.Send("GET /twice HTTP/1.1\r\nHost: a\r\n\r\n").Receive()->body, "first");
  EXPECT_EQ(client.Send("GET /after HTTP/1.1\r\nHost: a\r\n\r\n").Receive()->body, "GET /after ");
}

TEST_F(HttpServerTest, AnswersLaterFromAnotherThread) {
  Desk desk;
  paths_["/later"] = desk.Handler();
  Start();
  RawClient client = Client();
  client.Send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  const HttpResponder respond = desk.Take();
  EXPECT_TRUE(Serves());
  std::thread([&respond] { respond({.body = "from elsewhere"}); }).join();
  EXPECT_EQ(client.Receive()->body, "from elsewhere");
}

TEST_F(HttpServerTest, ClientsThatBreakOffLeaveItServing) {
  Desk desk;
  paths_["/later"] = desk.Handler();
  Start();
  RawClient(server_->port()).Reset();
  Client().Reset();
  Client().Send("GET / HT").Reset();
  Client().Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab").Reset();
  RawClient handled = Client();
  handled.Send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  const HttpResponder respond = desk.Take();
  handled.Reset();
  respond({.body = "nobody is there"});
  AwaitCounters(
      [](const auto& counters) { return counters.accepted == 5 && counters.connections == 0; });
  EXPECT_TRUE(Serves());
}

TEST_F(HttpServerTest, ServesManyClientsAtOnce) {
  Start();
  std::vector<std::thread> clients;
  std::atomic<int> good{0};
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([this, c, &good] {
      auto client = *HttpClient::Make(
          {.host = "127.0.0.1", .port = server_->port(), .keys = {TestKeyId(1)}}, TestKey(2));
      for (int i = 0; i < 50; ++i) {
        const std::string path = "/" + std::to_string(c) + "/" + std::to_string(i);
        const auto reply = client.Do({.target = path}, milliseconds(60'000));
        if (reply && AsText(reply->body) == "GET " + path + " ") ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 400);
  EXPECT_EQ(server_->counters().accepted, 8U);
}

TEST_F(HttpServerTest, StopsGracefullyAfterTheRequestUnderWay) {
  options_.linger_timeout = milliseconds(50);  // The clients below do not close on their own.
  Desk desk;
  paths_["/later"] = desk.Handler();
  Start();
  RawClient idle = Client();
  ASSERT_TRUE(idle.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().has_value());
  RawClient busy = Client();
  busy.Send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  const HttpResponder respond = desk.Take();
  const auto stop =
      std::async(std::launch::async, [this] { server_->Stop(std::chrono::hours(1)); });
  EXPECT_TRUE(idle.AwaitEnd());
  respond({.body = "just in time"});
  const auto reply = busy.Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "just in time");
  EXPECT_TRUE(busy.AwaitEnd());
  stop.wait();
  EXPECT_THROW(RawClient(server_->port()), boost::system::system_error);
}

TEST_F(HttpServerTest, StopsAtTheDeadlineWithoutTheRequestUnderWay) {
  Desk desk;
  paths_["/later"] = desk.Handler();
  Start();
  RawClient busy = Client();
  busy.Send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  const HttpResponder respond = desk.Take();
  server_->Stop(milliseconds(10));
  server_->Stop(milliseconds(10));
  EXPECT_FALSE(busy.Receive().has_value());
  server_.reset();
  respond({.body = "too late"});  // The server has gone; nothing happens.
}

TEST_F(HttpServerTest, APortThatIsTakenIsNamed) {
  Start();
  options_.port = server_->port();
  const auto second = HttpServer::Start(threads_, options_, TestKey(1), {}, {});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::kIo);
  EXPECT_EQ(second.error().message, "cannot listen on 127.0.0.1:" + std::to_string(options_.port) +
                                        ": Address already in use");
}

}  // namespace
}  // namespace aval::net
