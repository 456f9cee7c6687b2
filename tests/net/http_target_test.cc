#include "net/http_target.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>

namespace aval::net {
namespace {

using Query = std::map<std::string, std::string, std::less<>>;

TEST(HttpTargetTest, UndoesPercentEncoding) {
  const auto target = ParseHttpTarget("/acts/0a%2D1?min_index=5&cursor=a%2fb+c%3D&flag");
  ASSERT_TRUE(target.has_value()) << target.error().message;
  EXPECT_EQ(target->path, "/acts/0a-1");
  EXPECT_EQ(target->query, (Query{{"min_index", "5"}, {"cursor", "a/b+c="}, {"flag", ""}}));
}

TEST(HttpTargetTest, AnEmptyQueryIsNone) {
  // "/?" has one parameter, without a name.
  EXPECT_FALSE(ParseHttpTarget("/?").has_value());
  EXPECT_TRUE(ParseHttpTarget("/").has_value());
}

RC_GTEST_PROP(HttpTargetTest, WhatWasEncodedComesBack, (std::string name, std::string value)) {
  const auto printable = [](std::string& text) {
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  };
  printable(name);
  printable(value);
  name += "x";
  const auto target = ParseHttpTarget("/p?" + PercentEncode(name) + "=" + PercentEncode(value));
  RC_ASSERT(target.has_value());
  RC_ASSERT(target->query == (Query{{name, value}}));
}

RC_GTEST_PROP(HttpTargetTest, WhateverIsReadStaysBelowTheRoot, (const std::string& text)) {
  const auto target = ParseHttpTarget("/" + text);
  if (!target) return;
  RC_ASSERT((target->path + "/").find("/../") == std::string::npos);
  RC_ASSERT(target->path.find('\0') == std::string::npos);
}

struct BadTarget {
  const char* name;
  const char* target;
  const char* error;
};

class BadTargetTest : public testing::TestWithParam<BadTarget> {};

TEST_P(BadTargetTest, IsRefusedWithItsPlace) {
  const auto target = ParseHttpTarget(GetParam().target);
  ASSERT_FALSE(target.has_value());
  EXPECT_EQ(target.error().code, Code::kInvalidArgument);
  EXPECT_EQ(target.error().message, std::string("request target: ") + GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    HttpTargetTest, BadTargetTest,
    testing::Values(BadTarget{"Empty", "", "does not begin with a slash"},
                    BadTarget{"Absolute", "https://host/", "does not begin with a slash"},
                    BadTarget{"CutEscape", "/a%2", "bad percent-encoding at byte 2"},
                    BadTarget{"NoHex", "/a%2g", "bad percent-encoding at byte 2"},
                    BadTarget{"NoHexInQuery", "/?a=%zz", "bad percent-encoding at byte 4"},
                    BadTarget{"EncodedSlash", "/a%2fb", "encoded slash at byte 2"},
                    BadTarget{"EncodedNul", "/a%00", "control byte at byte 2"},
                    BadTarget{"EncodedNewline", "/?a=%0d%0a", "control byte at byte 4"},
                    BadTarget{"RawControl", "/a\x01", "control byte at byte 2"},
                    BadTarget{"Parent", "/log/../key", "a segment of dots"},
                    BadTarget{"EncodedParent", "/log/%2e%2E", "a segment of dots"},
                    BadTarget{"Self", "/.", "a segment of dots"},
                    BadTarget{"Fragment", "/a#b", "fragment at byte 2"},
                    BadTarget{"NamelessParameter", "/?=1", "parameter without a name at byte 2"},
                    BadTarget{"EmptyPair", "/?a=1&&b=2", "parameter without a name at byte 6"},
                    BadTarget{"Repeated", "/?a=1&b=2&%61=3", "parameter given twice at byte 10"}),
    [](const auto& param_info) { return std::string(param_info.param.name); });

}  // namespace
}  // namespace aval::net
