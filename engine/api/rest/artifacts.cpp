// Artifacts: bytes by their digest, listed, kept and read.
#include "engine/artifacts/artifacts.h"

#include <algorithm>

#include "asl/text.h"
#include "engine/api/rest/artifact_views.h"
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/ranges.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kMediaTypeBytesMax = 255;

// A header's value as it may be answered again.
std::string media_type_in(const RestCall& call) {
  const std::string_view type = call.request->headers.get("Content-Type");
  if (type.empty()) return kAnyMediaType;
  const bool is_plain =
      std::all_of(type.begin(), type.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (type.size() > kMediaTypeBytesMax || !is_plain || type.find('/') == std::string_view::npos) {
    throw bad_request("The Content-Type is no media type");
  }
  return std::string(type);
}

Problem digest_mismatch(const RestCall& call, const std::string& actual) {
  return {.status = 422,
          .name = "digest-mismatch",
          .title = "Digest mismatch",
          .detail = "The body has the digest " + actual + ", not " + call.arguments.front() +
                    "; it is not kept"};
}

Problem gone(const ArtifactRow& row) {
  return {.status = 410,
          .name = "artifact-gone",
          .title = "Artifact gone",
          .detail = row.uri.empty()
                        ? "Its bytes were kept here, and are not any more"
                        : "Nobody has its bytes any more; they were seen last at " + row.uri};
}

std::string etag_of_artifact(const ArtifactRow& row) { return "\"" + row.facts.digest + "\""; }

HttpResponse described(const ArtifactRow& row) {
  HttpResponse response;
  response.headers.set("ETag", etag_of_artifact(row));
  response.headers.set("X-Request-Id", new_uuid());
  return response;
}

}  // namespace

void list_artifacts(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const auto in_query = [&](const char* name) {
    return call.request->query_value(name).value_or("");
  };
  ArtifactTable::Query query;
  query.producer = in_query("producer");
  query.consumer = in_query("consumer");
  query.uri_prefix = in_query("uriPrefix");
  query.media_type = in_query("mediaType");
  query.limit = page.size + 1;
  const std::string scope =
      "rest/artifacts " +
      asl::to_text(
          Json::array({query.producer, query.consumer, query.uri_prefix, query.media_type}));
  if (page.token) query.before = call.api.tokens.open(scope, *page.token, now).get<std::int64_t>();
  std::vector<ArtifactRow> rows = artifacts_of(call).table().list(query);
  std::optional<std::string> next;
  if (rows.size() > page.size) {
    rows.resize(page.size);
    next = call.api.tokens.make(scope, rows.back().id, now);
  }
  Json items = Json::array();
  for (const ArtifactRow& row : rows) items.push_back(artifact_view(row));
  answer_page(call, std::move(items), next);
}

// Content of any type, of the origin that the console is of too: a browser that is led here runs
// nothing of it.
void get_artifact(const RestCall& call) {
  Artifacts& artifacts = artifacts_of(call);
  const ArtifactRow row = artifact_of_path(call);
  HttpResponse response = described(row);
  const std::string etag = etag_of_artifact(row);
  if (is_unchanged(call, etag)) {
    response.status = 304;
    return call.respond(std::move(response));
  }
  const auto part = part_in_range(call, etag, row.facts.bytes);
  auto opened = artifacts.open(row);
  if (!opened) throw gone(row);
  response.headers.set("Accept-Ranges", "bytes");
  response.headers.set("Content-Type", row.facts.media_type);
  response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.file = FileRange{opened->path, 0, row.facts.bytes, opened->hold};
  if (part) {
    response.file->offset = part->first;
    response.file->length = part->last - part->first + 1;
    set_partial(response, *part, row.facts.bytes);
  }
  call.respond(std::move(response));
}

void put_artifact(const RestCall& call) {
  Artifacts& artifacts = artifacts_of(call);
  const std::string& digest = digest_of_path(call);
  const std::string type = media_type_in(call);
  bool is_new = false;
  try {
    is_new = call.request->body_file ? artifacts.put_file(digest, *call.request->body_file, type)
                                     : artifacts.put(digest, call.request->body, type);
  } catch (const DigestMismatch& mismatch) {
    throw digest_mismatch(call, mismatch.actual);
  }
  const ArtifactRow row = artifact_of_path(call);
  Headers headers;
  headers.set("ETag", etag_of_artifact(row));
  if (is_new) headers.set("Location", "/api/v1/artifacts/" + digest);
  answer_json(call, is_new ? 201 : 200, artifact_view(row), std::move(headers));
}

void delete_artifact(const RestCall& call) {
  const ArtifactRow row = artifact_of_path(call);
  if (!row.facts.is_kept) {
    throw Problem{.status = 409,
                  .name = "artifact-not-kept",
                  .title = "Artifact not kept",
                  .detail = "Its bytes are not kept here: they are those of an object" +
                            (row.uri.empty() ? "" : ", " + row.uri)};
  }
  artifacts_of(call).remove(row.facts.digest);
  answer_nothing(call);
}

}  // namespace pawl::engine::rest
