#include "net/call_rate.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>

namespace aval::net {
namespace {

using boost::asio::ip::make_address;
using std::chrono::milliseconds;

constexpr Instant kStart{std::chrono::seconds(1'000)};
constexpr Pace::Limits kTenASecond{
    .times_per_second = 10, .bytes_per_second = 1, .burst = milliseconds(300)};

TEST(CallRateTest, AHostThatCallsTooOftenIsRefusedAndOthersAreNot) {
  CallRate rate(kTenASecond);
  const auto storm = make_address("10.0.0.1");
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(rate.Admit(storm, kStart)) << i;
  EXPECT_FALSE(rate.Admit(storm, kStart));
  EXPECT_TRUE(rate.Admit(make_address("10.0.0.2"), kStart));
  EXPECT_TRUE(rate.Admit(storm, kStart + milliseconds(100)));
}

TEST(CallRateTest, RemembersABoundedNumberOfHosts) {
  CallRate rate(kTenASecond);
  for (std::uint32_t host = 1; host <= 5'000; ++host) {
    ASSERT_TRUE(rate.Admit(boost::asio::ip::address_v4(host), kStart));
    ASSERT_LE(rate.hosts(), CallRate::kHosts);
  }
}

}  // namespace
}  // namespace aval::net
