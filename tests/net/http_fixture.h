#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "net/http_server.h"
#include "net/io_threads.h"
#include "tests/base/manual_clock.h"
#include "tests/net/raw_client.h"
#include "tests/net/support.h"

namespace aval::net {

/// What a handshake begins with.
inline constexpr std::string_view kStartOfHandshake("\x16\x03\x01\x02\x00", 5);

/// A server whose handler echoes, except on paths that a test has taken over.
class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() { options_.clock = clock_; }
  void Start() {
    server_ = *HttpServer::Start(threads_, options_, TestKey(1), {TestKeyId(2), TestKeyId(3)},
                                 [this](HttpRequest request, HttpResponder respond) {
                                   if (const auto taken = paths_.find(request.path);
                                       taken != paths_.end()) {
                                     return taken->second(std::move(request), std::move(respond));
                                   }
                                   respond({.status = 200,
                                            .content_type = "text/plain",
                                            .body = request.method + " " + request.path + " " +
                                                    std::string(AsText(request.body)),
                                            .headers = {}});
                                 });
  }
  RawClient Client(std::uint8_t key = 2) {
    RawClient client(server_->port(), key);
    client.Handshake();
    return client;
  }
  // The server answers a good request on a new connection.
  bool Serves() {
    const auto reply = Client().Send("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n").Receive();
    return reply && reply->status == 200;
  }
  // Counters change on io threads, soon after what a client can see.
  template <class Condition>
  void AwaitCounters(Condition condition) {
    while (!condition(server_->counters())) std::this_thread::yield();
  }

  const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();  // Of calls.
  IoThreads threads_{2};
  HttpServer::Options options_;
  std::map<std::string, HttpHandler> paths_;  // Not changed after Start.
  std::unique_ptr<HttpServer> server_;
};

}  // namespace aval::net
