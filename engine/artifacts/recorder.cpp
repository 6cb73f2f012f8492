#include "engine/artifacts/recorder.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "engine/store/records.h"

namespace pawl::engine {

namespace {

std::string execution_of_owner(const std::string& owner) {
  return owner.starts_with("arn:") ? owner.substr(0, owner.rfind('#')) : "";
}

// Whatever is wrong with one object, but for a store that takes no writes.
template <class Look>
void leaving_out(const std::string& what, const Look& look) {
  try {
    look();
  } catch (const StoreUnavailable&) {
    throw;
  } catch (const std::exception& error) {
    spdlog::warn("lineage: {} is left out: {}", what, error.what());
  }
}

// RFC 4180.
std::string csv_field(const std::string& text) {
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void write_list(const std::string& file, const LineageRecorder::Channel& channel) {
  std::vector<std::string> lines;
  lines.reserve(channel.objects.size());
  for (const LineageRecorder::Taken& each : channel.objects) {
    lines.push_back(csv_field("s3://" + each.bucket + "/" + each.info.key) + "," +
                    std::to_string(each.info.size) + "," + csv_field(each.info.etag));
  }
  std::sort(lines.begin(), lines.end());
  std::ofstream out(file, std::ios::binary);
  out << "uri,size,etag\n";
  for (const std::string& line : lines) out << line << '\n';
  out.close();
  if (!out) throw std::runtime_error("the list of its objects cannot be written");
}

}  // namespace

LineageNode job_node(const std::string& job, const std::string& owner) {
  LineageNode node;
  node.kind = NodeKind::kJob;
  node.name = job;
  node.execution_arn = execution_of_owner(owner);
  return node;
}

LineageNode made_node(NodeKind kind,
                      const std::string& name,
                      asl::Timestamp made_at,
                      const std::string& owner) {
  LineageNode node;
  node.kind = kind;
  node.name = name;
  node.made_at = made_at;
  node.execution_arn = execution_of_owner(owner);
  return node;
}

void LineageRecorder::add_objects(const Channel& channel, std::vector<ArtifactTable::Link>& links) {
  for (const Taken& each : channel.objects) {
    leaving_out("s3://" + each.bucket + "/" + each.info.key, [&] {
      SeenArtifact seen = artifacts_.look_at(each.bucket, each.info.key);
      const bool is_same = seen.place->etag == each.info.etag &&
                           seen.place->modified_at_ms == each.info.modified_at_ms &&
                           seen.facts.bytes == each.info.size;
      if (!is_same) throw std::runtime_error("it was written again since the job got it");
      links.push_back({std::move(seen), channel.name});
    });
  }
}

void LineageRecorder::add_list(const Channel& channel, std::vector<ArtifactTable::Link>& links) {
  leaving_out("channel " + channel.name, [&] {
    const ArtifactScratch file(artifacts_.scratch_name());
    write_list(file.path, channel);
    const std::string digest = artifact_digest_of_file(file.path);
    artifacts_.put_file(digest, file.path, "text/csv");
    if (const auto row = artifacts_.table().find(digest)) {
      links.push_back({{row->facts, std::nullopt}, channel.name});
    }
  });
}

void LineageRecorder::job_took(const LineageNode& job, const std::vector<Channel>& channels) {
  std::vector<ArtifactTable::Link> links;
  for (const Channel& channel : channels) {
    if (channel.objects.size() > kSinglyMax) {
      add_list(channel, links);
    } else {
      add_objects(channel, links);
    }
  }
  artifacts_.table().set_links(job, Relation::kConsumedBy, links, artifacts_.now());
}

void LineageRecorder::job_made(const LineageNode& job, const std::vector<Made>& objects) {
  std::vector<ArtifactTable::Link> links;
  for (const Made& each : objects) {
    leaving_out("s3://" + each.bucket + "/" + each.key, [&] {
      links.push_back({artifacts_.look_at(each.bucket, each.key), each.role});
    });
  }
  artifacts_.table().set_links(job, Relation::kProduced, links, artifacts_.now());
}

void LineageRecorder::add_data(const LineageNode& model,
                               const std::string& uri,
                               std::vector<ArtifactTable::Link>& links) {
  leaving_out(uri + ", of the model " + model.name + ",", [&] {
    const auto object = parse_s3_uri(uri);
    if (!object) throw std::runtime_error("it is no object");
    SeenArtifact seen = artifacts_.look_at(object->bucket, object->key);
    if (seen.place->modified_at_ms > model.made_at.ms) {
      throw std::runtime_error("it was written after the model was made");
    }
    links.push_back({std::move(seen), "model"});
  });
}

bool LineageRecorder::knows(const LineageNode& node) { return artifacts_.table().has_node(node); }

void LineageRecorder::model_made(const LineageNode& model,
                                 const std::vector<std::string>& data_uris) {
  if (data_uris.empty()) return;
  post_([this, model, data_uris] {
    try {
      std::vector<ArtifactTable::Link> links;
      for (const std::string& uri : data_uris) add_data(model, uri, links);
      artifacts_.table().set_links(model, Relation::kMadeInto, links, artifacts_.now());
    } catch (const StoreUnavailable& error) {  // the next start of the server comes back to it
      spdlog::warn("lineage: the model {} is left out for now: {}", model.name, error.what());
    }
  });
}

void LineageRecorder::endpoint_serves(const LineageNode& endpoint,
                                      const std::vector<ArtifactTable::ServedModel>& models) {
  artifacts_.table().add_served(endpoint, models, artifacts_.now());
}

}  // namespace pawl::engine
