// A definition as a graph to draw: states and the ways between them.
#include "asl/text.h"
#include "engine/api/rest/definition_body.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

std::string pointer_part(const std::string& name) {
  std::string text;
  for (const char c : name) text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return text;
}

class Graph {
 public:
  // The states of a machine, branch or processor that stands at `pointer`; `parent` names the state
  // around them, if any.
  void add(const Json& machine, const std::string& pointer, const std::string& parent) {
    const std::string states = pointer + "/States/";
    for (const auto& [name, state] : machine.at("States").items()) {
      add_state(states, name, state, machine.at("StartAt") == name, parent);
    }
  }

  Json nodes = Json::array();
  Json edges = Json::array();

 private:
  void add_state(const std::string& states,
                 const std::string& name,
                 const Json& state,
                 bool is_start,
                 const std::string& parent) {
    const std::string id = states + pointer_part(name);
    Json node = {{"id", id}, {"name", name}, {"type", state.at("Type")}};
    if (!parent.empty()) node["parent"] = parent;
    if (is_start) node["start"] = true;
    const bool is_end =
        state.value("End", false) || state.at("Type") == "Succeed" || state.at("Type") == "Fail";
    if (is_end) node["end"] = true;
    if (state.contains("Comment")) node["comment"] = state.at("Comment");
    if (state.contains("Resource")) node["resource"] = state.at("Resource");
    nodes.push_back(std::move(node));
    add_edges(states, id, state);
    add_inside(id, state);
  }

  void add_edge(const std::string& states, const std::string& from, const Json& to, Json edge) {
    edge["from"] = from;
    edge["to"] = states + pointer_part(to.get<std::string>());
    edges.push_back(std::move(edge));
  }

  void add_edges(const std::string& states, const std::string& id, const Json& state) {
    if (state.contains("Next")) add_edge(states, id, state.at("Next"), {{"kind", "NEXT"}});
    const Json choices = state.value("Choices", Json::array());
    for (std::size_t i = 0; i < choices.size(); ++i) {
      Json edge = {{"kind", "CHOICE"}, {"index", i}};
      if (choices[i].contains("Comment")) edge["label"] = choices[i].at("Comment");
      add_edge(states, id, choices[i].at("Next"), std::move(edge));
    }
    if (state.contains("Default")) add_edge(states, id, state.at("Default"), {{"kind", "DEFAULT"}});
    const Json catchers = state.value("Catch", Json::array());
    for (std::size_t i = 0; i < catchers.size(); ++i) {
      Json edge = {{"kind", "CATCH"}, {"index", i}, {"errors", catchers[i].at("ErrorEquals")}};
      add_edge(states, id, catchers[i].at("Next"), std::move(edge));
    }
  }

  void add_inside(const std::string& id, const Json& state) {
    const Json branches = state.value("Branches", Json::array());
    for (std::size_t i = 0; i < branches.size(); ++i) {
      add(branches[i], id + "/Branches/" + std::to_string(i), id);
    }
    for (const char* name : {"ItemProcessor", "Iterator"}) {
      if (state.contains(name)) add(state.at(name), id + "/" + name, id);
    }
  }
};

}  // namespace

void graph_definition(const RestCall& call) {
  const Json body = body_of(call);
  const std::string text = definition_of(body);
  check_definition_body(text, type_of(body));
  const auto parsed = asl::parse_text(text);
  Graph graph;
  graph.add(std::get<Json>(parsed), "", "");
  answer_json(call, 200, {{"nodes", std::move(graph.nodes)}, {"edges", std::move(graph.edges)}});
}

}  // namespace pawl::engine::rest
