// What the OpenAPI document says of each route: one file per resource here, as there is one with
// its handlers. tests/engine/api/openapi_test.cpp finds a route that nobody describes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "asl/json.h"
#include "engine/api/rest/rest.h"

namespace pawl::engine {

struct OperationAnswer {
  int status = 200;
  // "Execution"; "[Execution]": a page of them; empty: no body. "Execution?": with some of its
  // members only, when ?fields= asks for them.
  std::string schema = {};
  std::vector<std::string> headers = {};
  std::string media = "application/json";
};

struct Operation {
  std::string method;
  std::string path;  // "/executions/{execution}/steps": the route's pattern with names in it
  std::string id;    // "listSteps"
  std::string summary;
  std::vector<std::string> headers = {};  // of the request, beside Idempotency-Key of every POST
  std::string body = {};                  // the schema of the request's; empty: it takes none
  bool takes_anything = false;            // a body of any media type, unread
  std::vector<OperationAnswer> answers;
  // Statuses of problems, beside those that every operation may answer: openapi_document().
  std::vector<int> problems = {};

  std::string pattern() const;  // the path with {} for each name
  std::string tag() const;      // its first segment, without a verb
};

// The name of its schema among the document's components: "[Execution]" -> "ExecutionPage".
std::string component_of(const std::string& schema);

// By resource. The second of each: {"Name": schema, ...}, of JSON Schema 2020-12 what
// schema_check.h knows.
std::vector<Operation> activity_operations();
std::string_view activity_schemas();
std::vector<Operation> artifact_operations();
std::string_view artifact_schemas();
asl::Json artifact_parameters();
std::vector<Operation> definition_operations();
std::string_view definition_schemas();
std::vector<Operation> execution_operations();
std::string_view execution_schemas();
std::vector<Operation> history_operations();
std::string_view history_schemas();
std::vector<Operation> job_operations();
std::string_view job_schemas();
asl::Json job_parameters();
std::vector<Operation> registry_operations();
std::string_view registry_schemas();
std::vector<Operation> release_operations();
std::string_view release_schemas();
std::vector<Operation> run_operations();
std::string_view run_schemas();
asl::Json run_parameters();
std::vector<Operation> schedule_operations();
std::string_view schedule_schemas();
std::vector<Operation> server_operations();
std::string_view server_schemas();
std::vector<Operation> serving_operations();
std::string_view serving_schemas();
asl::Json serving_parameters();
std::vector<Operation> state_machine_operations();
std::string_view state_machine_schemas();
std::string_view shared_schemas();

// All of them, by path and method.
const std::vector<Operation>& rest_operations();
const Operation* operation_of(const RestRoute& route);  // null: nobody describes it
// #/components/schemas of the document. With a page schema for each one that is paged.
const asl::Json& rest_schemas();

// #/components/parameters: query and header parameters by name, path parameters too. One that means
// something else to the resources of a tag is named after the tag as well: "query.jobs.since".
asl::Json shared_parameters();
// #/components/headers: of answers.
asl::Json shared_headers();

// The document, of OpenAPI 3.1.
asl::Json openapi_document(const std::string& version);

}  // namespace pawl::engine
