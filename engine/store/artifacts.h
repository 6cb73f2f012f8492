// Artifacts and their lineage: bytes named by their SHA-256, the objects that hold them, and what
// was made of what.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/timestamp.h"

namespace pawl::engine {

struct ArtifactFacts {
  std::string digest;  // "sha256:" and 64 hexadecimal digits in lower case
  std::uint64_t bytes = 0;
  std::string media_type;
  bool is_kept = false;  // this installation keeps the bytes itself
};

// An object that was seen to hold an artifact's bytes, and by what it is told whether it still
// does.
struct ArtifactPlace {
  std::string uri;  // "s3://bucket/key"
  std::string etag;
  std::int64_t modified_at_ms = 0;
};

struct SeenArtifact {
  ArtifactFacts facts;
  std::optional<ArtifactPlace> place;
};

enum class NodeKind { kArtifact, kEndpoint, kJob, kModel };
std::string_view to_string(NodeKind kind);  // "artifact"

struct LineageNode {
  std::int64_t id = 0;  // the store's
  NodeKind kind = NodeKind::kArtifact;
  std::string name;  // a digest; "training/digits-1"; a model's or an endpoint's name
  // Tells those apart that had the name one after the other. 0 of artifacts and jobs, whose names
  // are taken once.
  asl::Timestamp made_at{};
  std::string execution_arn;  // whose task asked for it, or empty
};

// Each goes the way that the data went.
enum class Relation {
  kConsumedBy,  // artifact -> job
  kMadeInto,    // artifact -> model
  kProduced,    // job -> artifact
  kServedBy,    // model -> endpoint
};
std::string_view to_string(Relation relation);  // "CONSUMED_BY"

struct LineageEdge {
  std::int64_t source = 0;
  std::int64_t target = 0;
  Relation relation = Relation::kConsumedBy;
  std::string role;  // a channel, "model", a variant ...
  asl::Timestamp at{};
};

struct ArtifactRow {
  std::int64_t id = 0;  // of its node
  ArtifactFacts facts;
  asl::Timestamp recorded_at{};
  std::string uri;  // where it was seen last, or empty
  // The first job that made it, or empty, and the execution whose task asked for that.
  std::string producer;
  std::string execution_arn;
};

// Thread-safe; writes block until durable and throw StoreUnavailable when the disk does not take
// them. Recording the same again changes nothing.
class ArtifactTable {
 public:
  virtual ~ArtifactTable() = default;

  // What is known already stays, but for places seen again and bytes that are kept from now on.
  virtual void record(const SeenArtifact& artifact, asl::Timestamp now) = 0;

  struct Link {
    SeenArtifact artifact;
    std::string role;
  };
  // The artifacts that have this relation to the node, in place of what was recorded of it before.
  // REQUIRES: the relation is one between an artifact and a node of this kind.
  virtual void set_links(const LineageNode& node,
                         Relation relation,
                         const std::vector<Link>& links,
                         asl::Timestamp now) = 0;

  struct ServedModel {
    LineageNode model;
    std::string role;
  };
  // Beside what the endpoint has served before.
  virtual void add_served(const LineageNode& endpoint,
                          const std::vector<ServedModel>& models,
                          asl::Timestamp now) = 0;

  // The bytes are kept no longer. What nothing else is known of is forgotten.
  virtual void set_not_kept(const std::string& digest) = 0;

  virtual std::optional<ArtifactRow> find(const std::string& digest) = 0;
  // The artifact that this object held when it had this ETag, size and time.
  virtual std::optional<ArtifactRow> find_at(const ArtifactPlace& place, std::uint64_t bytes) = 0;
  // Seen last first.
  virtual std::vector<ArtifactPlace> places(std::int64_t artifact, std::size_t limit) = 0;

  struct Query {
    std::string producer;  // a job's name; empty: any
    std::string consumer;  // the same
    std::string uri_prefix;
    std::string media_type;
    std::int64_t before = std::numeric_limits<std::int64_t>::max();  // ids smaller than this
    std::size_t limit = 100;
  };
  // Recorded last first.
  virtual std::vector<ArtifactRow> list(const Query& query) = 0;

  virtual bool has_node(const LineageNode& node) = 0;  // by kind, name and time
  struct Neighbour {
    LineageEdge edge;
    LineageNode node;
  };
  // In the order in which the nodes were recorded.
  virtual std::vector<Neighbour> neighbours(std::int64_t node,
                                            bool upstream,
                                            std::size_t limit) = 0;
};

}  // namespace pawl::engine
