#include "engine/objects/s3/xml.h"

#include <gtest/gtest.h>

#include <random>

namespace pawl::engine {
namespace {

const std::string kDelete =
    "<?xml version=\"1.0\"?><!-- c --><Delete "
    "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>a &amp; "
    "&lt;b&gt; &#xe9;&#33;</Key></Object><Quiet>true</Quiet><Empty/></Delete>\n";

TEST(Xml, ReadsElementsEntitiesAndNamespaces) {
  const std::optional<XmlNode> root = parse_xml(kDelete);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->name, "Delete");
  EXPECT_EQ(root->children.at(0).child_text("Key"), "a & <b> \xc3\xa9!");
  EXPECT_EQ(root->child_text("Quiet"), "true");
  EXPECT_EQ(parse_xml("<x:a xmlns:x='u'><x:b>1</x:b></x:a>")->child_text("b"), "1");
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
  for (const char* text : {"",
                           "x",
                           "<a>",
                           "<a></b>",
                           "<a/><b/>",
                           "<a>&nope;</a>",
                           "<a>&#0;</a>",
                           "<a>&#xd800;</a>",
                           "<a b></a>",
                           "<a b=c/>",
                           "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
                           "<a>\xff</a>",
                           "<a><![CDATA[x</a>",
                           "<a b=\"<\"/>",
                           "<a",
                           "<a>&#99999999;</a>"}) {
    EXPECT_FALSE(parse_xml(text)) << text;
  }
}

TEST(Xml, BoundsDepthAndElements) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_FALSE(parse_xml(deep));
  std::string wide = "<a>";
  for (int i = 0; i < 100'001; ++i) wide += "<b/>";
  EXPECT_FALSE(parse_xml(wide + "</a>"));
}

// Whatever is cut, changed or inserted, the reader answers; what it accepts can be walked.
TEST(Xml, SurvivesRandomDamage) {
  std::mt19937 random(20240501);
  const std::string alphabet = "<>/&;#x\"'= !-[]?aK\xc3";
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = kDelete;
    const std::size_t edits = 1 + random() % 4;
    for (std::size_t i = 0; i < edits; ++i) {
      const std::size_t at = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        default:
          text.erase(at, random() % 8);
      }
    }
    const std::optional<XmlNode> root = parse_xml(text);
    if (root) accepted += root->name.empty() ? 0 : 1;
  }
  EXPECT_GT(accepted, 0);
}

TEST(Xml, WritesEscapedTextThatReadsBack) {
  XmlWriter xml("R");
  xml.open("Owner");
  xml.add("Key", "<&>\"' \r\x01");
  const std::string text = xml.finish();
  EXPECT_NE(text.find("&lt;&amp;&gt;&quot;' &#xd;&#x1;"), std::string::npos);
  EXPECT_EQ(parse_xml(text)->children.at(0).child_text("Key"), "<&>\"' \r\x01");
}

}  // namespace
}  // namespace pawl::engine
