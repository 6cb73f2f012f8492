// What the local runtime's jobs, models and endpoints tell of artifacts.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/artifacts/artifacts.h"

namespace pawl::engine {

// A job's node. `owner` is that of its record: "execution ARN#work" of a task's.
LineageNode job_node(const std::string& job, const std::string& owner);
// A model's or an endpoint's.
LineageNode made_node(NodeKind kind,
                      const std::string& name,
                      asl::Timestamp made_at,
                      const std::string& owner);

// Thread-safe. Recording never fails what is recorded: trouble with an object is logged, and the
// object left out. Only a disk that takes no writes is told of, by StoreUnavailable: then the
// caller's own writes fail as well, and it comes again. The same told twice is recorded once.
class LineageRecorder {
 public:
  using Post = std::function<void(std::function<void()>)>;

  // REQUIRES: `artifacts` outlives it, and what it has posted.
  LineageRecorder(Artifacts& artifacts, Post post)
      : artifacts_(artifacts), post_(std::move(post)) {}

  struct Taken {
    std::string bucket;
    ObjectInfo info;  // as it was when the job got it
  };
  struct Channel {
    std::string name;
    std::vector<Taken> objects;
  };
  // Reads the objects that are new to it, here and now. A channel of more than kSinglyMax objects
  // becomes one artifact: the list of them.
  void job_took(const LineageNode& job, const std::vector<Channel>& channels);
  static constexpr std::size_t kSinglyMax = 1000;

  struct Made {
    std::string role;  // "model"
    std::string bucket;
    std::string key;
  };
  void job_made(const LineageNode& job, const std::vector<Made>& objects);

  bool knows(const LineageNode& node);
  // Elsewhere: whoever makes a model does not wait for its data to be read. Data that has been
  // written since the model was made is not taken for what the model was made from.
  void model_made(const LineageNode& model, const std::vector<std::string>& data_uris);
  void endpoint_serves(const LineageNode& endpoint,
                       const std::vector<ArtifactTable::ServedModel>& models);

 private:
  void add_objects(const Channel& channel, std::vector<ArtifactTable::Link>& links);
  void add_list(const Channel& channel, std::vector<ArtifactTable::Link>& links);
  void add_data(const LineageNode& model,
                const std::string& uri,
                std::vector<ArtifactTable::Link>& links);

  Artifacts& artifacts_;
  const Post post_;
};

}  // namespace pawl::engine
