// Artifacts and their lineage in memory.
#pragma once

#include <map>
#include <mutex>
#include <tuple>

#include "engine/store/artifacts.h"

namespace pawl::engine {

class MemoryArtifacts final : public ArtifactTable {
 public:
  void record(const SeenArtifact& artifact, asl::Timestamp now) override;
  void set_links(const LineageNode& node,
                 Relation relation,
                 const std::vector<Link>& links,
                 asl::Timestamp now) override;
  void add_served(const LineageNode& endpoint,
                  const std::vector<ServedModel>& models,
                  asl::Timestamp now) override;
  void set_not_kept(const std::string& digest) override;
  std::optional<ArtifactRow> find(const std::string& digest) override;
  std::optional<ArtifactRow> find_at(const ArtifactPlace& place, std::uint64_t bytes) override;
  std::vector<ArtifactPlace> places(std::int64_t artifact, std::size_t limit) override;
  std::vector<ArtifactRow> list(const Query& query) override;
  bool has_node(const LineageNode& node) override;
  std::vector<Neighbour> neighbours(std::int64_t node, bool upstream, std::size_t limit) override;

 private:
  struct KeptPlace {
    ArtifactPlace place;
    asl::Timestamp seen_at{};
  };
  using EdgeName = std::tuple<std::int64_t, std::int64_t, Relation, std::string>;

  std::int64_t find_node(const LineageNode& node) const;  // 0: there is none
  std::int64_t put_node(const LineageNode& node);
  std::int64_t put_artifact(const SeenArtifact& artifact, asl::Timestamp now);
  std::vector<KeptPlace> places_of(std::int64_t artifact) const;  // seen last first
  ArtifactRow row_of(std::int64_t id) const;
  bool has_job(std::int64_t artifact, Relation relation, const std::string& job) const;
  bool has_place_below(std::int64_t artifact, const std::string& prefix) const;

  mutable std::mutex mutex_;
  std::int64_t last_id_ = 0;
  std::map<std::int64_t, LineageNode> nodes_;
  std::map<std::int64_t, ArtifactRow> artifacts_;  // without what others say of them
  std::map<std::pair<std::string, std::int64_t>, KeptPlace> places_;  // by URI and artifact
  std::map<EdgeName, asl::Timestamp> edges_;
};

}  // namespace pawl::engine
