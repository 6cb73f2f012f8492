#include "engine/api/rest/artifact_views.h"

#include "engine/api/rest/problem.h"

namespace pawl::engine::rest {

using asl::Json;

Artifacts& artifacts_of(const RestCall& call) {
  if (call.api.artifacts != nullptr) return *call.api.artifacts;
  throw Problem{.status = 503,
                .name = "no-artifacts",
                .title = "No artifacts",
                .detail = "This server has no artifacts"};
}

const std::string& digest_of_path(const RestCall& call) {
  const std::string& digest = call.arguments.front();
  if (is_artifact_digest(digest)) return digest;
  throw Problem{.status = 400,
                .name = "invalid-digest",
                .title = "Invalid digest",
                .detail = "sha256: and 64 hexadecimal digits in lower case are expected"};
}

ArtifactRow artifact_of_path(const RestCall& call) {
  const std::string& digest = digest_of_path(call);
  auto row = artifacts_of(call).table().find(digest);
  if (!row) throw not_found("There is no artifact " + digest);
  return *std::move(row);
}

// [aws] arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME, or express:MACHINE:NAME:ID
void add_asking_execution(const std::string& execution_arn, Json& view) {
  static constexpr std::string_view kExecution = ":execution:";
  if (execution_arn.empty()) return;
  view["executionArn"] = execution_arn;
  const std::size_t id = execution_arn.find(kExecution);
  if (id != std::string::npos) view["execution"] = execution_arn.substr(id + kExecution.size());
}

Json artifact_view(const ArtifactRow& row) {
  Json view = {{"digest", row.facts.digest},
               {"size", row.facts.bytes},
               {"mediaType", row.facts.media_type},
               {"kept", row.facts.is_kept},
               {"createdAt", time_json(row.recorded_at)}};
  if (!row.uri.empty()) view["uri"] = row.uri;
  if (!row.producer.empty()) view["producer"] = row.producer;
  add_asking_execution(row.execution_arn, view);
  return view;
}

}  // namespace pawl::engine::rest
