#include "engine/artifacts/lineage.h"

#include <algorithm>

#include "tests/engine/artifacts/artifacts_fixture.h"

namespace pawl::engine {
namespace {

using Texts = std::vector<std::string>;

// data -> etl -> table -> train -> weights -> model m -> endpoint e; table -> other -> spare
class Lineage : public ArtifactsTest {
 protected:
  Lineage() {
    const LineageNode model = made_node(NodeKind::kModel, "m", {1}, "");
    job("etl", {"data"}, {"table"});
    job("train", {"table"}, {"weights"});
    job("other", {"table"}, {"spare"});
    table().set_links(model, Relation::kMadeInto, {{of("weights"), "model"}}, now_);
    table().add_served(made_node(NodeKind::kEndpoint, "e", {2}, ""), {{model, "all"}}, now_);
  }

  ArtifactTable& table() { return artifacts_->table(); }
  static SeenArtifact of(const std::string& bytes) {
    return {{digest_of(bytes), bytes.size(), "text/plain", false}, std::nullopt};
  }
  void job(const std::string& name, const Texts& in, const Texts& out) {
    const auto links = [](const Texts& all) {
      std::vector<ArtifactTable::Link> made;
      for (const std::string& each : all) made.push_back({of(each), "r"});
      return made;
    };
    table().set_links(job_node(name, ""), Relation::kConsumedBy, links(in), now_);
    table().set_links(job_node(name, ""), Relation::kProduced, links(out), now_);
  }
  LineageGraph around(const std::string& bytes, const LineageQuery& query) {
    const auto row = table().find(digest_of(bytes));
    LineageNode root;
    root.id = row->id;
    root.name = row->facts.digest;
    return lineage_of(table(), root, query);
  }
  // "NAME DISTANCE" of the nodes, artifacts by their bytes.
  static Texts names(const LineageGraph& graph) {
    Texts all;
    for (const LineageGraph::Found& found : graph.nodes) {
      std::string name = found.node.name;
      for (const char* bytes : {"data", "table", "weights", "spare", "loop"}) {
        if (name == digest_of(bytes)) name = bytes;
      }
      all.push_back(name + " " + std::to_string(found.distance));
    }
    std::sort(all.begin() + 1, all.end());
    return all;
  }
};

TEST_F(Lineage, GoesBothWaysAsFarAsItsDepth) {
  const LineageGraph near = around("weights", {.depth = 2});
  EXPECT_EQ(names(near), (Texts{"weights 0", "e 2", "m 1", "table -2", "train -1"}));
  EXPECT_EQ(near.edges.size(), 4u);
  EXPECT_FALSE(near.truncated);
  EXPECT_EQ(names(around("weights", {.depth = 9})),
            (Texts{"weights 0", "data -4", "e 2", "etl -3", "m 1", "table -2", "train -1"}));
}

TEST_F(Lineage, OfOneDirectionHasNothingOfTheOther) {
  EXPECT_EQ(names(around("table", {.depth = 2, .downstream = false})),
            (Texts{"table 0", "data -2", "etl -1"}));
  EXPECT_EQ(names(around("table", {.depth = 2, .upstream = false})),
            (Texts{"table 0", "other 1", "spare 2", "train 1", "weights 2"}));
}

TEST_F(Lineage, ShowsSoManyNodesAtMostAndSaysThatThereAreMore) {
  const LineageGraph graph = around("table", {.depth = 9, .nodes_max = 4});
  EXPECT_EQ(graph.nodes.size(), 4u);
  EXPECT_TRUE(graph.truncated);
  for (const LineageEdge& edge : graph.edges) {
    const auto has = [&](std::int64_t id) {
      return std::any_of(graph.nodes.begin(), graph.nodes.end(), [id](const auto& found) {
        return found.node.id == id;
      });
    };
    EXPECT_TRUE(has(edge.source) && has(edge.target));
  }
}

TEST_F(Lineage, AJobThatMakesWhatItReadIsShownOnceWithBothEdges) {
  job("loop", {"loop"}, {"loop"});
  const LineageGraph graph = around("loop", {.depth = 20});
  EXPECT_EQ(names(graph).size(), 2u);
  EXPECT_EQ(graph.edges.size(), 2u);
}

}  // namespace
}  // namespace pawl::engine
