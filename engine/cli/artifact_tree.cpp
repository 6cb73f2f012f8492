#include "engine/cli/artifact_tree.h"

#include <map>
#include <set>
#include <vector>

#include "engine/cli/columns.h"

namespace pawl::engine {

namespace {

using asl::Json;

class LineageTree {
 public:
  explicit LineageTree(const Json& graph) {
    for (const Json& node : graph.at("nodes")) nodes_[member_text(node, "id")] = &node;
    for (const Json& edge : graph.at("edges")) {
      downstream_[member_text(edge, "from")].push_back(&edge);
      upstream_[member_text(edge, "to")].push_back(&edge);
    }
    root_ = &graph.at("nodes").at(0);
  }

  std::string text() {
    std::string out = node_text(*root_) + "\n";
    const std::string id = member_text(*root_, "id");
    if (upstream_.contains(id)) out += "made of\n" + branch(id, true, "  ");
    shown_.clear();
    if (downstream_.contains(id)) out += "used by\n" + branch(id, false, "  ");
    return out;
  }

 private:
  static std::string node_text(const Json& node) {
    const bool is_artifact = member_text(node, "kind") == "artifact";
    std::string text = is_artifact ? member_text(node, "name")
                                   : member_text(node, "kind") + " " + member_text(node, "name");
    if (is_artifact && node.contains("artifact")) {
      const Json& artifact = node.at("artifact");
      text +=
          "  " + member_text(artifact, "size") + " bytes  " + member_text(artifact, "mediaType");
      if (artifact.contains("uri")) text += "  " + member_text(artifact, "uri");
    }
    if (node.contains("execution")) text += "  of " + member_text(node, "execution");
    return text;
  }

  std::string branch(const std::string& id, bool up, const std::string& indent) {
    std::string out;
    const auto& edges = up ? upstream_ : downstream_;
    const auto found = edges.find(id);
    if (found == edges.end()) return out;
    for (const Json* edge : found->second) {
      const std::string other = member_text(*edge, up ? "from" : "to");
      if (other == member_text(*root_, "id")) continue;
      const std::string role = member_text(*edge, "role");
      out += indent + (role.empty() ? "" : role + ": ") + node_text(*nodes_.at(other));
      const bool is_new = shown_.insert(other).second;
      out += is_new || !edges.contains(other) ? "\n" : "  (see above)\n";
      if (is_new) out += branch(other, up, indent + "  ");
    }
    return out;
  }

  const Json* root_ = nullptr;
  std::map<std::string, const Json*> nodes_;
  std::map<std::string, std::vector<const Json*>> upstream_;    // edges by where they lead to
  std::map<std::string, std::vector<const Json*>> downstream_;  // by where they come from
  std::set<std::string> shown_;
};

}  // namespace

std::string lineage_text(const Json& graph) {
  std::string text = LineageTree(graph).text();
  if (graph.at("truncated").get<bool>()) text += "(and more)\n";
  return text;
}

}  // namespace pawl::engine
