// What a Task's Resource may be: a function, an activity, or a service integration and its pattern.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pawl::asl {

enum class Pattern : unsigned {
  kRequestResponse = 1,
  kSync = 2,
  kSync2 = 4,  // .sync:2, whose output is parsed JSON
  kWaitForTaskToken = 8,
};

// One optimized integration: its patterns and the members that a request needs.
struct Integration {
  std::string_view service;
  std::string_view action;
  unsigned patterns = 0;
  std::array<std::string_view, 2> required = {};
  std::span<const std::string_view> members = {};  // that a request may have; empty: not known here

  // Whether `name` is one of them, as the API or as the SDK spells it (the first letter's case).
  bool takes(std::string_view name) const;
  bool has(Pattern pattern) const { return (patterns & static_cast<unsigned>(pattern)) != 0; }
};

// Sorted by service and action.
std::span<const Integration> optimized_integrations();

// [pawl] DESIGN: what Pawl takes and AWS does not; a definition that uses one is warned.
std::span<const Integration> extension_integrations();

struct TaskResource {
  enum class Kind { kFunction, kActivity, kOptimized, kAwsSdk };
  Kind kind = Kind::kFunction;
  std::string service;  // "lambda", "glue"; kAwsSdk: the SDK's name of the service, "s3"
  std::string action;   // "startJobRun"; empty for functions and activities
  Pattern pattern = Pattern::kRequestResponse;
  const Integration* integration = nullptr;  // kOptimized
  bool is_extension = false;
};

struct ResourceFault {
  std::string message;
};

// The text of a Resource, or why AWS refuses it.
std::optional<TaskResource> parse_resource(std::string_view text, ResourceFault& fault);

}  // namespace pawl::asl
