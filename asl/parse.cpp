#include "asl/parse.h"

#include <deque>
#include <unordered_set>
#include <utility>

#include "asl/findings.h"
#include "asl/names.h"
#include "asl/parse_stored.h"
#include "asl/payload_paths.h"
#include "asl/rules.h"
#include "asl/state/choice.h"
#include "asl/state/common.h"
#include "asl/state/fail.h"
#include "asl/state/map.h"
#include "asl/state/parallel.h"
#include "asl/state/pass.h"
#include "asl/state/succeed.h"
#include "asl/state/task.h"
#include "asl/state/wait.h"
#include "asl/state_reader.h"
#include "asl/text.h"
#include "asl/validate.h"

namespace pawl::asl {
namespace {

constexpr std::string_view kVersions[] = {"1.0"};
// [seen] States before StartAt, in the message about missing fields.
constexpr FieldRule kMachineFields[] = {
    object("States").required(),
    text("StartAt").required(),
    kComment,
    kQueryLanguage,
    integer("TimeoutSeconds").between(0, kSecondsMax),  // [seen] 0 is accepted
    text("Version").one_of(kVersions),
};
StateKind read_kind(StateType type, const StateReader& reader, DataFlow& data) {
  switch (type) {
    case StateType::kPass:
      return read_pass(reader);
    case StateType::kTask:
      return read_task(reader);
    case StateType::kChoice:
      return read_choice(reader);
    case StateType::kWait:
      return read_wait(reader);
    case StateType::kSucceed:
      return read_succeed(reader);
    case StateType::kFail:
      return read_fail(reader);
    case StateType::kParallel:
      return read_parallel(reader);
    case StateType::kMap:
      return read_map(reader, data);
  }
  return Pass{};
}

// [seen] JSONPath only where the field is exactly that text; any other value, wrong ones too,
// counts as JSONata.
QueryLanguage language_of(const Json& object, QueryLanguage inherited) {
  const auto field = object.find("QueryLanguage");
  if (field == object.end()) return inherited;
  return *field == "JSONPath" ? QueryLanguage::kJsonPath : QueryLanguage::kJsonata;
}

std::optional<std::string_view> text_member(const Json& object, std::string_view name) {
  if (!object.is_object()) return std::nullopt;
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  return std::string_view(member->get_ref<const std::string&>());
}

// Transitions of the entries of Choices or Catch.
void add_transitions(const Json& state, std::string_view field, std::vector<Transition>& out) {
  const auto list = state.find(field);
  if (list == state.end() || !list->is_array()) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (const auto target = text_member((*list)[i], "Next")) out.push_back({field, i, *target});
  }
}

// Where a state may go, read from its text so that a state with faults still leads on. A field that
// the type does not have leads nowhere.
GraphState shape_of(std::string_view name,
                    const Json& state,
                    std::optional<StateType> type,
                    const Place& place) {
  GraphState shape{name, &place, false, {}};
  const bool ends_itself = type == StateType::kSucceed || type == StateType::kFail;
  const bool is_choice = type == StateType::kChoice;
  const bool may_catch =
      type == StateType::kTask || type == StateType::kParallel || type == StateType::kMap;
  if (is_choice) {
    add_transitions(state, "Choices", shape.transitions);
    if (const auto target = text_member(state, "Default")) {
      shape.transitions.push_back({"Default", std::nullopt, *target});
    }
    shape.is_terminal = shape.transitions.empty();
    return shape;
  }
  if (may_catch) add_transitions(state, "Catch", shape.transitions);
  const auto next = text_member(state, "Next");
  if (next && !ends_itself) shape.transitions.push_back({"Next", std::nullopt, *next});
  // A state without an exit was reported; it counts as an end, so that one mistake makes one
  // finding.
  const auto end = state.is_object() ? state.find("End") : state.end();
  const bool says_end = state.is_object() && end != state.end() && *end == true;
  shape.is_terminal = ends_itself || says_end || !next;
  return shape;
}

class DefinitionParser : public GraphParser {
 public:
  DefinitionParser(const ParseOptions& options, bool is_stored)
      : type_(options.type), is_stored_(is_stored) {}

  Parsed run(const Json& definition) {
    language_ = language_of(definition, QueryLanguage::kJsonPath);
    read_machine(definition);
    check_graphs(shapes_, findings_);
    if (!findings_.has_error()) warn_of_dead_paths(definition, top_, language_, findings_);
    Parsed parsed;
    if (!findings_.has_error()) {
      parsed.machine = std::make_shared<const StateMachine>(std::move(machine_));
    }
    parsed.diagnostics = findings_.take();
    return parsed;
  }

  GraphId parse_nested(const NestedGraph& graph, const Place& place) override {
    const MachineType outer = std::exchange(type_, graph.type);
    const Reading reading{.language = language_};
    const Fields fields = check_object(graph.json, graph.rules, reading, place, findings_);
    const GraphId id = read_graph(fields, place);
    type_ = outer;
    return id;
  }

  const Place& keep(const Place& place) override { return places_.emplace_back(place); }
  bool claim_label(const std::string& label) override { return labels_.insert(label).second; }
  bool is_stored() const override { return is_stored_; }
  MachineType type() const override { return type_; }

 private:
  void read_machine(const Json& definition) {
    const Reading reading{.language = language_};
    const Fields fields = check_object(definition, kMachineRules, reading, top_, findings_);
    machine_.language = language_;
    if (const Json* comment = fields.find("Comment"))
      machine_.comment = comment->get<std::string>();
    if (const Json* timeout = fields.find("TimeoutSeconds")) {
      machine_.timeout_seconds = timeout->get<std::int64_t>();
    }
    read_graph(fields, top_);
  }

  GraphId read_graph(const Fields& fields, const Place& place) {
    const std::size_t at = shapes_.size();
    shapes_.push_back({&place, std::nullopt, {}});
    machine_.graphs.emplace_back();
    const Json* start = fields.find("StartAt");
    const Json* states = fields.find("States");
    // [seen] Without States, StartAt is not said to lead nowhere.
    if (start != nullptr && states != nullptr) {
      shapes_[at].start_at = std::string_view(start->get_ref<const std::string&>());
      machine_.graphs[at].start_at = start->get<std::string>();
    }
    if (states != nullptr) {
      const Place& here = keep(Place(place, "States"));
      for (const auto& member : states->items()) {
        machine_.graphs[at].states.push_back(member.key());
        read_state(at, {member.key(), member.value(), keep(Place(here, member.key()))});
      }
    }
    return static_cast<GraphId>(at);
  }

  struct StateText {
    const std::string& name;
    const Json& json;
    const Place& place;
  };

  void read_state(std::size_t graph, const StateText& text) {
    check_name(text);
    const std::optional<StateType> type = type_of(text);
    shapes_[graph].states.push_back(shape_of(text.name, text.json, type, text.place));
    if (!type) return;
    const Reading reading = reading_of(text, *type);
    const StateReader reader(text.json, rules_of(*type), reading, text.place, findings_, *this);
    DataFlow data = reader.data_flow();
    StateKind kind = read_kind(*type, reader, data);
    machine_.states.insert_or_assign(text.name,
                                     State{text.name,
                                           static_cast<GraphId>(graph),
                                           reading.language,
                                           std::move(data),
                                           std::move(kind)});
  }

  void check_name(const StateText& text) {
    if (const auto fault = state_name_fault(text.name)) {
      findings_.error(text.place, fault->code, fault->message);
    }
    if (!names_.insert(text.name).second) {
      findings_.error(text.place, "DUPLICATE_STATE_NAME", "Duplicate State name: " + text.name);
    }
  }

  std::optional<StateType> type_of(const StateText& text) {
    if (!text.json.is_object()) {
      findings_.error(text.place, "Expected value of type [OBJECT]");
      return std::nullopt;
    }
    const auto field = text.json.find("Type");
    if (field == text.json.end()) {
      findings_.error(text.place, "These fields are required: [Type]");
      return std::nullopt;
    }
    const Place here(text.place, "Type");
    if (!field->is_string()) {
      findings_.error(here, "Expected value of type [STRING]");
      return std::nullopt;
    }
    const auto type = state_type_of(field->get_ref<const std::string&>());
    if (!type) {
      findings_.error(here,
                      "The field 'Type' should have one of these values: [Task, Wait, Pass, "
                      "Succeed, Fail, Choice, Parallel, Map]");
    }
    return type;
  }

  // [seen] A state inside Map or Parallel takes the machine's language, not its parent's.
  Reading reading_of(const StateText& text, StateType type) {
    Reading reading{.language = language_of(text.json, language_)};
    if (type == StateType::kTask || type == StateType::kParallel || type == StateType::kMap) {
      reading.states_at_exit = kStatesWithResult;
    }
    if (language_ == QueryLanguage::kJsonata && reading.language == QueryLanguage::kJsonPath) {
      findings_.error(text.place,
                      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state "
                      "machine");
      reading.hides_language_findings = true;
    }
    return reading;
  }

  const Place top_;
  MachineType type_;
  const bool is_stored_;
  QueryLanguage language_ = QueryLanguage::kJsonPath;
  Findings findings_;
  StateMachine machine_;
  std::vector<GraphShape> shapes_;
  std::deque<Place> places_;
  std::unordered_set<std::string> names_;
  std::unordered_set<std::string> labels_;
};

// Jackson's own bound on how much of a text it quotes.
constexpr std::size_t kQuotedMax = 500;

// [seen] Jackson's location: [Source: (String)"not a definition"; line: 1, column: 4]
std::string jackson_location(std::string_view text, const TextError& error) {
  std::size_t quoted = std::min(text.size(), kQuotedMax);
  while (quoted < text.size() && (static_cast<unsigned char>(text[quoted]) & 0xC0U) == 0x80U) {
    ++quoted;
  }
  std::string out = "[Source: (String)\"" + std::string(text.substr(0, quoted)) + "\"";
  if (quoted < text.size()) {
    out += "[truncated " + std::to_string(utf16_length(text.substr(quoted))) + " chars]";
  }
  return out + "; line: " + std::to_string(error.line) +
         ", column: " + std::to_string(error.column) + "]";
}

Parsed refused(std::string code, std::string message, std::optional<std::string> location) {
  Diagnostic diagnostic;
  diagnostic.code = std::move(code);
  diagnostic.message = std::move(message);
  diagnostic.location = std::move(location);
  return {nullptr, {std::move(diagnostic)}};
}

Parsed not_an_object() {
  return refused(kSchemaValidationFailed, "Definition must be a valid JSON object", std::nullopt);
}

}  // namespace

constinit const ObjectRules kMachineRules{kMachineFields};

const ObjectRules& rules_of(StateType type) {
  switch (type) {
    case StateType::kPass:
      return kPassRules;
    case StateType::kTask:
      return kTaskRules;
    case StateType::kChoice:
      return kChoiceRules;
    case StateType::kWait:
      return kWaitRules;
    case StateType::kSucceed:
      return kSucceedRules;
    case StateType::kFail:
      return kFailRules;
    case StateType::kParallel:
      return kParallelRules;
    case StateType::kMap:
      return kMapRules;
  }
  return kPassRules;
}

namespace {

Parsed parse(std::string_view text, const ParseOptions& options, bool is_stored) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return not_an_object();
  const auto parsed = parse_text(text);
  if (const auto* error = std::get_if<TextError>(&parsed)) {
    const std::string location = jackson_location(text, *error);
    return refused("INVALID_JSON_DESCRIPTION", error->message + "\n at " + location, location);
  }
  const Json& definition = std::get<Json>(parsed);
  if (!definition.is_object()) return not_an_object();
  return DefinitionParser(options, is_stored).run(definition);
}

}  // namespace

Parsed parse_definition(std::string_view text, const ParseOptions& options) {
  return parse(text, options, false);
}

Parsed parse_stored_definition(std::string_view text, MachineType type) {
  return parse(text, ParseOptions{type}, true);
}

std::string invalid_definition_message(const std::vector<Diagnostic>& diagnostics) {
  std::string list;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::kError) continue;
    if (!list.empty()) list += ", ";
    list +=
        diagnostic.code + ": " + diagnostic.message + " at " + diagnostic.location.value_or("null");
  }
  return "Invalid State Machine Definition: '" + list + "'";
}

}  // namespace pawl::asl
