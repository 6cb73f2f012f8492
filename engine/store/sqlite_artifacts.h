// Artifacts and their lineage on SQLite.
#pragma once

#include "engine/store/artifacts.h"
#include "engine/store/sqlite_pool.h"
#include "engine/store/sqlite_writer.h"

namespace pawl::engine {

class SqliteArtifacts final : public ArtifactTable {
 public:
  SqliteArtifacts(SqlitePool& readers, SqliteWriter& writer) : readers_(readers), writer_(writer) {}

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
  SqlitePool& readers_;
  SqliteWriter& writer_;
};

}  // namespace pawl::engine
