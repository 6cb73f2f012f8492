// Makes a case that fails smaller: fewer faults, fewer states, fewer fields, as long as it fails.
#include <functional>

#include "tests/simulation/simulate.h"

namespace pawl::simulation {
namespace {

constexpr int kRunsMax = 3'000;

const char* const kFields[] = {"Retry",
                               "Catch",
                               "Assign",
                               "ResultSelector",
                               "ResultPath",
                               "Parameters",
                               "Arguments",
                               "Output",
                               "ItemSelector",
                               "InputPath",
                               "OutputPath",
                               "TimeoutSeconds",
                               "TimeoutSecondsPath",
                               "HeartbeatSeconds",
                               "ToleratedFailureCount",
                               "ToleratedFailurePercentage",
                               "MaxConcurrency",
                               "MaxConcurrencyPath"};

void collect_graphs(Json& graph, std::vector<Json*>& out) {
  out.push_back(&graph);
  for (auto state = graph["States"].begin(); state != graph["States"].end(); ++state) {
    if (state.value().contains("ItemProcessor"))
      collect_graphs(state.value()["ItemProcessor"], out);
    if (!state.value().contains("Branches")) continue;
    for (Json& branch : state.value()["Branches"]) collect_graphs(branch, out);
  }
}

std::vector<std::string> names_in(const Json& graph) {
  std::vector<std::string> names;
  for (auto state = graph.at("States").begin(); state != graph.at("States").end(); ++state) {
    names.push_back(state.key());
  }
  return names;
}

// Whoever leads to `from` leads to `to`.
void redirect(Json& holder, const std::string& from, const std::string& to) {
  for (const char* const field : {"Next", "Default", "StartAt"}) {
    if (holder.contains(field) && holder[field] == from) holder[field] = to;
  }
  for (const char* const field : {"Choices", "Catch"}) {
    if (!holder.contains(field)) continue;
    for (Json& each : holder[field]) redirect(each, from, to);
  }
}

void reach(const Json& graph, const std::string& name, std::vector<std::string>& reached) {
  if (std::find(reached.begin(), reached.end(), name) != reached.end()) return;
  reached.push_back(name);
  const Json& state = graph.at("States").at(name);
  if (state.contains("Next")) reach(graph, state.at("Next").get<std::string>(), reached);
  if (state.contains("Default")) reach(graph, state.at("Default").get<std::string>(), reached);
  for (const char* const field : {"Choices", "Catch"}) {
    if (!state.contains(field)) continue;
    for (const Json& each : state.at(field)) {
      reach(graph, each.at("Next").get<std::string>(), reached);
    }
  }
}

void drop_unreachable(Json& graph) {
  std::vector<std::string> reached;
  reach(graph, graph.at("StartAt").get<std::string>(), reached);
  for (const std::string& name : names_in(graph)) {
    if (std::find(reached.begin(), reached.end(), name) == reached.end()) {
      graph["States"].erase(name);
    }
  }
}

bool skip_state(Json& graph, const std::string& name) {
  const Json state = graph["States"][name];
  const char* const way = state.contains("Next") ? "Next" : "Default";
  if (!state.contains(way) || state.at(way) == name) return false;
  const std::string next = state.at(way).get<std::string>();
  graph["States"].erase(name);
  redirect(graph, name, next);
  for (const std::string& other : names_in(graph)) redirect(graph["States"][other], name, next);
  return true;
}

bool end_at(Json& graph, const std::string& name) {
  Json& state = graph["States"][name];
  if (!state.contains("Next")) return false;
  state.erase("Next");
  state["End"] = true;
  return true;
}

bool make_pass(Json& graph, const std::string& name) {
  Json& state = graph["States"][name];
  const Json type = state.at("Type");
  if (type != "Task" && type != "Parallel" && type != "Map" && type != "Wait") return false;
  Json pass = {{"Type", "Pass"}};
  for (const char* const field : {"Next", "End", "QueryLanguage"}) {
    if (state.contains(field)) pass[field] = state.at(field);
  }
  state = std::move(pass);
  return true;
}

class Shrinker {
 public:
  Shrinker(const Case& failing, const std::function<bool(const Case&)>& fails)
      : best_(failing), fails_(fails) {}

  Case smallest() {
    bool better = true;
    while (better && runs_ < kRunsMax) {
      better = fewer_faults();
      better = fewer_states() || better;
      better = fewer_fields() || better;
      better = fewer_items() || better;
    }
    return best_;
  }

 private:
  bool try_case(Case candidate) {
    if (runs_ >= kRunsMax) return false;
    std::string problem;
    if (machine_of(candidate, &problem) == nullptr) return false;
    ++runs_;
    if (!fails_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  bool fewer_faults() {
    bool better = false;
    const auto attempt = [this, &better](const std::function<void(Case&)>& change) {
      Case candidate = best_;
      change(candidate);
      better = try_case(std::move(candidate)) || better;
    };
    if (!best_.faults.empty()) attempt([](Case& c) { c.faults.clear(); });
    if (!best_.outages.empty()) attempt([](Case& c) { c.outages.clear(); });
    for (std::size_t i = best_.faults.size(); i-- > 0;) {
      attempt([i](Case& c) { c.faults.erase(c.faults.begin() + static_cast<std::ptrdiff_t>(i)); });
    }
    for (std::size_t i = best_.outages.size(); i-- > 0;) {
      attempt(
          [i](Case& c) { c.outages.erase(c.outages.begin() + static_cast<std::ptrdiff_t>(i)); });
    }
    if (best_.stop_at_ms) attempt([](Case& c) { c.stop_at_ms.reset(); });
    if (best_.transitions_per_step != 500) attempt([](Case& c) { c.transitions_per_step = 500; });
    if (best_.concurrency_max != 40) attempt([](Case& c) { c.concurrency_max = 40; });
    if (best_.definition.contains("TimeoutSeconds")) {
      attempt([](Case& c) { c.definition.erase("TimeoutSeconds"); });
    }
    return better;
  }

  // In each graph, for each state that is there when its turn comes.
  bool for_each_state(const std::function<bool(Json& graph, const std::string& name)>& change) {
    bool better = false;
    for (std::size_t i = 0;; ++i) {
      std::vector<Json*> graphs;
      Case whole = best_;
      collect_graphs(whole.definition, graphs);
      if (i >= graphs.size()) return better;
      for (const std::string& name : names_in(*graphs[i])) {
        Case candidate = best_;
        std::vector<Json*> now;
        collect_graphs(candidate.definition, now);
        if (i >= now.size() || !now[i]->at("States").contains(name)) continue;
        if (!change(*now[i], name)) continue;
        drop_unreachable(*now[i]);
        better = try_case(std::move(candidate)) || better;
      }
    }
  }

  bool fewer_states() {
    bool better = for_each_state(end_at);
    better = for_each_state(skip_state) || better;
    better = for_each_state(make_pass) || better;
    for (std::size_t branch = 3; branch-- > 0;) {
      better = for_each_state([branch](Json& graph, const std::string& name) {
                 Json& state = graph["States"][name];
                 if (!state.contains("Branches") || state["Branches"].size() < 2) return false;
                 if (branch >= state["Branches"].size()) return false;
                 state["Branches"].erase(branch);
                 return true;
               }) ||
               better;
    }
    return better;
  }

  bool fewer_fields() {
    bool better = false;
    for (const char* const field : kFields) {
      better = for_each_state([field](Json& graph, const std::string& name) {
                 return graph["States"][name].erase(field) > 0;
               }) ||
               better;
    }
    return better;
  }

  bool fewer_items() {
    bool better = false;
    while (!best_.input["l"].empty()) {
      Case candidate = best_;
      candidate.input["l"].erase(candidate.input["l"].size() - 1);
      if (!try_case(std::move(candidate))) break;
      better = true;
    }
    return better;
  }

  Case best_;
  const std::function<bool(const Case&)>& fails_;
  int runs_ = 0;
};

}  // namespace

Case shrunk(const Case& failing, const std::function<bool(const Case&)>& fails) {
  return Shrinker(failing, fails).smallest();
}

Case shrunk(const Case& failing) {
  return shrunk(failing, [](const Case& one) { return !simulate(one).complaints.empty(); });
}

}  // namespace pawl::simulation
