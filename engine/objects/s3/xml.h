// The XML that S3's REST API speaks: a writer, and a strict reader for the few documents that
// clients send.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::engine {

// XmlWriter xml("ListBucketResult"); xml.add("Name", bucket); xml.open("Owner"); ...; xml.close();
// xml.finish()
class XmlWriter {
 public:
  // With S3's namespace when `with_namespace`.
  explicit XmlWriter(std::string_view root, bool with_namespace = true);
  void open(std::string_view name);
  void close();
  void add(std::string_view name, std::string_view text);
  // Closes what is open.
  std::string finish();

 private:
  std::string text_;
  std::vector<std::string> open_;
};

struct XmlNode {
  std::string name;  // without a namespace prefix
  std::string text;
  std::vector<XmlNode> children;

  // The text of the first such child.
  std::optional<std::string> child_text(std::string_view child) const;
};

// nullopt when the text is not one well-formed element: also for a document type, an unknown
// entity, more than 16 levels or 100,000 elements. Attributes are checked and dropped.
std::optional<XmlNode> parse_xml(std::string_view text);

}  // namespace pawl::engine
