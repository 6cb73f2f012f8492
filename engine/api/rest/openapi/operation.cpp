#include "engine/api/rest/openapi/operation.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

namespace pawl::engine {

using asl::Json;

namespace {

void add_schemas(Json& all, std::string_view text) {
  const Json schemas = Json::parse(text);
  for (const auto& [name, schema] : schemas.items()) all[name] = schema;
}

// "[Step]" -> "Step"; of what is no page nothing.
std::string paged(const std::string& schema) {
  return schema.starts_with("[") ? component_of(schema.substr(1, schema.size() - 2)) : "";
}

// For "Step?": as "Step", but requires nothing.
void add_sparse(Json& all, std::string schema) {
  if (schema.starts_with("[")) schema = schema.substr(1, schema.size() - 2);
  if (!schema.ends_with("?")) return;
  const std::string whole = schema.substr(0, schema.size() - 1);
  Json sparse = all.at(whole);
  sparse.erase("required");
  all[component_of(schema)] = {
      {"anyOf", Json::array({{{"$ref", "#/components/schemas/" + whole}}, std::move(sparse)})}};
}

Json page_schema(const std::string& item) {
  return {{"type", "object"},
          {"required", Json::array({"items"})},
          {"properties",
           {{"items", {{"type", "array"}, {"items", {{"$ref", "#/components/schemas/" + item}}}}},
            {"nextPageToken",
             {{"type", "string"}, {"description", "There are more: the pageToken of the next"}}}}}};
}

Json make_schemas() {
  Json all = Json::object();
  for (const std::string_view text : {shared_schemas(),
                                      activity_schemas(),
                                      artifact_schemas(),
                                      definition_schemas(),
                                      execution_schemas(),
                                      history_schemas(),
                                      job_schemas(),
                                      registry_schemas(),
                                      release_schemas(),
                                      run_schemas(),
                                      schedule_schemas(),
                                      server_schemas(),
                                      serving_schemas(),
                                      state_machine_schemas()}) {
    add_schemas(all, text);
  }
  for (const Operation& operation : rest_operations()) {
    for (const OperationAnswer& answer : operation.answers) {
      add_sparse(all, answer.schema);
      const std::string item = paged(answer.schema);
      if (!item.empty()) all[item + "Page"] = page_schema(item);
    }
  }
  return all;
}

std::vector<Operation> make_operations() {
  std::vector<Operation> all;
  for (std::vector<Operation> some : {activity_operations(),
                                      artifact_operations(),
                                      definition_operations(),
                                      execution_operations(),
                                      history_operations(),
                                      job_operations(),
                                      registry_operations(),
                                      release_operations(),
                                      run_operations(),
                                      schedule_operations(),
                                      server_operations(),
                                      serving_operations(),
                                      state_machine_operations()}) {
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(), [](const Operation& a, const Operation& b) {
    return std::tie(a.path, a.method) < std::tie(b.path, b.method);
  });
  return all;
}

}  // namespace

std::string component_of(const std::string& schema) {
  if (schema.starts_with("[")) return component_of(schema.substr(1, schema.size() - 2)) + "Page";
  return schema.ends_with("?") ? "Some" + schema.substr(0, schema.size() - 1) : schema;
}

std::string Operation::pattern() const {
  std::string text;
  bool is_name = false;
  for (const char c : path) {
    if (c == '}') is_name = false;
    if (!is_name) text += c;
    if (c == '{') is_name = true;
  }
  return text;
}

std::string Operation::tag() const {
  const std::string first = path.substr(1, path.find('/', 1) - 1);
  return first.substr(0, first.find_first_of(":{."));
}

const std::vector<Operation>& rest_operations() {
  static const std::vector<Operation> kOperations = make_operations();
  return kOperations;
}

const Operation* operation_of(const RestRoute& route) {
  static const auto kByRoute = [] {
    std::map<std::string, const Operation*> all;
    for (const Operation& operation : rest_operations()) {
      all[operation.method + " " + operation.pattern()] = &operation;
    }
    return all;
  }();
  const auto found = kByRoute.find(std::string(route.method) + " " + route.pattern);
  return found == kByRoute.end() ? nullptr : found->second;
}

const Json& rest_schemas() {
  static const Json kSchemas = make_schemas();
  return kSchemas;
}

}  // namespace pawl::engine
