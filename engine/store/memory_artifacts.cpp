#include "engine/store/memory_artifacts.h"

#include <algorithm>
#include <set>
#include <utility>

namespace pawl::engine {

std::int64_t MemoryArtifacts::find_node(const LineageNode& node) const {
  for (const auto& [id, each] : nodes_) {
    if (each.kind == node.kind && each.name == node.name && each.made_at == node.made_at) return id;
  }
  return 0;
}

std::int64_t MemoryArtifacts::put_node(const LineageNode& node) {
  if (const std::int64_t id = find_node(node)) return id;
  LineageNode fresh = node;
  fresh.id = ++last_id_;
  return nodes_.emplace(fresh.id, std::move(fresh)).first->first;
}

std::int64_t MemoryArtifacts::put_artifact(const SeenArtifact& seen, asl::Timestamp now) {
  LineageNode node;
  node.name = seen.facts.digest;
  const std::int64_t id = put_node(node);
  ArtifactRow fresh;
  fresh.id = id;
  fresh.facts = seen.facts;
  fresh.recorded_at = now;
  ArtifactRow& row = artifacts_.emplace(id, std::move(fresh)).first->second;
  row.facts.is_kept = row.facts.is_kept || seen.facts.is_kept;
  if (seen.place) places_[{seen.place->uri, id}] = {*seen.place, now};
  return id;
}

std::vector<MemoryArtifacts::KeptPlace> MemoryArtifacts::places_of(std::int64_t artifact) const {
  std::vector<KeptPlace> out;
  for (const auto& [name, each] : places_) {
    if (name.second == artifact) out.push_back(each);
  }
  std::stable_sort(out.begin(), out.end(), [](const KeptPlace& a, const KeptPlace& b) {
    return a.seen_at > b.seen_at;
  });
  return out;
}

ArtifactRow MemoryArtifacts::row_of(std::int64_t id) const {
  ArtifactRow row = artifacts_.at(id);
  const auto places = places_of(id);
  if (!places.empty()) row.uri = places.front().place.uri;
  for (const auto& [name, at] : edges_) {  // in order of source
    if (std::get<1>(name) != id || std::get<2>(name) != Relation::kProduced) continue;
    const LineageNode& job = nodes_.at(std::get<0>(name));
    row.producer = job.name;
    row.execution_arn = job.execution_arn;
    break;
  }
  return row;
}

void MemoryArtifacts::record(const SeenArtifact& artifact, asl::Timestamp now) {
  const std::lock_guard lock(mutex_);
  put_artifact(artifact, now);
}

void MemoryArtifacts::set_links(const LineageNode& node,
                                Relation relation,
                                const std::vector<Link>& links,
                                asl::Timestamp now) {
  const std::lock_guard lock(mutex_);
  const std::int64_t id = put_node(node);
  std::set<EdgeName> named;
  for (const Link& link : links) {
    std::int64_t source = put_artifact(link.artifact, now);
    std::int64_t target = id;
    if (relation == Relation::kProduced) std::swap(source, target);
    named.emplace(source, target, relation, link.role);
  }
  std::erase_if(edges_, [&](const auto& edge) {
    const auto& [source, target, kind, role] = edge.first;
    const bool is_of_node = (relation == Relation::kProduced ? source : target) == id;
    return kind == relation && is_of_node && !named.contains(edge.first);
  });
  for (const EdgeName& edge : named) edges_.emplace(edge, now);
}

void MemoryArtifacts::add_served(const LineageNode& endpoint,
                                 const std::vector<ServedModel>& models,
                                 asl::Timestamp now) {
  const std::lock_guard lock(mutex_);
  const std::int64_t id = put_node(endpoint);
  for (const ServedModel& served : models) {
    edges_.emplace(EdgeName{put_node(served.model), id, Relation::kServedBy, served.role}, now);
  }
}

void MemoryArtifacts::set_not_kept(const std::string& digest) {
  const std::lock_guard lock(mutex_);
  LineageNode node;
  node.name = digest;
  const std::int64_t id = find_node(node);
  const auto found = artifacts_.find(id);
  if (found == artifacts_.end()) return;
  found->second.facts.is_kept = false;
  const bool is_known =
      !places_of(id).empty() || std::any_of(edges_.begin(), edges_.end(), [id](const auto& edge) {
        return std::get<0>(edge.first) == id || std::get<1>(edge.first) == id;
      });
  if (is_known) return;
  artifacts_.erase(found);
  nodes_.erase(id);
}

std::optional<ArtifactRow> MemoryArtifacts::find(const std::string& digest) {
  const std::lock_guard lock(mutex_);
  LineageNode node;
  node.name = digest;
  const std::int64_t id = find_node(node);
  if (id == 0) return std::nullopt;
  return row_of(id);
}

std::optional<ArtifactRow> MemoryArtifacts::find_at(const ArtifactPlace& place,
                                                    std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, each] : places_) {
    const ArtifactPlace& there = each.place;
    if (there.uri == place.uri && there.etag == place.etag &&
        there.modified_at_ms == place.modified_at_ms &&
        artifacts_.at(name.second).facts.bytes == bytes) {
      return row_of(name.second);
    }
  }
  return std::nullopt;
}

std::vector<ArtifactPlace> MemoryArtifacts::places(std::int64_t artifact, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<ArtifactPlace> out;
  for (const KeptPlace& each : places_of(artifact)) {
    if (out.size() == limit) break;
    out.push_back(each.place);
  }
  return out;
}

bool MemoryArtifacts::has_job(std::int64_t artifact,
                              Relation relation,
                              const std::string& job) const {
  return std::any_of(edges_.begin(), edges_.end(), [&](const auto& edge) {
    const auto& [source, target, kind, role] = edge.first;
    const bool is_produced = relation == Relation::kProduced;
    return kind == relation && (is_produced ? target : source) == artifact &&
           nodes_.at(is_produced ? source : target).name == job;
  });
}

bool MemoryArtifacts::has_place_below(std::int64_t artifact, const std::string& prefix) const {
  const auto places = places_of(artifact);
  return std::any_of(places.begin(), places.end(), [&](const KeptPlace& each) {
    return each.place.uri.starts_with(prefix);
  });
}

std::vector<ArtifactRow> MemoryArtifacts::list(const Query& query) {
  const std::lock_guard lock(mutex_);
  std::vector<ArtifactRow> out;
  for (auto at = artifacts_.rbegin(); at != artifacts_.rend() && out.size() < query.limit; ++at) {
    const std::int64_t id = at->first;
    if (id >= query.before) continue;
    if (!query.producer.empty() && !has_job(id, Relation::kProduced, query.producer)) continue;
    if (!query.consumer.empty() && !has_job(id, Relation::kConsumedBy, query.consumer)) continue;
    if (!query.uri_prefix.empty() && !has_place_below(id, query.uri_prefix)) continue;
    if (!query.media_type.empty() && at->second.facts.media_type != query.media_type) continue;
    out.push_back(row_of(id));
  }
  return out;
}

bool MemoryArtifacts::has_node(const LineageNode& node) {
  const std::lock_guard lock(mutex_);
  return find_node(node) != 0;
}

std::vector<ArtifactTable::Neighbour> MemoryArtifacts::neighbours(std::int64_t node,
                                                                  bool upstream,
                                                                  std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Neighbour> out;
  for (const auto& [name, at] : edges_) {
    const auto& [source, target, relation, role] = name;
    if (out.size() == limit) break;
    if ((upstream ? target : source) != node) continue;
    out.push_back({{source, target, relation, role, at}, nodes_.at(upstream ? source : target)});
  }
  return out;
}

}  // namespace pawl::engine
