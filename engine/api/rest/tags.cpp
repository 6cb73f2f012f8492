// Tags of state machines, as one object.
#include "asl/text.h"
#include "engine/api/configuration.h"
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kTagKeyMax = 128;  // [documented]

Json tags_view(const std::map<std::string, std::string>& tags) {
  Json body = Json::object();
  for (const auto& [key, value] : tags) body[key] = value;
  return body;
}

}  // namespace

void get_tags(const RestCall& call) {
  answer_tagged(call, tags_view(call.api.store.catalog().tags(plain_machine_of(call).arn)));
}

void put_tags(const RestCall& call) {
  const Json body = body_of(call);
  std::map<std::string, std::string> tags;
  for (const auto& [key, value] : body.items()) {
    if (key.empty() || key.size() > kTagKeyMax) {
      throw bad_field("/" + key, "A key has 1 to 128 characters");
    }
    tags.emplace(key, value.get<std::string>());
  }
  const std::lock_guard lock(call.api.catalog_writes);
  const MachineRow machine = plain_machine_of(call);
  Catalog& catalog = call.api.store.catalog();
  require_conditions(call, etag_of_body(asl::to_text(tags_view(catalog.tags(machine.arn)))));
  check_tag_count(tags, machine.arn);
  catalog.set_tags(machine.arn, tags);
  Headers headers;
  headers.set("ETag", etag_of_body(asl::to_text(tags_view(tags))));
  answer_json(call, 200, tags_view(tags), std::move(headers));
}

}  // namespace pawl::engine::rest
