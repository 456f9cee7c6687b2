#include "config/endpoint.h"

#include <gtest/gtest.h>

namespace aval::config {
namespace {

TEST(EndpointTest, NamesAndBothKindsOfAddressesParseAndPrintAsWritten) {
  for (const char* text : {"127.0.0.1:7101", "node-1.bank.example:1", "[::1]:65535"}) {
    const Result<Endpoint> endpoint = ParseEndpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(endpoint->Text(), text);
  }
}

TEST(EndpointTest, AnIpv6HostLosesItsBrackets) {
  EXPECT_EQ(ParseEndpoint("[fe80::1]:80")->host, "fe80::1");
}

TEST(EndpointTest, MalformedTextIsRefused) {
  for (const char* text :
       {"", "host", ":80", "host:", "host:0", "host:65536", "host:-1", "host: 80", "host:80x",
        "ho st:80", "::1:80", "[]:80", "[host]:80", "a/b:80"}) {
    const Result<Endpoint> endpoint = ParseEndpoint(text);
    ASSERT_FALSE(endpoint) << text;
    EXPECT_EQ(endpoint.error().code, Code::kInvalidArgument);
  }
}

TEST(EndpointTest, PortZeroIsForListenersThatTakeAnyPort) {
  ASSERT_TRUE(ParseEndpoint("127.0.0.1:0", true));
  EXPECT_EQ(ParseEndpoint("127.0.0.1:0", true)->port, 0);
}

}  // namespace
}  // namespace aval::config
