#include "engine/artifacts/lineage.h"

#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace pawl::engine {

namespace {

using EdgeName = std::tuple<std::int64_t, std::int64_t, Relation, std::string>;

// Two nodes may have several edges between them: a job may read the same bytes in two channels. The
// limit is one of nodes, so that of neighbours is generous, and what is beyond it is not looked at.
constexpr std::size_t kNeighboursPerNode = 2;

class Walks {
 public:
  Walks(ArtifactTable& table, const LineageNode& root, const LineageQuery& query)
      : table_(table), query_(query) {
    graph_.nodes.push_back({root, 0});
    listed_.insert(root.id);
  }

  void walk(bool upstream) {
    std::set<std::int64_t> passed = {graph_.nodes.front().node.id};
    std::vector<LineageNode> layer = {graph_.nodes.front().node};
    for (int step = 1; step <= query_.depth && !layer.empty(); ++step) {
      std::vector<LineageNode> next;
      for (const LineageNode& node : layer) {
        for (const ArtifactTable::Neighbour& each : neighbours(node, upstream)) {
          if (!list(each, upstream ? -step : step)) continue;
          if (passed.insert(each.node.id).second) next.push_back(each.node);
        }
      }
      layer = std::move(next);
    }
  }
  LineageGraph graph() { return std::move(graph_); }

 private:
  std::vector<ArtifactTable::Neighbour> neighbours(const LineageNode& node, bool upstream) {
    const std::size_t limit = kNeighboursPerNode * query_.nodes_max;
    auto found = table_.neighbours(node.id, upstream, limit + 1);
    if (found.size() > limit) {
      graph_.truncated = true;
      found.pop_back();
    }
    return found;
  }

  // False: there is no room for the node.
  bool list(const ArtifactTable::Neighbour& each, int distance) {
    if (!listed_.contains(each.node.id)) {
      if (graph_.nodes.size() >= query_.nodes_max) {
        graph_.truncated = true;
        return false;
      }
      listed_.insert(each.node.id);
      graph_.nodes.push_back({each.node, distance});
    }
    const LineageEdge& edge = each.edge;
    if (edges_.emplace(edge.source, edge.target, edge.relation, edge.role).second) {
      graph_.edges.push_back(edge);
    }
    return true;
  }

  ArtifactTable& table_;
  const LineageQuery& query_;
  LineageGraph graph_;
  std::set<std::int64_t> listed_;
  std::set<EdgeName> edges_;
};

}  // namespace

LineageGraph lineage_of(ArtifactTable& table, const LineageNode& root, const LineageQuery& query) {
  Walks walks(table, root, query);
  if (query.upstream) walks.walk(true);
  if (query.downstream) walks.walk(false);
  return walks.graph();
}

}  // namespace pawl::engine
