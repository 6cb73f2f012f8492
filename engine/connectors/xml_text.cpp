#include "engine/connectors/xml_text.h"

#include <utility>

namespace pawl::engine {

std::string xml_element_text(const std::string& xml, const std::string& name) {
  const std::size_t open = xml.find("<" + name + ">");
  if (open == std::string::npos) return "";
  const std::size_t begin = open + name.size() + 2;
  std::string text = xml.substr(begin, xml.find("</" + name + ">", begin) - begin);
  for (const auto& [escape, character] : {std::pair<std::string, std::string>("&lt;", "<"),
                                          {"&gt;", ">"},
                                          {"&quot;", "\""},
                                          {"&apos;", "'"},
                                          {"&amp;", "&"}}) {
    for (std::size_t at = text.find(escape); at != std::string::npos;
         at = text.find(escape, at + 1)) {
      text.replace(at, escape.size(), character);
    }
  }
  return text;
}

}  // namespace pawl::engine
