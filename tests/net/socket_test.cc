#include "net/socket.h"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>

namespace aval::net {
namespace {

namespace errors = boost::asio::error;

TEST(SocketTest, WhatTheResolverDoesNotFindIsAnUnknownHost) {
  for (const boost::system::error_code& error :
       {make_error_code(errors::host_not_found), make_error_code(errors::host_not_found_try_again),
        make_error_code(errors::no_data), make_error_code(errors::service_not_found)}) {
    const Error told = NetError("peer 2 at no-such-host.invalid:1", error);
    EXPECT_EQ(told.code, Code::kUnavailable);
    EXPECT_EQ(told.message.find("peer 2 at no-such-host.invalid:1: unknown host: "), 0U)
        << told.message;
  }
}

}  // namespace
}  // namespace aval::net
