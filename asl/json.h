// JSON values of the language: an ordered value type, and Payload, the immutable value that states
// pass on.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "asl/ordered_map.h"

namespace pawl::asl {

// Member order is kept: AWS hands documents on in the order in which they came.
// (nlohmann::ordered_json would keep it too, but searches every object from its start.)
using Json = nlohmann::basic_json<OrderedMap>;

// A JSON document that never changes: the input, output, arguments or result of a state. Copying
// one copies a pointer. Holds the text, the tree or both, and makes the other when first asked for.
// Thread-safe.
class Payload {
 public:
  Payload();  // null
  static Payload of(Json value);
  static Payload of(Json value, std::string text);  // REQUIRES: the text is of this value
  // REQUIRES: `text` is valid JSON (checked where it entered the system, asl/text.h); parsed only
  // when json() is called.
  static Payload of_text(std::string text);
  static Payload empty_object();

  const Json& json() const;
  // JSON in UTF-8: [seen] as it came in, white space and digits too, as long as a document is
  // handed on unchanged; compact when it was made here.
  const std::string& text() const;
  std::size_t size_bytes() const { return text().size(); }

  // True when both are one and the same document in memory; what lets the journal store it once.
  bool is(const Payload& other) const { return document_ == other.document_; }
  const void* identity() const { return document_.get(); }

 private:
  struct Document;
  explicit Payload(std::shared_ptr<const Document> document);
  std::shared_ptr<const Document> document_;
};

}  // namespace pawl::asl
