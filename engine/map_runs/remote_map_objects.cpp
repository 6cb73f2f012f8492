// S3 by its REST API, path style.
// [aws] https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "asl/timestamp.h"
#include "engine/http/sigv4.h"
#include "engine/http/url.h"
#include "engine/map_runs/map_objects.h"
#include "engine/objects/s3/xml.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kChunkBytes = 8U << 20;

struct S3Call {
  std::string method = "GET";
  std::string path;                                          // "/bucket/key", encoded
  std::vector<std::pair<std::string, std::string>> query{};  // in order of name
  Headers headers{};
  std::string body{};
};

std::uint64_t number_in(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

ObjectInfo info_of(const XmlNode& node) {
  ObjectInfo info;
  info.key = node.child_text("Key").value_or("");
  info.size = number_in(node.child_text("Size").value_or(""));
  info.etag = node.child_text("ETag").value_or("");
  std::erase(info.etag, '"');
  const auto modified = asl::parse_timestamp(node.child_text("LastModified").value_or(""));
  if (modified) info.modified_at_ms = modified->ms;
  return info;
}

class RemoteMapObjects final : public MapObjects {
 public:
  explicit RemoteMapObjects(RemoteS3 remote) : remote_(std::move(remote)) {
    while (remote_.url.ends_with('/')) remote_.url.pop_back();
  }

  // Chunk by chunk into a file, which goes when nobody holds it any more.
  ItemFile fetch(const std::string& bucket,
                 const std::string& key,
                 const ObjectDemands& demands) override {
    fs::create_directories(remote_.folder);
    const std::string path =
        remote_.folder + "/" + std::to_string(::getpid()) + "-" + std::to_string(++fetched_);
    const std::shared_ptr<const void> hold(nullptr,
                                           [path](const void*) { std::remove(path.c_str()); });
    std::ofstream file(path, std::ios::binary);
    for (std::uint64_t at = 0;; at += kChunkBytes) {
      S3Call call{.path = path_of(bucket, key)};
      if (!demands.version.empty()) call.query = {{"versionId", demands.version}};
      demand_owner(call, demands.owner);
      call.headers.set("Range",
                       "bytes=" + std::to_string(at) + "-" + std::to_string(at + kChunkBytes - 1));
      const HttpResponse answer = send(std::move(call));
      if (answer.status == 416) break;  // nothing from there on
      check(answer);
      file.write(answer.body.data(), static_cast<std::streamsize>(answer.body.size()));
      if (answer.status == 200 || answer.body.size() < kChunkBytes) break;
    }
    file.close();
    if (!file) throw std::runtime_error("cannot write " + path);
    return {path, bucket, key, hold};
  }

  ObjectListing list(const std::string& bucket,
                     const std::string& prefix,
                     const std::string& after,
                     const std::string& owner) override {
    S3Call call{.path = "/" + bucket};
    demand_owner(call, owner);
    call.query = {{"list-type", "2"}, {"max-keys", "1000"}, {"prefix", prefix}};
    if (!after.empty()) call.query.emplace_back("start-after", after);
    const HttpResponse answer = send(std::move(call));
    check(answer);
    const auto root = parse_xml(answer.body);
    if (!root) throw ObjectError("SdkClientException", 500, "S3 answered no XML");
    ObjectListing listing;
    for (const XmlNode& node : root->children) {
      if (node.name == "Contents") listing.objects.push_back(info_of(node));
    }
    if (root->child_text("IsTruncated") == "true" && !listing.objects.empty()) {
      listing.next = listing.objects.back().key;
    }
    return listing;
  }

  void put_file(const std::string& bucket,
                const std::string& key,
                const std::string& file) override {
    std::ifstream in(file, std::ios::binary);
    S3Call call{.method = "PUT", .path = path_of(bucket, key)};
    call.body.assign(std::istreambuf_iterator<char>(in), {});
    call.headers.set("Content-Type", "application/json");
    check(send(std::move(call)));
    std::remove(file.c_str());
  }

 private:
  static std::string path_of(const std::string& bucket, const std::string& key) {
    return "/" + bucket + "/" + percent_encode(key, "/");
  }

  static void demand_owner(S3Call& call, const std::string& owner) {
    if (!owner.empty()) call.headers.set("x-amz-expected-bucket-owner", owner);
  }

  HttpResponse send(S3Call call) {
    std::string query;
    for (const auto& [name, value] : call.query) {
      query += (query.empty() ? "" : "&") + name + "=" + percent_encode(value);
    }
    ClientRequest request;
    request.method = call.method;
    request.url = remote_.url + call.path + (query.empty() ? "" : "?" + query);
    request.headers = std::move(call.headers);
    request.body = std::move(call.body);
    const auto url = parse_url(remote_.url);
    if (const auto credentials = credentials_of_environment(); credentials && url) {
      sign_request(*credentials,
                   {remote_.region, "s3", remote_.clock.now()},
                   {call.method, url->authority(), call.path, request.body, query},
                   request.headers);
    }
    ClientResult result = remote_.http.send(std::move(request));
    if (const auto* error = std::get_if<ClientError>(&result)) {
      throw ObjectError(
          "SdkClientException", 500, "Unable to execute HTTP request: " + error->message);
    }
    return std::get<HttpResponse>(std::move(result));
  }

  static void check(const HttpResponse& answer) {
    if (answer.status < 300) return;
    const auto root = parse_xml(answer.body);
    const auto code = root ? root->child_text("Code") : std::nullopt;
    const auto message = root ? root->child_text("Message") : std::nullopt;
    throw ObjectError(code.value_or("S3Exception"),
                      answer.status,
                      message.value_or("HTTP status " + std::to_string(answer.status)));
  }

  RemoteS3 remote_;
  std::atomic<std::uint64_t> fetched_ = 0;
};

}  // namespace

std::unique_ptr<MapObjects> remote_map_objects(RemoteS3 remote) {
  return std::make_unique<RemoteMapObjects>(std::move(remote));
}

}  // namespace pawl::engine
