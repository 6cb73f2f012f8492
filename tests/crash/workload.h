// What the clients of a crash run ask for, and what has to come of it.
#pragma once

#include <map>
#include <string>

namespace pawl::crash {

struct Workload {
  std::string name;        // of the state machine
  std::string definition;  // JSON
  std::string input;
  std::map<std::string, int> events;  // how many of each type a whole history holds
  std::string output;                 // with "NAME" for the execution's name
};

// Ten Pass states in a row.
Workload steps_workload();
// Tasks that call the outside: one after the other, beside one another, in a Map, and one that
// fails the first time.
Workload effects_workload();
// A function that the server runs itself, which it does once whatever happens.
Workload once_workload();

inline constexpr const char* kObserver = "observe";  // functions of the server's configuration
inline constexpr const char* kOnce = "once";
inline constexpr const char* kFailsFirst = "/Flaky/0";  // in the key of the call that fails

}  // namespace pawl::crash
