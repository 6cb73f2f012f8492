#include "engine/api/rest/labels.h"

#include <algorithm>

#include "engine/api/rest/problem.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kNameMax = 80;

bool is_label_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-' || c == '/';
         });
}

}  // namespace

Labels labels_in(const Json& body) {
  Labels labels;
  const auto found = body.find("labels");
  if (found == body.end()) return labels;
  for (const auto& [name, value] : found->items()) {
    if (!is_label_name(name)) {
      throw bad_field("/labels",
                      "'" + name +
                          "' is no name of a label: up to 80 letters, digits, '.', '_', "
                          "'-' and '/' are expected");
    }
    labels[name] = value.get<std::string>();
  }
  if (labels.size() > kLabelsMax) {
    throw bad_field("/labels", "At most " + std::to_string(kLabelsMax) + " labels are taken");
  }
  return labels;
}

std::pair<std::string, std::string> label_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || !is_label_name(text.substr(0, equals))) {
    throw bad_field("?label", "NAME=VALUE is expected");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Json labels_json(const Labels& labels) {
  Json shown = Json::object();
  for (const auto& [name, value] : labels) shown[name] = value;
  return shown;
}

}  // namespace pawl::engine::rest
