// pawl artifact: bytes by their digest, and what was made of what.
#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "asl/text.h"
#include "engine/cli/artifact_tree.h"
#include "engine/cli/columns.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"
#include "engine/cli/verbs.h"
#include "engine/objects/digest.h"
#include "engine/objects/local/files.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kArtifactsShownMax = 10'000;
constexpr std::size_t kDigestWidth = 71;
constexpr std::size_t kSizeWidth = 12;
constexpr std::size_t kTypeWidth = 18;
constexpr std::uint64_t kPartBytes = 16U << 20;     // got at once
constexpr std::uint64_t kPutBytesMax = 1ULL << 30;  // held in memory
constexpr auto kPutTimeout = std::chrono::minutes(30);
constexpr std::string_view kHead = "sha256:";

struct ArtifactOptions {
  std::string digest;
  std::string file;  // to put; to get into
  std::string media_type;
  std::string producer;
  std::string consumer;
  std::string uri;
  std::string direction = "both";
  int depth = 2;
  std::string format;
};

bool wants_json(const ArtifactOptions& options) { return options.format == "json"; }

// The hexadecimal digits alone will do.
std::string artifact_path(const ArtifactOptions& options) {
  const bool has_head = options.digest.starts_with(kHead);
  return "/artifacts/" + percent_encode((has_head ? "" : std::string(kHead)) + options.digest, ":");
}

int list_artifacts(ServerClient& client, const ArtifactOptions& options) {
  std::string query;
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    query += (query.empty() ? "?" : "&") + std::string(name) + "=" + percent_encode(value);
  };
  add("producer", options.producer);
  add("consumer", options.consumer);
  add("uriPrefix", options.uri);
  add("mediaType", options.media_type);
  const Json items = client.items("/artifacts" + query, kArtifactsShownMax);
  if (wants_json(options)) {
    std::cout << asl::to_text(items) << "\n";
    return kSucceeded;
  }
  std::cout << padded("DIGEST", kDigestWidth) << "  " << padded("SIZE", kSizeWidth) << "  "
            << padded("TYPE", kTypeWidth) << "  PRODUCER  URI\n";
  for (const Json& item : items) {
    std::cout << padded(member_text(item, "digest"), kDigestWidth) << "  "
              << padded(member_text(item, "size"), kSizeWidth) << "  "
              << padded(member_text(item, "mediaType"), kTypeWidth) << "  "
              << (item.contains("producer") ? member_text(item, "producer") : "-") << "  "
              << member_text(item, "uri") << "\n";
  }
  return kSucceeded;
}

using Take = std::function<void(std::string_view bytes)>;

// A part at a time. Throws when what came is not what was asked for.
void get_bytes(ServerClient& client, const ArtifactOptions& options, const Take& take) {
  const std::string path = artifact_path(options);
  const Json shown = client.get(path + "/lineage?depth=1&direction=upstream");
  const Json& artifact = shown.at("nodes").at(0).at("artifact");
  const auto size = artifact.at("size").get<std::uint64_t>();
  Digest digest(DigestKind::kSha256);
  for (std::uint64_t at = 0; at < size;) {
    ClientRequest request;
    request.url = path;
    request.headers.set("Range",
                        "bytes=" + std::to_string(at) + "-" + std::to_string(at + kPartBytes - 1));
    const HttpResponse part = client.request(std::move(request));
    if (part.status != 206 || part.body.empty()) throw std::runtime_error("no part has come");
    digest.update(part.body);
    take(part.body);
    at += part.body.size();
  }
  if (size == 0) client.raw(path);  // is refused when it is gone
  if (std::string(kHead) + to_hex(digest.finish()) != member_text(artifact, "digest")) {
    throw std::runtime_error("what has come has another digest");
  }
}

// The file is there when all of it is right, or as it was.
void get_into_file(ServerClient& client, const ArtifactOptions& options) {
  const std::string scratch = options.file + "." + random_hex(8) + ".part";
  try {
    const Fd file = create_file(scratch);
    get_bytes(client, options, [&](std::string_view bytes) { write_all(file, bytes); });
    seal(file);
    rename_file(scratch, options.file);
    sync_folder(parent_folder(options.file));
  } catch (...) {
    remove_file(scratch);
    throw;
  }
}

int get_artifact(ServerClient& client, const ArtifactOptions& options) {
  if (options.file.empty() || options.file == "-") {
    get_bytes(client, options, [](std::string_view bytes) { std::cout << bytes; });
    std::cout << std::flush;
  } else {
    get_into_file(client, options);
  }
  return kSucceeded;
}

int put_artifact(ServerClient& client, const ArtifactOptions& options) {
  const Fd file = open_file(options.file);
  if (stamp_of(file).size > kPutBytesMax) {
    throw std::runtime_error(options.file +
                             " is larger than 1 GiB: curl -T takes it to the server");
  }
  ClientRequest request;
  request.method = "PUT";
  request.body = read_file(file, kPutBytesMax);
  request.url =
      "/artifacts/" + std::string(kHead) + to_hex(digest(DigestKind::kSha256, request.body));
  request.timeout = kPutTimeout;
  request.headers.set("Content-Type",
                      options.media_type.empty() ? "application/octet-stream" : options.media_type);
  const HttpResponse made = client.request(std::move(request));
  std::cout << (wants_json(options) ? made.body : member_text(Json::parse(made.body), "digest"))
            << "\n";
  return kSucceeded;
}

int show_lineage(ServerClient& client, const ArtifactOptions& options) {
  const Json graph =
      client.get(artifact_path(options) + "/lineage?depth=" + std::to_string(options.depth) +
                 "&direction=" + options.direction);
  std::cout << (wants_json(options) ? asl::to_text(graph) + "\n" : lineage_text(graph));
  return kSucceeded;
}

int remove_artifact(ServerClient& client, const ArtifactOptions& options) {
  client.call("DELETE", artifact_path(options), "");
  return kSucceeded;
}

void declare_digest(CLI::App& app, ArtifactOptions& options) {
  app.add_option("digest", options.digest, "sha256:..., or its digits alone")->required();
}

const std::vector<ServerVerb<ArtifactOptions>>& artifact_verbs() {
  static const std::vector<ServerVerb<ArtifactOptions>> kVerbs = {
      {"get",
       "Get its bytes, and check that they are right",
       get_artifact,
       [](CLI::App& app, ArtifactOptions& options) {
         declare_digest(app, options);
         app.add_option("-o,--output", options.file, "Into this file (default: standard output)");
       }},
      {"lineage",
       "Show what it was made of, and what was made of it",
       show_lineage,
       [](CLI::App& app, ArtifactOptions& options) {
         declare_digest(app, options);
         app.add_option("--depth", options.depth, "How many steps")->capture_default_str();
         app.add_option("--direction", options.direction, "both, upstream or downstream")
             ->check(CLI::IsMember({"both", "upstream", "downstream"}))
             ->capture_default_str();
       }},
      {"ls",
       "List them, recorded last first",
       list_artifacts,
       [](CLI::App& app, ArtifactOptions& options) {
         app.add_option("--producer", options.producer, "Made by this job: training/NAME");
         app.add_option("--consumer", options.consumer, "Read by this job");
         app.add_option("--uri", options.uri, "Seen at a URI that begins so: s3://bucket/data/");
         app.add_option("--type", options.media_type, "Of this media type");
       }},
      {"put",
       "Have the server keep a file, and print its digest",
       put_artifact,
       [](CLI::App& app, ArtifactOptions& options) {
         app.add_option("file", options.file, "The file")->required();
         app.add_option("--type", options.media_type, "Its media type, as text/csv");
       }},
      {"rm", "Have the server keep its bytes no longer", remove_artifact, declare_digest},
  };
  return kVerbs;
}

}  // namespace

std::function<int()> declare_artifact(CLI::App& app) {
  return declare_verbs(app, artifact_verbs());
}

}  // namespace pawl::engine
