// What a caller may do, and what an action wants its caller to be allowed. Each registration of an
// action or a route names its scope.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pawl::engine {

// Each includes those before it.
enum class Scope {
  kOpen,   // asked of nobody: health
  kRead,   // look: describe, list, histories, logs
  kRun,    // work with what is defined: start, stop, redrive, answer tasks, call functions
  kAdmin,  // say what is run: create, update, delete, run a definition or program of one's own
};

inline std::string_view to_string(Scope scope) {
  switch (scope) {
    case Scope::kOpen:
      return "open";
    case Scope::kRead:
      return "read";
    case Scope::kRun:
      return "run";
    case Scope::kAdmin:
      return "admin";
  }
  return "admin";
}

// Of "read", "run" and "admin".
inline std::optional<Scope> parse_scope(std::string_view text) {
  for (const Scope scope : {Scope::kRead, Scope::kRun, Scope::kAdmin}) {
    if (text == to_string(scope)) return scope;
  }
  return std::nullopt;
}

// How a service words its errors.
enum class Dialect {
  kProblem,  // application/problem+json: Pawl's own resources
  kAwsJson,  // {"__type", "message"}
  kAwsRest,  // {"message"}, with the type in a header: Lambda, SageMaker runtime
  kS3,       // XML
};

// What a request asks for, read off its head.
struct Access {
  Scope scope = Scope::kAdmin;
  std::string action;   // "states:StartExecution", "GET /executions/{}"
  std::string service;  // that its signature must be for ("states"); empty: any
  Dialect dialect = Dialect::kProblem;
  // For metrics: the action when there is one of this name. Empty: not known; never as the client
  // put it.
  std::string route = {};
};

// How much of its rate a caller has used.
struct RateState {
  int limit = 0;    // at once; 0: there is no limit
  int left = 0;     // -1: there was none left
  int reset_s = 0;  // until the next one
};

// Who sent a request.
struct Caller {
  std::string name;  // "token:ci", "key:AKIA...", "anonymous"
  Scope scope = Scope::kOpen;
  RateState rate = {};
};

}  // namespace pawl::engine
