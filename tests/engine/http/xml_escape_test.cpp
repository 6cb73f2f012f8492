#include "engine/http/xml_escape.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

TEST(XmlEscape, WritesWhatWouldBeMarkupAsEntities) {
  EXPECT_EQ(xml_escape("a < b && \"c\" > d"), "a &lt; b &amp;&amp; &quot;c&quot; &gt; d");
  EXPECT_EQ(xml_escape("tab\tü"), "tab&#x9;ü");
}

}  // namespace
}  // namespace pawl::engine
