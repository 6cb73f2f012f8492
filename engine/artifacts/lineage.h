// What an artifact was made of, and what was made of it.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/store/artifacts.h"

namespace pawl::engine {

struct LineageQuery {
  int depth = 2;  // steps from the artifact: from a data set to the job that read it is one
  bool upstream = true;
  bool downstream = true;
  std::size_t nodes_max = 500;
};

struct LineageGraph {
  struct Found {
    LineageNode node;
    int distance = 0;  // from the artifact; negative: upstream of it
  };
  std::vector<Found> nodes;  // the artifact itself first, then by distance
  std::vector<LineageEdge> edges;
  bool truncated = false;  // there are more within the depth than nodes_max
};

// Forebears and descendants; neither the other descendants of a forebear nor the reverse. Edges
// are those that were gone along.
LineageGraph lineage_of(ArtifactTable& table, const LineageNode& root, const LineageQuery& query);

}  // namespace pawl::engine
