#include "asl/payload_paths.h"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace pawl::asl {
namespace {

// The members that a document can have; nullopt when nothing is known of it.
using Members = std::optional<std::set<std::string>>;

constexpr const char* kDeadPath = "PATH_LEADS_NOWHERE";

const Json* field_of(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

bool is_root(const Json* path) { return path == nullptr || *path == "$"; }

// The member that "$.a.b[0]" begins with; nullopt for anything less plain.
std::optional<std::string> first_member(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (!text.starts_with("$.")) return std::nullopt;
  const std::size_t end = text.find_first_of(".[", 2);
  std::string name = text.substr(2, end == std::string::npos ? end : end - 2);
  constexpr const char* kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  if (name.empty() || name.find_first_not_of(kPlain) != std::string::npos) return std::nullopt;
  return name;
}

Members members_of(const Json& document) {
  if (!document.is_object()) return std::nullopt;
  std::set<std::string> names;
  for (const auto& [name, value] : document.items()) names.insert(name);
  return names;
}

Members members_of_template(const Json& source) {
  Members names = members_of(source);
  if (!names) return names;
  std::set<std::string> plain;
  for (std::string name : *names) {
    if (name.ends_with(".$")) name.resize(name.size() - 2);
    plain.insert(std::move(name));
  }
  return plain;
}

// What InputPath or OutputPath leaves.
Members selected(const Json* path, const Members& from) {
  if (is_root(path)) return from;
  if (path->is_null()) return std::set<std::string>{};
  return std::nullopt;
}

// What ResultPath makes of input and result.
Members placed(const Json* path, const Members& input, Members result) {
  if (is_root(path)) return result;
  if (path->is_null() || !input) return input;
  const auto name = first_member(*path);
  if (!name) return std::nullopt;
  Members whole = input;
  whole->insert(*name);
  return whole;
}

class DeadPaths {
 public:
  DeadPaths(const Json& states, const Place& place, QueryLanguage inherited, Findings& findings)
      : states_(states), place_(place), inherited_(inherited), findings_(findings) {}

  void run(const std::string& start) {
    reach(start, std::nullopt);
    while (!open_.empty()) {
      const std::string name = open_.front();
      open_.pop_front();
      follow(states_.at(name), inputs_.at(name));
    }
    for (const auto& [name, state] : states_.items()) {
      const auto input = inputs_.find(name);
      if (input == inputs_.end() || !input->second || is_jsonata(state)) continue;
      check(state, *input->second, Place(place_, name));
    }
  }

 private:
  bool is_jsonata(const Json& state) const {
    const Json* language = field_of(state, "QueryLanguage");
    if (language == nullptr) return inherited_ == QueryLanguage::kJsonata;
    return *language != "JSONPath";
  }

  // Another way to a state: it may have the members of either.
  void reach(const std::string& name, const Members& with) {
    if (!states_.contains(name)) return;
    const auto [at, is_new] = inputs_.emplace(name, with);
    if (!is_new) {
      if (!at->second) return;
      const std::size_t before = at->second->size();
      if (with) {
        at->second->insert(with->begin(), with->end());
        if (at->second->size() == before) return;
      } else {
        at->second.reset();
      }
    }
    open_.push_back(name);
  }

  void reach_next(const Json& from, const char* field, const Members& with) {
    const Json* target = field_of(from, field);
    if (target != nullptr && target->is_string()) reach(target->get<std::string>(), with);
  }

  void follow(const Json& state, const Members& input) {
    const Members left = is_jsonata(state) ? output_of_jsonata(state, input) : output(state, input);
    reach_next(state, "Next", left);
    reach_next(state, "Default", left);
    if (const Json* choices = field_of(state, "Choices")) {
      for (const Json& rule : *choices) {
        const Json* own = field_of(rule, "Output");
        reach_next(rule, "Next", own != nullptr ? members_of(*own) : left);
      }
    }
    const Json* catchers = field_of(state, "Catch");
    if (catchers == nullptr) return;
    const std::set<std::string> error = {"Cause", "Error"};
    for (const Json& catcher : *catchers) {
      const Json* own = field_of(catcher, "Output");
      reach_next(catcher,
                 "Next",
                 own != nullptr ? members_of(*own)
                                : placed(field_of(catcher, "ResultPath"), input, error));
    }
  }

  static Members output_of_jsonata(const Json& state, const Members& input) {
    if (const Json* output = field_of(state, "Output")) return members_of(*output);
    const std::string type = state.at("Type").get<std::string>();
    const bool has_result = type == "Task" || type == "Map" || type == "Parallel";
    return has_result ? std::nullopt : input;
  }

  static Members output(const Json& state, const Members& input) {
    const Members effective = selected(field_of(state, "InputPath"), input);
    const std::string type = state.at("Type").get<std::string>();
    if (type == "Choice" || type == "Wait" || type == "Succeed") {
      return selected(field_of(state, "OutputPath"), effective);
    }
    Members result;
    if (type == "Pass") {
      const Json* given = field_of(state, "Result");
      const Json* parameters = field_of(state, "Parameters");
      result = given != nullptr        ? members_of(*given)
               : parameters != nullptr ? members_of_template(*parameters)
                                       : effective;
    } else if (const Json* selector = field_of(state, "ResultSelector")) {
      result = members_of_template(*selector);
    }
    return selected(field_of(state, "OutputPath"),
                    placed(field_of(state, "ResultPath"), input, result));
  }

  void check(const Json& state, const std::set<std::string>& input, const Place& place) {
    if (const Json* path = field_of(state, "InputPath"); !is_root(path)) {
      look(*path, input, Place(place, "InputPath"));
      return;  // what the other paths read is not known
    }
    for (const char* field : {"ItemsPath",
                              "SecondsPath",
                              "TimestampPath",
                              "TimeoutSecondsPath",
                              "HeartbeatSecondsPath",
                              "MaxConcurrencyPath",
                              "ErrorPath",
                              "CausePath"}) {
      if (const Json* path = field_of(state, field)) look(*path, input, Place(place, field));
    }
    for (const char* field : {"Parameters", "ItemSelector"}) {
      if (const Json* source = field_of(state, field)) {
        look_in_template(*source, input, Place(place, field));
      }
    }
    if (const Json* choices = field_of(state, "Choices")) {
      asked_for_.clear();
      collect_presence(*choices, asked_for_);
      look_in_rules(*choices, input, Place(place, "Choices"));
      asked_for_.clear();
    }
  }

  void look(const Json& path, const std::set<std::string>& known, const Place& place) {
    const auto name = first_member(path);
    if (!name || known.contains(*name) || asked_for_.contains(*name)) return;
    std::string has;
    for (const std::string& member : known) has += (has.empty() ? "" : ", ") + member;
    findings_.our_warning(place,
                          kDeadPath,
                          "'" + path.get<std::string>() +
                              "' leads nowhere: what reaches this state has only [" + has + "]");
  }

  void look_in_template(const Json& source,
                        const std::set<std::string>& known,
                        const Place& place) {
    if (source.is_array()) {
      for (std::size_t i = 0; i < source.size(); ++i) {
        look_in_template(source[i], known, Place(place, i));
      }
    }
    if (!source.is_object()) return;
    for (const auto& [name, value] : source.items()) {
      const Place here(place, name);
      if (name.ends_with(".$")) {
        look(value, known, here);
      } else {
        look_in_template(value, known, here);
      }
    }
  }

  // A rule that asks whether a member is there may well be told that it is not.
  static void collect_presence(const Json& rules, std::set<std::string>& names) {
    if (rules.is_object() && rules.contains("IsPresent")) {
      const Json* variable = field_of(rules, "Variable");
      if (const auto name = variable ? first_member(*variable) : std::nullopt) names.insert(*name);
    }
    if (!rules.is_structured()) return;
    for (const Json& inner : rules) collect_presence(inner, names);
  }

  void look_in_rules(const Json& rules, const std::set<std::string>& known, const Place& place) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const Place here(place, i);
      look_in_rule(rules[i], known, here);
    }
  }

  void look_in_rule(const Json& rule, const std::set<std::string>& known, const Place& place) {
    if (const Json* variable = field_of(rule, "Variable")) {
      look(*variable, known, Place(place, "Variable"));
    }
    for (const char* field : {"And", "Or"}) {
      if (const Json* inner = field_of(rule, field))
        look_in_rules(*inner, known, Place(place, field));
    }
    if (const Json* inner = field_of(rule, "Not")) look_in_rule(*inner, known, Place(place, "Not"));
  }

  const Json& states_;
  const Place& place_;
  const QueryLanguage inherited_;
  Findings& findings_;
  std::map<std::string, Members> inputs_;  // of the states that are reached
  std::deque<std::string> open_;
  std::set<std::string> asked_for_;  // members whose presence the rules of a Choice ask for
};

}  // namespace

void warn_of_dead_paths(const Json& graph,
                        const Place& place,
                        QueryLanguage inherited,
                        Findings& findings) {
  const Json* start = field_of(graph, "StartAt");
  const Json* states = field_of(graph, "States");
  if (start == nullptr || states == nullptr) return;
  const Place here(place, "States");
  DeadPaths(*states, here, inherited, findings).run(start->get<std::string>());
  for (const auto& [name, state] : states->items()) {
    const Place inner(here, name);
    for (const char* field : {"ItemProcessor", "Iterator"}) {
      if (const Json* nested = field_of(state, field)) {
        warn_of_dead_paths(*nested, Place(inner, field), inherited, findings);
      }
    }
    const Json* branches = field_of(state, "Branches");
    if (branches == nullptr) continue;
    const Place list(inner, "Branches");
    for (std::size_t i = 0; i < branches->size(); ++i) {
      warn_of_dead_paths((*branches)[i], Place(list, i), inherited, findings);
    }
  }
}

}  // namespace pawl::asl
