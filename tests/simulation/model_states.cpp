// How each kind of state ends, and who takes its errors.
#include <algorithm>
#include <cmath>

#include "tests/simulation/model_scope.h"

namespace pawl::simulation {
namespace {

constexpr int kVisitsMax = 4'000;

std::optional<std::string> next_of(const Json& state) {
  const auto next = state.find("Next");
  if (next == state.end()) return std::nullopt;
  return next->get<std::string>();
}

std::int64_t delay_ms(const Json& retrier, int used) {
  double seconds = retrier.value("IntervalSeconds", 1.0) *
                   std::pow(retrier.value("BackoffRate", 2.0), static_cast<double>(used));
  if (retrier.contains("MaxDelaySeconds")) {
    seconds = std::min(seconds, retrier.at("MaxDelaySeconds").get<double>());
  }
  return std::llround(seconds * 1000);
}

Json error_document(const ModelError& error) {
  Json document = Json::object();
  document["Error"] = error.name;
  if (error.cause) document["Cause"] = *error.cause;
  if (!error.cause && error.name == "States.Timeout") document["Cause"] = "";
  return document;
}

ModelVariables assigned_by(const Json& holder, const ModelReading& reading, bool jsonata) {
  ModelVariables assigned;
  const auto assign = holder.find("Assign");
  if (assign == holder.end()) return assigned;
  const Json values = template_value(*assign, reading, jsonata);
  for (auto value = values.begin(); value != values.end(); ++value) {
    assigned[value.key()] = value.value();
  }
  return assigned;
}

std::int64_t number_at(const Json& state, const std::string& field, const ModelReading& reading) {
  const Json value = path_value(state.at(field).get<std::string>(), reading);
  if (!value.is_number_integer()) throw Unpredictable{field + " leads to no number"};
  return value.get<std::int64_t>();
}

}  // namespace

ModelScope ModelScope::inside(std::size_t number) const {
  ModelScope inner;
  inner.simulated = simulated;
  inner.place = place + "/" + std::to_string(number);
  inner.variables = variables;
  inner.item = item;
  inner.item_index = item_index;
  return inner;
}

ModelReading ModelScope::reading(const Json& input_read) const {
  ModelReading reading;
  reading.input = input_read;
  reading.variables = &variables;
  reading.context["Execution"]["Input"] = simulated->input;
  reading.context["State"]["Name"] = state;
  if (item) {
    reading.context["Map"]["Item"]["Index"] = item_index;
    reading.context["Map"]["Item"]["Value"] = *item;
  }
  reading.context["Task"]["Token"] = kAnyText;
  return reading;
}

ScopeEnd Model::run() {
  ModelScope whole;
  whole.simulated = &simulated_;
  return graph_ends(simulated_.definition, whole, simulated_.input, {});
}

ScopeEnd Model::graph_ends(const Json& graph, ModelScope& scope, const Json& input, Instant at) {
  scope.state = graph.at("StartAt").get<std::string>();
  scope.input = input;
  while (true) {
    if (++visits_ > kVisitsMax) throw Unpredictable{"it goes on and on"};
    const Json& state = graph.at("States").at(scope.state);
    const Try end = state_ends(state, scope, at);
    if (end.how != How::kSucceeded) {
      return {end.how, end.at, {}, end.error, end.missed_heartbeat};
    }
    for (const auto& [name, value] : end.left.assigned) scope.variables[name] = value;
    if (!end.left.next) return {How::kSucceeded, end.at, end.left.output, {}, false};
    scope.state = *end.left.next;
    scope.input = end.left.output;
    at = end.at;
  }
}

bool Model::takes(const Json& handler, const Try& end) {
  for (const Json& each : handler.at("ErrorEquals")) {
    const std::string name = each.get<std::string>();
    if (name == end.error.name || name == "States.ALL") return true;
    if (name == "States.TaskFailed" && end.error.name != "States.Timeout") return true;
    if (name != "States.HeartbeatTimeout" || !end.missed_heartbeat) continue;
    // Nobody has seen whether a branch's missed heartbeat goes by that name outside of it.
    if (end.is_inner) throw Unpredictable{"a missed heartbeat further inside"};
    return true;
  }
  return false;
}

// With its retries, and its catchers.
Model::Try Model::state_ends(const Json& state, ModelScope& scope, Instant at) {
  scope.jsonata =
      state.value("QueryLanguage", simulated_.definition.value("QueryLanguage", "JSONPath")) ==
      "JSONata";
  std::vector<int> used(state.contains("Retry") ? state.at("Retry").size() : 0);
  Try end = tried(state, scope, at);
  while (end.how == How::kFailed) {
    std::size_t retrier = 0;
    while (retrier < used.size() && !takes(state.at("Retry")[retrier], end)) ++retrier;
    if (retrier == used.size()) break;
    const Json& chosen_retrier = state.at("Retry")[retrier];
    if (used[retrier] >= chosen_retrier.value("MaxAttempts", 3)) break;
    const Instant again = calendar_.after(end.at, delay_ms(chosen_retrier, used[retrier]++));
    end = tried(state, scope, again);
  }
  if (end.how != How::kFailed || !state.contains("Catch")) return end;
  for (const Json& catcher : state.at("Catch")) {
    if (!takes(catcher, end)) continue;
    try {
      end.left = caught(catcher, scope, end.error);
      end.how = How::kSucceeded;
    } catch (const Unevaluable& failure) {
      end.error = failure.error;
      if (failure.is_fatal) end.how = How::kFatal;
    }
    break;
  }
  return end;
}

Model::Left Model::caught(const Json& catcher, ModelScope& scope, const ModelError& error) {
  const Json document = error_document(error);
  ModelReading reading = scope.reading(scope.jsonata ? scope.input : document);
  reading.error_output = document;
  Left left;
  left.assigned = assigned_by(catcher, reading, scope.jsonata);
  left.next = next_of(catcher);
  left.output = document;
  if (scope.jsonata) {
    if (catcher.contains("Output")) left.output = template_value(catcher["Output"], reading, true);
  } else if (catcher.contains("ResultPath")) {
    const Json& path = catcher.at("ResultPath");
    left.output =
        path.is_null() ? scope.input : placed(scope.input, path.get<std::string>(), document);
  }
  return left;
}

Model::Try Model::tried(const Json& state, ModelScope& scope, Instant at) {
  try {
    if (++visits_ > kVisitsMax) throw Unpredictable{"it goes on and on"};
    return done(state, scope, at);
  } catch (const Unevaluable& failure) {
    Try end;
    end.how = failure.is_fatal ? How::kFatal : How::kFailed;
    end.at = at;
    end.error = failure.error;
    return end;
  }
}

Model::Try Model::done(const Json& state, ModelScope& scope, Instant at) {
  const std::string type = state.at("Type").get<std::string>();
  if (type == "Fail") return failed_by_itself(state, scope, at);
  Json effective = scope.input;
  if (!scope.jsonata && state.contains("InputPath")) {
    effective = path_value(state.at("InputPath").get<std::string>(), scope.reading(scope.input));
  }
  if (type == "Choice") return chosen(state, scope, effective, at);
  if (type == "Wait") return waited(state, scope, effective, at);
  if (type == "Task") return called(state, scope, effective, at);
  if (type == "Parallel" || type == "Map") return with_children(state, scope, effective, at);
  if (!scope.jsonata && state.contains("Parameters")) {
    effective = template_value(state.at("Parameters"), scope.reading(effective), false);
  }
  const bool has_result = state.contains("Result");
  return result_taken(state, scope, has_result ? state.at("Result") : effective, has_result, at);
}

Model::Try Model::failed_by_itself(const Json& state, ModelScope& scope, Instant at) {
  const Json error = template_value(state.at("Error"), scope.reading(scope.input), scope.jsonata);
  if (!error.is_string()) throw Unevaluable{{"States.QueryEvaluationError", kAnyText}, false};
  Try end;
  end.how = How::kFailed;
  end.at = at;
  end.error.name = error.get<std::string>();
  if (state.contains("Cause")) end.error.cause = state.at("Cause").get<std::string>();
  return end;
}

Model::Try Model::chosen(const Json& state, ModelScope& scope, const Json& effective, Instant at) {
  const ModelReading reading = scope.reading(effective);
  for (const Json& rule : state.at("Choices")) {
    if (!rule_matches(rule, reading, scope.jsonata)) continue;
    Try end;
    end.at = at;
    end.left = {effective, assigned_by(rule, reading, scope.jsonata), next_of(rule)};
    return end;
  }
  if (!state.contains("Default")) throw Unevaluable{{"States.Runtime", kAnyText}, true};
  Try end = result_taken(state, scope, effective, false, at);
  end.left.next = state.at("Default").get<std::string>();
  return end;
}

Model::Try Model::waited(const Json& state, ModelScope& scope, const Json& effective, Instant at) {
  const ModelReading reading = scope.reading(effective);
  std::int64_t due_ms = at.now_ms;
  if (state.contains("Timestamp")) {
    // "2023-11-14T22:13:SSZ", of which the begin is 20.
    due_ms = (std::stoll(state.at("Timestamp").get<std::string>().substr(17, 2)) - 20) * 1000;
  } else if (state.contains("SecondsPath")) {
    const std::int64_t seconds = number_at(state, "SecondsPath", reading);
    if (seconds < 0) throw Unevaluable{{"States.Runtime", kAnyText}, true};
    due_ms += seconds * 1000;
  } else {
    const Json seconds = template_value(state.at("Seconds"), reading, scope.jsonata);
    if (!seconds.is_number_integer()) throw Unpredictable{"Seconds is no number"};
    due_ms += seconds.get<std::int64_t>() * 1000;
  }
  if (due_ms > at.now_ms) at = calendar_.at(due_ms);
  // Its variables and its input have not changed meanwhile.
  return result_taken(state, scope, effective, false, at);
}

Model::Try Model::called(const Json& state, ModelScope& scope, const Json& effective, Instant at) {
  const ModelReading reading = scope.reading(effective);
  const char* const field = scope.jsonata ? "Arguments" : "Parameters";
  if (state.contains(field)) template_value(state.at(field), reading, scope.jsonata);
  std::optional<std::int64_t> timeout_s;
  if (state.contains("TimeoutSeconds")) timeout_s = state.at("TimeoutSeconds").get<int>();
  if (state.contains("TimeoutSecondsPath")) {
    timeout_s = number_at(state, "TimeoutSecondsPath", reading);
    if (*timeout_s <= 0) throw Unevaluable{{"States.Runtime", kAnyText}, true};
  }
  const Manner manner = manner_of(state.at("Resource").get<std::string>());
  const Reply reply = reply_to(simulated_.seed, scope.state + scope.place, at.now_ms, manner);
  // The clocks of an activity run from when a worker has it.
  const Instant begun = calendar_.after(at, reply.taken_after_ms);
  std::optional<Instant> late;
  if (timeout_s) late = calendar_.after(begun, *timeout_s * 1000);
  bool missed_heartbeat = false;
  std::optional<Instant> answered;
  if (reply.answered_after_ms) answered = calendar_.after(at, *reply.answered_after_ms);
  if (state.contains("HeartbeatSeconds")) {
    const std::int64_t gap_ms = state.at("HeartbeatSeconds").get<std::int64_t>() * 1000;
    Instant missed = calendar_.after(begun, gap_ms);
    for (const std::int64_t after_ms : reply.heartbeats_after_ms) {
      const Instant heard = calendar_.after(at, after_ms);
      if (heard == missed) throw Unpredictable{"a heartbeat comes as it is missed"};
      if (heard < missed)
        missed = calendar_.after(heard, gap_ms);
      else
        break;
    }
    if (late == missed) throw Unpredictable{"two timers at once"};
    missed_heartbeat = !late || missed < *late;
    if (missed_heartbeat) late = missed;
  }
  Try end;
  if (late && answered && *late == *answered) throw Unpredictable{"an answer as it times out"};
  if (late && (!answered || *late < *answered)) {
    end.how = How::kFailed;
    end.at = *late;
    end.error.name = "States.Timeout";
    end.missed_heartbeat = missed_heartbeat;
    return end;
  }
  if (!answered) {
    end.how = How::kNever;
    return end;
  }
  if (!reply.error) return result_taken(state, scope, reply.output, true, *answered);
  end.how = How::kFailed;
  end.at = *answered;
  end.error = {*reply.error, reply.cause};
  return end;
}

Model::Try Model::with_children(const Json& state,
                                ModelScope& scope,
                                const Json& effective,
                                Instant at) {
  ScopeEnd end;
  if (state.at("Type") == "Map") {
    end = iterations_end(state, scope, effective, at);
  } else {
    Json given = effective;
    const char* const field = scope.jsonata ? "Arguments" : "Parameters";
    if (state.contains(field)) {
      given = template_value(state.at(field), scope.reading(effective), scope.jsonata);
    }
    end = branches_end(state, scope, given, at);
  }
  if (end.how == How::kSucceeded) return result_taken(state, scope, end.output, true, end.at);
  Try failed;
  failed.how = end.how;
  failed.at = end.at;
  failed.error = end.error;
  failed.missed_heartbeat = end.missed_heartbeat;
  failed.is_inner = true;
  return failed;
}

Model::Try Model::result_taken(
    const Json& state, const ModelScope& scope, const Json& result, bool has_result, Instant at) {
  Try end;
  end.at = at;
  end.left.next = next_of(state);
  try {
    if (scope.jsonata) {
      ModelReading reading = scope.reading(scope.input);
      if (has_result) reading.result = result;
      end.left.assigned = assigned_by(state, reading, true);
      end.left.output = has_result ? result : scope.input;
      if (state.contains("Output"))
        end.left.output = template_value(state["Output"], reading, true);
      return end;
    }
    Json selected = result;
    if (state.contains("ResultSelector")) {
      selected = template_value(state.at("ResultSelector"), scope.reading(result), false);
    }
    end.left.assigned = assigned_by(state, scope.reading(selected), false);
    if (state.contains("ResultPath")) {
      const Json& path = state.at("ResultPath");
      selected =
          path.is_null() ? scope.input : placed(scope.input, path.get<std::string>(), selected);
    }
    if (state.contains("OutputPath")) {
      selected = path_value(state.at("OutputPath").get<std::string>(), scope.reading(selected));
    }
    end.left.output = std::move(selected);
  } catch (const Unevaluable& failure) {
    end.how = failure.is_fatal ? How::kFatal : How::kFailed;
    end.error = failure.error;
  }
  return end;
}

}  // namespace pawl::simulation
