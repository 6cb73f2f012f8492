// The fields of generated states: what goes in, what comes of it, and who takes an error.
#include "tests/simulation/generator.h"

namespace pawl::simulation {
namespace {

std::string jsonata(const std::string& source) { return "{% " + source + " %}"; }

}  // namespace

std::string Generator::error_name() {
  return std::string(1, static_cast<char>('A' + dice_.below(3)));
}

std::string Generator::path(const Spot& spot, const Surroundings& around) {
  if (!around.variables.empty() && chance(4)) {
    const auto chosen =
        std::next(around.variables.begin(),
                  static_cast<std::ptrdiff_t>(dice_.below(around.variables.size())));
    if (*chosen != "?") return "$" + *chosen;
  }
  if (around.in_map && chance(6)) return chance(2) ? "$$.Map.Item.Index" : "$$.Map.Item.Value";
  if (chance(60)) return "$.missing";
  if (!spot.knows_document) return chance(3) ? "$$.Execution.Input.k" : "$";
  static const char* const kPaths[] = {
      "$", "$.k", "$.n", "$.s", "$.l", "$.o", "$.o.x", "$$.State.Name", "$$.Execution.Input.l"};
  return kPaths[dice_.below(std::size(kPaths))];
}

std::string Generator::intrinsic(const Spot& spot, const Surroundings& around) {
  if (spot.knows_document) {
    switch (dice_.below(4)) {
      case 0:
        return "States.MathAdd($.k, " + std::to_string(dice_.between(1, 5)) + ")";
      case 1:
        return "States.ArrayLength($.l)";
      case 2:
        return "States.Format('n is {}', $.n)";
      default:
        break;
    }
  }
  return "States.Array(" + path(spot, around) + ", 1)";
}

std::string Generator::expression(const Spot& spot, const Surroundings& around) {
  if (!around.variables.empty() && chance(3)) {
    const std::string& name = *around.variables.rbegin();
    if (name != "?") return jsonata("$" + name);
  }
  if (chance(60)) return jsonata("$states.input.missing");
  if (!spot.knows_document) return jsonata("$states.context.Execution.Input.k");
  static const char* const kSources[] = {"$states.input.k",
                                         "$states.input.n + 2",
                                         "$count($states.input.l)",
                                         "$states.input.s & '!'",
                                         "$states.input.o",
                                         "$states.context.State.Name",
                                         "$states.input.k < 3",
                                         "$states.input"};
  return jsonata(kSources[dice_.below(std::size(kSources))]);
}

// The same document again, so that a payload does not grow.
Json Generator::document(bool in_jsonata, bool counts) const {
  Json made = Json::object();
  for (const char* name : {"k", "n", "s", "l", "o"}) {
    const std::string member(name);
    if (in_jsonata) {
      const bool adds = counts && member == "n";
      made[member] = jsonata("$states.input." + member + (adds ? " + 1" : ""));
    } else if (counts && member == "n") {
      made["n.$"] = "States.MathAdd($.n, 1)";
    } else {
      made[member + ".$"] = "$." + member;
    }
  }
  return made;
}

Json Generator::item_document(bool in_jsonata) const {
  Json made = document(in_jsonata, false);
  if (in_jsonata) {
    made["k"] = jsonata("$states.context.Map.Item.Index");
    made["v"] = jsonata("$states.context.Map.Item.Value");
  } else {
    made["k.$"] = "$$.Map.Item.Index";
    made["v.$"] = "$$.Map.Item.Value";
  }
  return made;
}

Json Generator::template_of(const Spot& spot, const Surroundings& around, bool in_jsonata) {
  Json made = Json::object();
  for (std::int64_t i = dice_.between(1, 3); i > 0; --i) {
    const std::string name(1, static_cast<char>('a' + i));
    if (chance(5)) {
      made[name] = Json{{"fixed", dice_.between(0, 9)}};
    } else if (in_jsonata) {
      made[name] = expression(spot, around);
    } else {
      made[name + ".$"] = chance(3) ? intrinsic(spot, around) : path(spot, around);
    }
  }
  return made;
}

void Generator::assign(Json& state, const Spot& spot, Surroundings& around, bool in_jsonata) {
  const std::string name = fresh("v");
  Json assigned = Json::object();
  if (in_jsonata) {
    assigned[name] = expression(spot, around);
  } else if (state.contains("Parameters") || state.contains("InputPath") ||
             state.contains("Result")) {
    assigned[name + ".$"] = "$";  // $ is not the document there
  } else {
    assigned[name + ".$"] = path(spot, around);
  }
  state["Assign"] = std::move(assigned);
  if (!around.variables.contains("?")) around.variables.insert(name);
}

// Where the result of a Task, Parallel or Map goes.
void Generator::take_result(
    Json& state, Spot& spot, Surroundings& around, bool in_jsonata, bool is_array) {
  // A catcher may have taken the state past what it sets.
  const bool is_sure = !state.contains("Catch");
  if (!is_sure) around.variables.insert("?");
  if (in_jsonata) {
    if (chance(3) && is_sure) {
      const std::string name = fresh("v");
      state["Assign"] = Json{{name, jsonata("$states.result")}};
      if (!around.variables.contains("?")) around.variables.insert(name);
    }
    if (spot.knows_document && !chance(8)) {
      state["Output"] = document(true, false);
      state["Output"]["r"] = jsonata(is_array ? "$count($states.result)" : "$states.result");
    } else {
      spot.knows_document = false;
    }
    return;
  }
  if (chance(5)) {
    Json selector = Json::object();
    selector["all.$"] = "$";
    if (is_array && chance(3)) selector["first.$"] = "$[0]";
    if (!is_array && chance(12)) selector["r.$"] = "$.r";
    state["ResultSelector"] = std::move(selector);
  }
  if (chance(5) && is_sure) {
    const std::string name = fresh("v");
    state["Assign"] = Json{{name + ".$", "$"}};
    if (!around.variables.contains("?")) around.variables.insert(name);
  }
  if (!spot.knows_document && chance(2)) return;
  if (!spot.knows_document) {
    state["ResultPath"] = nullptr;
  } else if (!chance(10)) {
    state["ResultPath"] = chance(6) ? Json(nullptr) : Json("$." + fresh("r"));
  } else {
    spot.knows_document = false;
  }
}

void Generator::handlers(Json& state, Spot& spot, bool in_jsonata) {
  if (chance(2)) {
    Json retries = Json::array();
    for (std::int64_t i = dice_.between(1, 2); i > 0; --i) {
      Json retrier = Json::object();
      static const char* const kNames[] = {
          "A", "B", "C", "States.Timeout", "States.TaskFailed", "States.HeartbeatTimeout"};
      retrier["ErrorEquals"] = Json::array({kNames[dice_.below(std::size(kNames))]});
      if (i == 1 && chance(4)) retrier["ErrorEquals"] = Json::array({"States.ALL"});
      retrier["IntervalSeconds"] = dice_.between(chance(6) ? 0 : 1, 3);
      retrier["MaxAttempts"] = dice_.between(0, 2);
      if (chance(2)) retrier["BackoffRate"] = chance(2) ? 1.5 : 1.0;
      if (chance(5)) retrier["MaxDelaySeconds"] = 4;
      if (is_wild_ && chance(2)) retrier["JitterStrategy"] = "FULL";
      retries.push_back(std::move(retrier));
    }
    state["Retry"] = std::move(retries);
  }
  if (spot.ends() || chance(2)) return;
  Json catcher = Json::object();
  static const char* const kNames[] = {"A", "B", "States.Timeout", "States.TaskFailed"};
  catcher["ErrorEquals"] =
      Json::array({chance(2) ? "States.ALL" : kNames[dice_.below(std::size(kNames))]});
  catcher["Next"] = spot.names[spot.at + 1 + dice_.below(spot.names.size() - spot.at - 1)];
  if (in_jsonata) {
    if (spot.knows_document) {
      catcher["Output"] = document(true, false);
      catcher["Output"]["e"] = jsonata("$states.errorOutput.Error");
    }
    if (chance(3)) catcher["Assign"] = Json{{fresh("e"), jsonata("$states.errorOutput.Error")}};
  } else {
    if (spot.knows_document) catcher["ResultPath"] = chance(9) ? Json(nullptr) : Json("$.error");
    if (chance(3)) catcher["Assign"] = Json{{fresh("e") + ".$", "$.Error"}};
  }
  state["Catch"] = Json::array({std::move(catcher)});
}

void Generator::tolerance(Json& state) {
  if (chance(4)) state["ToleratedFailureCount"] = dice_.between(0, 2);
  if (chance(6)) state["ToleratedFailurePercentage"] = 10 * dice_.between(0, 10);
}

}  // namespace pawl::simulation
