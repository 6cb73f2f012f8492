#include "engine/api/rest/fields.h"

#include "engine/api/rest/openapi/operation.h"
#include "engine/api/rest/problem.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

std::string names_in_words(const Json& properties) {
  std::string words;
  for (const auto& [name, schema] : properties.items()) {
    words += (words.empty() ? "" : ", ") + name;
  }
  return words;
}

}  // namespace

Fields::Fields(const RestCall& call, const char* schema) {
  const auto list = call.request->query_value("fields");
  if (!list) return;
  const Json& known = rest_schemas().at(schema).at("properties");
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= list->size();) {
    const std::size_t end = std::min(list->find(',', at), list->size());
    names.push_back(list->substr(at, end - at));
    if (!known.contains(names.back())) {
      throw bad_field("?fields",
                      "'" + names.back() + "' is no member; there are " + names_in_words(known));
    }
    at = end + 1;
  }
  wanted_ = std::move(names);
}

Json Fields::of(Json item) const {
  if (!wanted_) return item;
  Json some = Json::object();
  for (const std::string& name : *wanted_) {
    if (const auto found = item.find(name); found != item.end()) some[name] = std::move(*found);
  }
  return some;
}

}  // namespace pawl::engine::rest
