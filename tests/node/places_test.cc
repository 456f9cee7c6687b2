#include "node/api/places.h"

#include <gtest/gtest.h>

namespace aval::node::api {
namespace {

TEST(PlacesTest, AreBoundInActsAndInBytesAndComeBack) {
  Places places(10, 1000);
  auto seven = places.Take(7, 100);
  ASSERT_TRUE(seven);
  EXPECT_FALSE(places.Take(4, 1));
  EXPECT_FALSE(places.Take(1, 901));
  const auto rest = places.Take(3, 900);
  EXPECT_TRUE(rest);
  EXPECT_EQ(places.acts(), 10U);
  seven.reset();
  EXPECT_EQ(places.acts(), 3U);
  EXPECT_TRUE(places.Take(7, 100));
  EXPECT_EQ(places.acts(), 3U);
}

}  // namespace
}  // namespace aval::node::api
