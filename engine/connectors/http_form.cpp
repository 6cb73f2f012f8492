#include "engine/connectors/http_form.h"

#include "asl/text.h"
#include "engine/http/message.h"

namespace pawl::engine {
namespace {

using asl::Json;

class Form {
 public:
  explicit Form(ArrayFormat format) : format_(format) {}

  void add(const std::string& name, const Json& value) {
    if (value.is_object()) {
      for (const auto& [member, inner] : value.items()) add(within(name, member), inner);
    } else if (value.is_array()) {
      add_array(name, value);
    } else {
      out_ += (out_.empty() ? "" : "&") + percent_encode(name) + "=" +
              percent_encode(scalar_text(value));
    }
  }
  std::string take() { return std::move(out_); }

 private:
  static std::string within(const std::string& name, const std::string& member) {
    return name.empty() ? member : name + "[" + member + "]";
  }

  void add_array(const std::string& name, const Json& array) {
    if (format_ == ArrayFormat::kCommas) {
      std::string list;
      for (const Json& element : array) {
        list += (&element == &array.front() ? "" : ",") + scalar_text(element);
      }
      if (!array.empty()) add(name, list);
      return;
    }
    for (std::size_t i = 0; i < array.size(); ++i) {
      switch (format_) {
        case ArrayFormat::kIndices:
          add(within(name, std::to_string(i)), array[i]);
          break;
        case ArrayFormat::kBrackets:
          add(name + "[]", array[i]);
          break;
        default:
          add(name, array[i]);
      }
    }
  }

  const ArrayFormat format_;
  std::string out_;
};

}  // namespace

std::optional<ArrayFormat> array_format(std::string_view name) {
  if (name == "INDICES") return ArrayFormat::kIndices;
  if (name == "REPEAT") return ArrayFormat::kRepeat;
  if (name == "COMMAS") return ArrayFormat::kCommas;
  if (name == "BRACKETS") return ArrayFormat::kBrackets;
  return std::nullopt;
}

std::string form_encoded(const Json& value, ArrayFormat format) {
  if (!value.is_structured()) return percent_encode(scalar_text(value));
  Form form(format);
  form.add("", value);
  return form.take();
}

std::string scalar_text(const Json& scalar) {
  if (scalar.is_null()) return "";
  return scalar.is_string() ? scalar.get<std::string>() : asl::to_text(scalar);
}

}  // namespace pawl::engine
