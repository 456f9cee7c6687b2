#include "net/strangers.h"

#include <gtest/gtest.h>

#include <memory>

namespace aval::net {
namespace {

using boost::asio::ip::make_address;
using Caller = std::shared_ptr<int>;

Caller Make(int number) { return std::make_shared<int>(number); }

TEST(StrangersTest, TheOldestOfAllMakesRoomWhenNoHostHasTooMany) {
  Strangers<int> strangers(2, 2);
  const Caller oldest = Make(1);
  EXPECT_EQ(strangers.Add(make_address("10.0.0.1"), oldest), nullptr);
  EXPECT_EQ(strangers.Add(make_address("10.0.0.2"), Make(2)), nullptr);
  EXPECT_EQ(strangers.Add(make_address("10.0.0.3"), Make(3)), oldest);
  EXPECT_EQ(strangers.size(), 2U);
}

TEST(StrangersTest, AHostWithItsShareMakesRoomItself) {
  Strangers<int> strangers(8, 2);
  const Caller honest = Make(0);
  strangers.Add(make_address("10.0.0.1"), honest);
  const Caller own = Make(1);
  strangers.Add(make_address("10.0.0.2"), own);
  strangers.Add(make_address("10.0.0.2"), Make(2));
  EXPECT_EQ(strangers.Add(make_address("10.0.0.2"), Make(3)), own);
  EXPECT_EQ(strangers.size(), 3U);
  EXPECT_TRUE(strangers.Remove(honest));
}

TEST(StrangersTest, OneWhoLeavesMakesRoomFirst) {
  Strangers<int> strangers(2, 2);
  strangers.Add(make_address("10.0.0.1"), Make(1));
  const Caller leaving = Make(2);
  strangers.AddLeaving(make_address("10.0.0.2"), leaving);
  EXPECT_EQ(strangers.Add(make_address("10.0.0.3"), Make(3)), leaving);
}

TEST(StrangersTest, ANetworkOfIpv6IsOneHost) {
  EXPECT_EQ(HostOf(make_address("2001:db8::1")), HostOf(make_address("2001:db8::ffff:1")));
  EXPECT_NE(HostOf(make_address("2001:db8::1")), HostOf(make_address("2001:db8:0:1::1")));
  EXPECT_EQ(HostOf(make_address("::ffff:10.0.0.1")), make_address("10.0.0.1"));
}

}  // namespace
}  // namespace aval::net
