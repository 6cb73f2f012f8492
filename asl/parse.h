// Definition text -> StateMachine, or every diagnostic at once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "asl/definition.h"

namespace pawl::asl {

enum class Severity { kError, kWarning };

// As ValidateStateMachineDefinition reports it.
struct Diagnostic {
  Severity severity = Severity::kError;
  std::string code;     // SCHEMA_VALIDATION_FAILED, MISSING_TRANSITION_TARGET ...
  std::string message;  // AWS's wording
  std::optional<std::string>
      location;  // AWS's grammar: "/States/X/Next", "/States/C/Choices[0]/Next"; "/" is the top
  std::string pointer;   // RFC 6901, escaped; "" is the top
  bool is_ours = false;  // a warning that AWS does not give
};

enum class MachineType { kStandard, kExpress };

struct ParseOptions {
  MachineType type = MachineType::kStandard;
};

struct Parsed {
  std::shared_ptr<const StateMachine> machine;  // null when a diagnostic is an error
  std::vector<Diagnostic> diagnostics;
};

// All checks of CreateStateMachine and ValidateStateMachineDefinition. Never throws, never reads
// beyond `text`.
Parsed parse_definition(std::string_view text, const ParseOptions& options = {});
inline Parsed parse_definition(std::string_view text, MachineType type) {
  return parse_definition(text, ParseOptions{type});
}

// [seen] "Invalid State Machine Definition: 'CODE: message at /location, CODE: message at null'"
std::string invalid_definition_message(const std::vector<Diagnostic>& diagnostics);

}  // namespace pawl::asl
