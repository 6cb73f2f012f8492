#include "engine/http/url.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

TEST(Url, SplitsHostPortAndTarget) {
  const auto url = parse_url("http://example.org:4701/path/a%20b?q=1#part");
  ASSERT_TRUE(url);
  EXPECT_FALSE(url->secure);
  EXPECT_EQ(url->host, "example.org");
  EXPECT_EQ(url->port, 4701);
  EXPECT_EQ(url->target, "/path/a%20b?q=1");
  EXPECT_EQ(url->authority(), "example.org:4701");
}

TEST(Url, TheSchemeGivesThePort) {
  EXPECT_EQ(parse_url("HTTPS://h")->port, 443);
  EXPECT_EQ(parse_url("https://h")->authority(), "h");
  EXPECT_EQ(parse_url("http://h:")->port, 80);
}

TEST(Url, AQueryNeedsNoPath) { EXPECT_EQ(parse_url("http://h?x=1")->target, "/?x=1"); }

TEST(Url, Ipv6HostsStandInBrackets) {
  const auto url = parse_url("http://[::1]:8083/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 8083);
  EXPECT_EQ(url->authority(), "[::1]:8083");
}

TEST(Url, RefusesWhatIsNoPlainHttpUrl) {
  for (const char* text : {"",
                           "ftp://h/",
                           "http://",
                           "http://:80/",
                           "http://user@h/",
                           "http://h:0/",
                           "http://h:70000/",
                           "http://h:8x/",
                           "http://h/a b",
                           "http://h/\r\nX: y",
                           "http://[::1/",
                           "http://[::1]x/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

}  // namespace
}  // namespace pawl::engine
