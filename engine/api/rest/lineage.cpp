// What an artifact was made of, and what was made of it.
#include "engine/artifacts/lineage.h"

#include <map>

#include "engine/api/rest/artifact_views.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/query.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kDepthMax = 20;

LineageQuery lineage_in_query(const RestCall& call) {
  LineageQuery query;
  query.depth = static_cast<int>(number_in_query(call, "depth", {1, kDepthMax, 2}));
  const std::string direction = call.request->query_value("direction").value_or("both");
  if (direction != "both" && direction != "upstream" && direction != "downstream") {
    throw bad_field("?direction", "both, upstream or downstream is expected");
  }
  query.upstream = direction != "downstream";
  query.downstream = direction != "upstream";
  return query;
}

// One of a name that was in use more than once is told by its time.
std::string node_name(const LineageNode& node) {
  std::string name = std::string(to_string(node.kind)) + "/" + node.name;
  if (node.made_at.ms != 0) name += "@" + asl::format_timestamp(node.made_at);
  return name;
}

Json node_view(ArtifactTable& table, const LineageGraph::Found& found) {
  const LineageNode& node = found.node;
  Json view = {{"id", node_name(node)},
               {"kind", to_string(node.kind)},
               {"name", node.name},
               {"distance", found.distance}};
  if (node.kind == NodeKind::kArtifact) {
    const auto row = table.find(node.name);
    if (row) view["artifact"] = artifact_view(*row);
    return view;
  }
  if (node.made_at.ms != 0) view["createdAt"] = time_json(node.made_at);
  add_asking_execution(node.execution_arn, view);
  return view;
}

}  // namespace

void get_lineage(const RestCall& call) {
  const LineageQuery query = lineage_in_query(call);
  const ArtifactRow row = artifact_of_path(call);
  ArtifactTable& table = artifacts_of(call).table();
  LineageNode root;
  root.id = row.id;
  root.name = row.facts.digest;
  const LineageGraph graph = lineage_of(table, root, query);
  std::map<std::int64_t, std::string> names;
  Json nodes = Json::array();
  for (const LineageGraph::Found& found : graph.nodes) {
    names[found.node.id] = node_name(found.node);
    nodes.push_back(node_view(table, found));
  }
  Json edges = Json::array();
  for (const LineageEdge& edge : graph.edges) {
    edges.push_back({{"from", names.at(edge.source)},
                     {"to", names.at(edge.target)},
                     {"relation", to_string(edge.relation)},
                     {"role", edge.role},
                     {"at", time_json(edge.at)}});
  }
  answer_json(
      call,
      200,
      {{"nodes", std::move(nodes)}, {"edges", std::move(edges)}, {"truncated", graph.truncated}});
}

}  // namespace pawl::engine::rest
