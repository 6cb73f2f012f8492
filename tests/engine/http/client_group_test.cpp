#include "engine/http/client_group.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

TEST(ClientGroup, IsAnIpv4AddressAndAnIpv6Network) {
  EXPECT_EQ(client_group("10.0.0.7:54321"), "10.0.0.7");
  EXPECT_EQ(client_group("10.0.0.7"), "10.0.0.7");
  EXPECT_EQ(client_group("[::ffff:10.0.0.7]:54321"), "10.0.0.7");
  EXPECT_EQ(client_group("[2001:db8:0:1::5]:1"), "2001:db8:0:1::/64");
  EXPECT_EQ(client_group("[2001:db8:0:1:ffff::6]:2"), "2001:db8:0:1::/64");
  EXPECT_EQ(client_group("2001:db8:0:1::7"), "2001:db8:0:1::/64");
  EXPECT_NE(client_group("[2001:db8:0:2::5]:1"), "2001:db8:0:1::/64");
  EXPECT_EQ(client_group(""), "");
}

}  // namespace
}  // namespace pawl::engine
