#include "tests/simulation/generator.h"

namespace pawl::simulation {
namespace {

constexpr std::int64_t kLoopsMax = 3;
constexpr int kDepthMax = 2;

}  // namespace

Json Generator::machine() {
  Surroundings around;
  around.depth = kDepthMax;
  around.jsonata_only = chance(5);
  Json machine = graph(around, true);
  if (around.jsonata_only) machine["QueryLanguage"] = "JSONata";
  if (chance(5)) machine["TimeoutSeconds"] = dice_.between(1, 30);
  return machine;
}

Json Generator::input() {
  Json list = Json::array();
  for (std::int64_t i = dice_.between(0, 4); i > 0; --i) list.push_back(dice_.between(0, 9));
  Json input = Json::object();
  input["k"] = dice_.between(0, 5);
  input["n"] = 0;
  input["s"] = chance(2) ? "red" : "blue";
  input["l"] = std::move(list);
  input["o"]["x"] = dice_.between(0, 9);
  return input;
}

Json Generator::graph(Surroundings around, bool knows_document) {
  Spot spot;
  spot.knows_document = knows_document;
  const std::int64_t count = dice_.between(1, around.depth == kDepthMax ? 6 : 3);
  for (std::int64_t i = 0; i < count; ++i) spot.names.push_back(fresh("S"));
  // The counting state stands before the one that leads back to it.
  std::size_t loop_from = spot.names.size();
  std::size_t loop_to = spot.names.size();
  if (count >= 3 && knows_document && chance(3)) {
    loop_to = dice_.below(spot.names.size() - 2);
    loop_from = loop_to + 1 + dice_.below(spot.names.size() - 2 - loop_to);
  }
  Json states = Json::object();
  for (; spot.at < spot.names.size(); ++spot.at) {
    spot.jsonata = around.jsonata_only || chance(4);
    Json made;
    if (spot.at == loop_to) {
      made = counting(spot);
    } else if (spot.at == loop_from) {
      made = looping(spot, loop_to);
    } else {
      made = state(spot, around);
    }
    if (spot.jsonata && !around.jsonata_only) made["QueryLanguage"] = "JSONata";
    states[spot.names[spot.at]] = std::move(made);
  }
  Json graph = Json::object();
  graph["StartAt"] = spot.names.front();
  graph["States"] = std::move(states);
  return graph;
}

Json Generator::state(Spot& spot, Surroundings& around) {
  if (spot.ends() && chance(4)) return last(spot);
  switch (dice_.below(around.depth > 0 ? 12 : 8)) {
    case 0:
    case 1:
      return pass(spot, around);
    case 2:
      return spot.names.size() - spot.at > 2 ? choice(spot, around) : pass(spot, around);
    case 3:
      return wait(spot, around);
    case 4:
    case 5:
    case 6:
    case 7:
      return task(spot, around);
    case 8:
    case 9:
      return parallel(spot, around);
    default:
      return map(spot, around);
  }
}

void Generator::exit(Json& state, const Spot& spot) const {
  if (spot.ends()) {
    state["End"] = true;
  } else {
    state["Next"] = spot.names[spot.at + 1];
  }
}

Json Generator::counting(const Spot& spot) const {
  Json state = {{"Type", "Pass"}};
  state[spot.jsonata ? "Output" : "Parameters"] = document(spot.jsonata, true);
  exit(state, spot);
  return state;
}

Json Generator::pass(Spot& spot, Surroundings& around) {
  Json state = {{"Type", "Pass"}};
  if (spot.jsonata) {
    if (chance(2)) assign(state, spot, around, true);
    if (chance(2)) {
      state["Output"] = spot.knows_document ? document(true, false) : Json("{% $states.input %}");
    } else if (chance(4)) {
      state["Output"] = template_of(spot, around, true);
      spot.knows_document = false;
    }
  } else {
    if (chance(3)) state["Parameters"] = template_of(spot, around, false);
    if (chance(4)) state["Result"] = chance(2) ? Json(dice_.between(0, 9)) : Json({{"x", 7}});
    if (chance(6) && spot.knows_document && !state.contains("Parameters")) {
      state["InputPath"] = path(spot, around);
    }
    if (chance(3)) assign(state, spot, around, false);
    if (chance(40)) state["OutputPath"] = "$.missing";
    const bool changes =
        state.contains("Parameters") || state.contains("Result") || state.contains("InputPath");
    if (changes && !chance(8)) {
      state["ResultPath"] = chance(5) ? Json(nullptr) : Json("$." + fresh("r"));
      if (!spot.knows_document) state["ResultPath"] = nullptr;
    } else if (changes) {
      spot.knows_document = false;
    }
  }
  exit(state, spot);
  return state;
}

Json Generator::wait(const Spot& spot, const Surroundings& around) {
  Json state = {{"Type", "Wait"}};
  switch (dice_.below(6)) {
    case 0:
      // Up to 40 s after the begin.
      state["Timestamp"] = "2023-11-14T22:13:" + std::to_string(dice_.between(20, 59)) + "Z";
      break;
    case 1:
      if (spot.knows_document && !spot.jsonata) {
        state["SecondsPath"] = "$.k";
        break;
      }
      [[fallthrough]];
    case 2:
      if (spot.knows_document && spot.jsonata) {
        state["Seconds"] = "{% $states.input.k %}";
        break;
      }
      [[fallthrough]];
    default:
      state["Seconds"] = dice_.between(0, around.depth == kDepthMax ? 8 : 3);
  }
  exit(state, spot);
  return state;
}

Json Generator::choice(const Spot& spot, Surroundings& around) {
  Json state = {{"Type", "Choice"}};
  Json rule = Json::object();
  if (spot.jsonata) {
    rule["Condition"] = spot.knows_document
                            ? "{% $states.input.k < " + std::to_string(dice_.between(0, 6)) + " %}"
                            : std::string("{% $exists($states.input.k) %}");
  } else if (!spot.knows_document) {
    rule["Variable"] = "$.k";
    rule["IsPresent"] = chance(2);
  } else if (chance(2)) {
    rule["Variable"] = chance(3) ? "$$.Execution.Input.k" : "$.k";
    rule[chance(2) ? "NumericLessThan" : "NumericEquals"] = dice_.between(0, 5);
  } else {
    Json color = {{"Variable", "$.s"}, {"StringEquals", "red"}};
    Json number = {{"Variable", "$.n"}, {"NumericGreaterThan", dice_.between(0, 2)}};
    switch (dice_.below(3)) {
      case 0:
        rule["Not"] = std::move(color);
        break;
      case 1:
        rule["And"] = Json::array({std::move(color), std::move(number)});
        break;
      default:
        rule["Or"] = Json::array({std::move(color), std::move(number)});
    }
  }
  if (chance(3)) rule["Assign"] = {{fresh("c"), dice_.between(0, 9)}};
  rule["Next"] = spot.names[spot.at + 2 + dice_.below(spot.names.size() - spot.at - 2)];
  state["Choices"] = Json::array({std::move(rule)});
  if (!chance(20)) state["Default"] = spot.names[spot.at + 1];
  if (!state.contains("Default")) state["Choices"][0]["Next"] = spot.names[spot.at + 1];
  // Nothing behind may count on what is set or made between here and there.
  around.variables.insert("?");
  return state;
}

Json Generator::looping(const Spot& spot, std::size_t back_to) {
  Json state = {{"Type", "Choice"}};
  Json rule = Json::object();
  const std::int64_t bound = dice_.between(1, kLoopsMax);
  if (spot.jsonata) {
    rule["Condition"] = "{% $states.input.n < " + std::to_string(bound) + " %}";
  } else {
    Json present = {{"Variable", "$.n"}, {"IsPresent", true}};
    Json less = {{"Variable", "$.n"}, {"NumericLessThan", bound}};
    rule["And"] = Json::array({std::move(present), std::move(less)});
  }
  rule["Next"] = spot.names[back_to];
  state["Choices"] = Json::array({std::move(rule)});
  state["Default"] = spot.names[spot.at + 1];
  return state;
}

Json Generator::last(const Spot& spot) {
  if (chance(2)) return {{"Type", "Succeed"}};
  Json state = {{"Type", "Fail"}};
  state["Error"] = error_name();
  if (spot.jsonata && spot.knows_document && chance(3)) state["Error"] = "{% $states.input.s %}";
  if (chance(2)) state["Cause"] = "as it was told";
  return state;
}

Json Generator::task(Spot& spot, Surroundings& around) {
  Json state = task_fields(spot, around, spot.jsonata);
  state["Type"] = "Task";
  if (chance(2)) {
    if (!spot.jsonata && spot.knows_document && chance(8)) {
      state["TimeoutSecondsPath"] = "$.k";
    } else {
      state["TimeoutSeconds"] = dice_.between(3, 6);
    }
  }
  if (chance(3)) state["HeartbeatSeconds"] = dice_.between(1, 2);
  handlers(state, spot, spot.jsonata);
  take_result(state, spot, around, spot.jsonata, false);
  exit(state, spot);
  return state;
}

Json Generator::task_fields(const Spot& spot, const Surroundings& around, bool jsonata) {
  Json state = Json::object();
  Json given;
  switch (dice_.below(5)) {
    case 0:
      state["Resource"] = "arn:aws:states:us-east-1:123456789012:activity:a";
      break;
    case 1: {
      state["Resource"] = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
      Json body = Json::object();
      body[jsonata ? "t" : "t.$"] = jsonata ? "{% $states.context.Task.Token %}" : "$$.Task.Token";
      given = {{"QueueUrl", "q"}, {"MessageBody", std::move(body)}};
      break;
    }
    case 2:
      state["Resource"] = "arn:aws:states:::glue:startJobRun.sync";
      given = {{"JobName", "j"}};
      break;
    default:
      state["Resource"] = "arn:aws:lambda:us-east-1:123456789012:function:f";
  }
  if (given.is_null() && chance(2)) given = template_of(spot, around, jsonata);
  if (!given.is_null()) state[jsonata ? "Arguments" : "Parameters"] = std::move(given);
  return state;
}

Json Generator::parallel(Spot& spot, Surroundings& around) {
  Json state = {{"Type", "Parallel"}};
  bool inner_knows = spot.knows_document;
  if (chance(4) && spot.knows_document) {
    state[spot.jsonata ? "Arguments" : "Parameters"] = document(spot.jsonata, false);
  } else if (chance(12)) {
    state[spot.jsonata ? "Arguments" : "Parameters"] = template_of(spot, around, spot.jsonata);
    inner_knows = false;
  }
  Surroundings inside = around;
  --inside.depth;
  Json branches = Json::array();
  for (std::int64_t i = dice_.between(1, 3); i > 0; --i) {
    branches.push_back(graph(inside, inner_knows));
  }
  state["Branches"] = std::move(branches);
  handlers(state, spot, spot.jsonata);
  take_result(state, spot, around, spot.jsonata, true);
  exit(state, spot);
  return state;
}

Json Generator::map(Spot& spot, Surroundings& around) {
  Json state = {{"Type", "Map"}};
  bool inner_knows = false;
  if (spot.jsonata) {
    state["Items"] = spot.knows_document ? Json("{% $states.input.l %}")
                                         : Json("{% $states.context.Execution.Input.l %}");
  } else {
    state["ItemsPath"] = spot.knows_document ? "$.l" : "$$.Execution.Input.l";
    if (chance(8) && spot.knows_document) state["MaxConcurrencyPath"] = "$.k";
  }
  if (spot.knows_document && !chance(4)) {
    state["ItemSelector"] = item_document(spot.jsonata);
    inner_knows = true;
  }
  if (!state.contains("MaxConcurrencyPath")) state["MaxConcurrency"] = dice_.between(0, 3);
  tolerance(state);
  Surroundings inside = around;
  --inside.depth;
  inside.in_map = true;
  state["ItemProcessor"] = graph(inside, inner_knows);
  if (is_wild_ && chance(4)) {
    state["ItemProcessor"]["ProcessorConfig"] =
        Json{{"Mode", "DISTRIBUTED"}, {"ExecutionType", "STANDARD"}};
  }
  handlers(state, spot, spot.jsonata);
  take_result(state, spot, around, spot.jsonata, true);
  exit(state, spot);
  return state;
}

}  // namespace pawl::simulation
