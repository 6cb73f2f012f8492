// What the load is made of: requests of programs and of people, in fixed shares.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "asl/json.h"

namespace pawl::load {

struct Request {
  std::string label;   // the action, or the REST resource
  std::string target;  // X-Amz-Target; empty: a GET of `path`
  std::string path = "/";
  std::string body;
  int status = 200;  // that is no error
};

// Knows the state machines that setup() has made and some executions, so that requests ask for what
// is there. One thread.
class Mix {
 public:
  explicit Mix(std::uint64_t seed) : random_(seed) {}

  // Made once, before the load.
  static std::vector<Request> setup();
  Request next();
  // The answers of setup() and of starts tell which ARNs there are.
  void learn(const Request& request, const std::string& answer);

 private:
  struct Kind {
    int weight;
    Request (Mix::*make)();
  };
  static const std::vector<Kind>& kinds();

  Request start();
  Request start_sync();
  Request describe();
  Request history();
  Request list_executions();
  Request list_machines();
  Request describe_machine();
  Request validate();
  Request test_state();
  Request guessed_token();
  Request list_tags();
  Request executions_page();
  Request steps_page();

  std::string some_execution();

  std::mt19937_64 random_;
  std::vector<std::string> executions_;  // the newest; a ring
  std::size_t oldest_ = 0;
};

}  // namespace pawl::load
