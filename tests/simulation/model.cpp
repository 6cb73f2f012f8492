#include "tests/simulation/model.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/simulation/model_scope.h"

namespace pawl::simulation {
namespace {

bool same_end(const ScopeEnd& a, const ScopeEnd& b) {
  return a.how == b.how && a.error.name == b.error.name && a.error.cause == b.error.cause;
}

bool is_bad(const ScopeEnd& end) { return end.how == How::kFailed || end.how == How::kFatal; }

}  // namespace

Instant Calendar::at(std::int64_t due_ms) const {
  for (const Outage& outage : simulated_.outages) {
    if (due_ms >= outage.from_ms && due_ms < outage.until_ms) return {outage.until_ms, due_ms};
  }
  return {due_ms, due_ms};
}

// The branches know nothing of one another, so each is followed to its end; the first bad end cuts
// the others.
ScopeEnd Model::branches_end(const Json& state, ModelScope& scope, const Json& given, Instant at) {
  Json results = Json::array();
  std::optional<ScopeEnd> first_bad;
  ScopeEnd all{How::kSucceeded, at, {}, {}, false};
  std::size_t number = 0;
  for (const Json& branch : state.at("Branches")) {
    ModelScope inner = scope.inside(number++);
    const ScopeEnd end = graph_ends(branch, inner, given, at);
    if (is_bad(end) && first_bad && first_bad->at == end.at && !same_end(*first_bad, end)) {
      throw Unpredictable{"two branches fail at once"};
    }
    if (is_bad(end) && (!first_bad || end.at < first_bad->at)) first_bad = end;
    if (end.how == How::kNever) all.how = How::kNever;
    all.at = std::max(all.at, end.at);
    results.push_back(end.output);
  }
  if (first_bad) return *first_bad;
  all.output = std::move(results);
  return all;
}

ScopeEnd Model::iterations_end(const Json& state,
                               ModelScope& scope,
                               const Json& effective,
                               Instant at) {
  Iterations todo{state, scope, effective, items_of(state, scope, effective), {}, 0};
  const std::int64_t at_once = concurrency_of(state, scope, effective);
  std::vector<std::optional<Json>> results(todo.items.size());
  std::int64_t failed = 0;
  ScopeEnd last{How::kSucceeded, at, {}, {}, false};
  for (std::int64_t i = 0; i < at_once; ++i) start_next(todo, at);
  while (!todo.running.empty()) {
    const auto first = std::min_element(
        todo.running.begin(), todo.running.end(), [](const auto& a, const auto& b) {
          return std::pair(a.end.how == How::kNever, a.end.at) <
                 std::pair(b.end.how == How::kNever, b.end.at);
        });
    const Iteration done = *first;
    todo.running.erase(first);
    if (done.end.how == How::kNever) return done.end;
    last.at = done.end.at;
    if (is_bad(done.end)) {
      expect_no_tie(todo, done.end);
      if (!bears_failures(state) || done.is_selector) return done.end;
      if (is_too_many(state, ++failed, static_cast<std::int64_t>(todo.items.size()))) {
        return {How::kFailed,
                done.end.at,
                {},
                {"States.ExceedToleratedFailureThreshold",
                 "The specified tolerated failure threshold was exceeded"},
                false};
      }
    } else {
      results[done.index] = done.end.output;
    }
    start_next(todo, done.end.at);
  }
  last.output = Json::array();
  for (const auto& result : results) {
    if (result) last.output.push_back(*result);
  }
  return last;
}

void Model::start_next(Iterations& todo, Instant at) {
  if (todo.started == todo.items.size()) return;
  const std::size_t index = todo.started++;
  const Json& item = todo.items.at(index);
  Iteration begun;
  begun.index = index;
  try {
    Json input = item;
    const auto selector = todo.state.find("ItemSelector");
    ModelScope inner = todo.scope.inside(index);
    inner.item = item;
    inner.item_index = index;
    if (selector != todo.state.end()) {
      ModelReading reading = todo.scope.reading(todo.effective);
      reading.context["Map"]["Item"] = {{"Index", index}, {"Value", item}};
      input = template_value(*selector, reading, todo.scope.jsonata);
    }
    begun.end = graph_ends(todo.state.at("ItemProcessor"), inner, input, at);
  } catch (const Unevaluable& failure) {
    begun.is_selector = true;
    begun.end = {failure.is_fatal ? How::kFatal : How::kFailed, at, {}, failure.error, false};
  }
  todo.running.push_back(std::move(begun));
}

void Model::expect_no_tie(const Iterations& todo, const ScopeEnd& bad) const {
  for (const Iteration& other : todo.running) {
    if (other.end.how == How::kNever || other.end.at != bad.at) continue;
    // Even one that is the same may be counted, or may not come to its end.
    if (is_bad(other.end) && (bears_failures(todo.state) || !same_end(other.end, bad))) {
      throw Unpredictable{"two iterations end at once"};
    }
  }
}

bool Model::bears_failures(const Json& state) {
  return state.contains("ToleratedFailureCount") || state.contains("ToleratedFailurePercentage");
}

bool Model::is_too_many(const Json& state, std::int64_t failed, std::int64_t total) {
  const auto count = state.find("ToleratedFailureCount");
  if (count != state.end() && failed > count->get<std::int64_t>()) return true;
  const auto percentage = state.find("ToleratedFailurePercentage");
  return percentage != state.end() && failed * 100 > percentage->get<std::int64_t>() * total;
}

Json Model::items_of(const Json& state, const ModelScope& scope, const Json& effective) {
  const ModelReading reading = scope.reading(effective);
  Json items = scope.jsonata ? template_value(state.at("Items"), reading, true)
                             : path_value(state.at("ItemsPath").get<std::string>(), reading);
  if (items.is_array()) return items;
  if (scope.jsonata) throw Unevaluable{{"States.QueryEvaluationError", kAnyText}, false};
  throw Unevaluable{{"States.Runtime", kAnyText}, true};
}

std::int64_t Model::concurrency_of(const Json& state,
                                   const ModelScope& scope,
                                   const Json& effective) const {
  std::int64_t wanted = 0;
  if (state.contains("MaxConcurrencyPath")) {
    const Json value =
        path_value(state.at("MaxConcurrencyPath").get<std::string>(), scope.reading(effective));
    if (!value.is_number_integer()) throw Unpredictable{"MaxConcurrency is no number"};
    wanted = value.get<std::int64_t>();
  } else if (state.contains("MaxConcurrency")) {
    wanted = state.at("MaxConcurrency").get<std::int64_t>();
  }
  if (wanted < 0) throw Unevaluable{{"States.Runtime", kAnyText}, true};
  return wanted == 0 ? simulated_.concurrency_max : std::min(wanted, simulated_.concurrency_max);
}

namespace {

// What ends the execution from outside, first of all.
void cut_short(Prediction& made, const ScopeEnd& end, const Case& simulated) {
  const Calendar calendar(simulated);
  const auto before_end = [&end](const Instant& cut) {
    if (end.how != How::kNever && end.at == cut) throw Unpredictable{"it ends as it is cut"};
    return end.how == How::kNever || cut < end.at;
  };
  std::optional<Instant> timeout;
  if (simulated.definition.contains("TimeoutSeconds")) {
    timeout = calendar.at(simulated.definition.at("TimeoutSeconds").get<std::int64_t>() * 1000);
  }
  const Instant stop = calendar.at(simulated.stop_at_ms.value_or(kPatienceMs));
  if (timeout == stop) throw Unpredictable{"it is stopped as it times out"};
  const bool stops = before_end(stop);
  if (timeout && before_end(*timeout) && !(stops && stop < *timeout)) {
    made = {"TIMED_OUT", {}, "States.Timeout", std::nullopt, ""};
  } else if (stops) {
    made = {"ABORTED", {}, "Stopped", "from outside", ""};
  }
}

}  // namespace

Prediction predict(const Case& simulated) {
  Prediction made;
  if (simulated.is_wild) {
    made.why_not = "wild";
    return made;
  }
  try {
    Model model(simulated);
    const ScopeEnd end = model.run();
    switch (end.how) {
      case How::kSucceeded:
        made = {"SUCCEEDED", end.output, std::nullopt, std::nullopt, ""};
        break;
      case How::kFailed:
      case How::kFatal:
        made = {"FAILED", {}, end.error.name, end.error.cause, ""};
        break;
      case How::kNever:
        break;
    }
    cut_short(made, end, simulated);
  } catch (const Unpredictable& unpredictable) {
    made = {};
    made.why_not = unpredictable.why;
  }
  return made;
}

}  // namespace pawl::simulation
