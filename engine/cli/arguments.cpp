#include "engine/cli/arguments.h"

#include <stdexcept>

#include "asl/text.h"
#include "engine/cli/definition_file.h"

namespace pawl::engine {

using asl::Json;

Json labels_of(const std::vector<std::string>& texts) {
  Json labels = Json::object();
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      throw std::runtime_error("'" + text + "' is no label: NAME=VALUE is expected");
    }
    labels[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return labels;
}

void add_document(Json& body, const char* member, const std::string& argument) {
  if (argument.empty()) return;
  auto parsed = asl::parse_text(text_or_file(argument));
  if (const auto* fault = std::get_if<asl::TextError>(&parsed)) {
    throw std::runtime_error(std::string(member) + " is no JSON: " + fault->message);
  }
  body[member] = std::get<Json>(std::move(parsed));
}

}  // namespace pawl::engine
