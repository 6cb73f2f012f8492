#include "engine/http/origin_check.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

HttpRequest request(std::string method, std::string host, std::string origin = "") {
  HttpRequest out;
  out.method = std::move(method);
  out.headers.add("Host", std::move(host));
  if (!origin.empty()) out.headers.add("Origin", std::move(origin));
  return out;
}

TEST(OriginCheck, AnswersEveryHostThatMeansLoopback) {
  for (const char* host : {"127.0.0.1",
                           "127.0.0.1:8083",
                           "127.8.9.10:1",
                           "[::1]",
                           "[::1]:8083",
                           "[::ffff:127.0.0.1]:80",
                           "localhost",
                           "LocalHost:8083",
                           "localhost.",
                           "bucket.localhost:8083",
                           "sync-localhost:8083",
                           "sync-127.0.0.1:8083"}) {
    EXPECT_FALSE(why_foreign(request("POST", host), true)) << host;
  }
}

TEST(OriginCheck, RefusesOtherHosts) {
  for (const char* host : {"example.org",
                           "127.0.0.1.example.org",
                           "localhost.example.org",
                           "notlocalhost",
                           "10.0.0.1",
                           "128.0.0.1",
                           "[::2]:80",
                           "[::1",
                           "[::1]x",
                           "localhost:80:80",
                           "localhost:8o83",
                           "",
                           ":80",
                           ".localhost",
                           "sync-example.org",
                           "0.0.0.0"}) {
    EXPECT_TRUE(why_foreign(request("GET", host), true)) << host;
  }
}

TEST(OriginCheck, PagesOfOtherSitesMayOnlyRead) {
  for (const char* origin :
       {"https://example.org", "http://127.0.0.1.example.org", "null", "file://"}) {
    EXPECT_TRUE(why_foreign(request("POST", "localhost", origin), true)) << origin;
    EXPECT_TRUE(why_foreign(request("OPTIONS", "localhost", origin), true)) << origin;
    EXPECT_FALSE(why_foreign(request("GET", "localhost", origin), true)) << origin;
    EXPECT_FALSE(why_foreign(request("HEAD", "localhost", origin), true)) << origin;
  }
}

TEST(OriginCheck, PagesOfThisMachineMayWrite) {
  EXPECT_FALSE(why_foreign(request("POST", "localhost:8083", "http://localhost:5173"), true));
  EXPECT_FALSE(why_foreign(request("DELETE", "localhost:8083", "https://127.0.0.1"), true));
}

TEST(OriginCheck, AListenerBeyondLoopbackRefusesNothingHere) {
  EXPECT_FALSE(why_foreign(request("POST", "example.org", "https://example.com"), false));
}

TEST(OriginCheck, ARequestWithoutHostIsNoBrowser) {
  EXPECT_FALSE(why_foreign(HttpRequest{}, true));
}

}  // namespace
}  // namespace pawl::engine
