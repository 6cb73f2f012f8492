// What the resources of artifacts share.
#pragma once

#include <string>

#include "engine/api/rest/rest.h"
#include "engine/artifacts/artifacts.h"

namespace pawl::engine::rest {

Artifacts& artifacts_of(const RestCall& call);  // throws Problem: this server has none

// Of {digest}. Throws Problem when it is none.
const std::string& digest_of_path(const RestCall& call);
ArtifactRow artifact_of_path(const RestCall& call);  // throws Problem 404

asl::Json artifact_view(const ArtifactRow& row);
// "executionArn" and "execution"; nothing of an empty ARN.
void add_asking_execution(const std::string& execution_arn, asl::Json& view);

}  // namespace pawl::engine::rest
