#include "asl/schema.h"

#include "asl/text.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

void get_definition_schema(const RestCall& call) {
  static const std::string kText = asl::to_text(asl::definition_schema());
  HttpResponse response;
  response.headers.set("Content-Type", "application/schema+json");
  response.headers.set("X-Request-Id", new_uuid());
  response.body = kText;
  call.respond(std::move(response));
}

}  // namespace pawl::engine::rest
