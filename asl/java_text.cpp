#include "asl/java_text.h"

#include "asl/text.h"

namespace pawl::asl {
namespace {

// REQUIRES: documents nest at most a few thousand deep (TextLimits, nests_deeper_than).
void append(std::string& out, const Json& value) {
  const char* separator = "";
  if (value.is_object()) {
    out.push_back('{');
    for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
      out += separator + name + "=";
      append(out, member);
      separator = ", ";
    }
    out.push_back('}');
  } else if (value.is_array()) {
    out.push_back('[');
    for (const Json& element : value) {
      out += separator;
      append(out, element);
      separator = ", ";
    }
    out.push_back(']');
  } else if (value.is_string()) {
    out += value.get_ref<const std::string&>();
  } else {
    out += to_text(value);
  }
}

}  // namespace

std::string to_java_text(const Json& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace pawl::asl
