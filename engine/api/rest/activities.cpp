#include "asl/text.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

Json activity_view(const ActivityRow& row) {
  return {{"name", row.name}, {"arn", row.arn}, {"createdAt", time_json(row.created_at)}};
}

std::string activity_arn_of(const RestCall& call) {
  const std::string& name = call.arguments.front();
  return name.starts_with("arn:") ? name : activity_arn(call.api.config.arns, name);
}

}  // namespace

void list_activities(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  std::string after;
  if (page.token) {
    after = call.api.tokens.open("rest/activities", *page.token, now).get<std::string>();
  }
  auto rows = call.api.store.catalog().list_activities(after, page.size + 1);
  std::optional<std::string> next;
  if (rows.size() > page.size) {
    rows.resize(page.size);
    next = call.api.tokens.make("rest/activities", rows.back().arn, now);
  }
  Json items = Json::array();
  for (const ActivityRow& row : rows) items.push_back(activity_view(row));
  answer_page(call, std::move(items), next);
}

void create_activity(const RestCall& call) {
  const Json body = body_of(call);
  Json request = {{"name", body.at("name")}};
  if (body.contains("tags")) {
    request["tags"] = Json::array();
    for (const auto& [key, value] : body.at("tags").items()) {
      request["tags"].push_back({{"key", key}, {"value", value}});
    }
  }
  call_action(
      call, "CreateActivity", std::move(request), [](const RestCall& c, const Json& result) {
        const ActivityRow row =
            require_activity(c.api, result.at("activityArn").get<std::string>());
        Headers headers;
        headers.set("Location", "/api/v1/activities/" + percent_encode(row.name));
        answer_json(c, 201, activity_view(row), std::move(headers));
      });
}

void get_activity(const RestCall& call) {
  answer_json(call, 200, activity_view(require_activity(call.api, activity_arn_of(call))));
}

void delete_activity(const RestCall& call) {
  const ActivityRow row = require_activity(call.api, activity_arn_of(call));
  call_action(
      call, "DeleteActivity", {{"activityArn", row.arn}}, [](const RestCall& c, const Json&) {
        answer_nothing(c);
      });
}

// The next task, when there is one within a minute.
void poll_activity(const RestCall& call) {
  const Json body = body_of(call);
  Json request = {{"activityArn", activity_arn_of(call)}};
  if (body.contains("workerName")) request["workerName"] = body.at("workerName");
  call_action(
      call, "GetActivityTask", std::move(request), [](const RestCall& c, const Json& result) {
        if (result.at("taskToken").is_null()) return answer_nothing(c);
        answer_json(
            c,
            200,
            {{"taskToken", result.at("taskToken")},
             {"input", asl::Payload::of_text(result.at("input").get<std::string>()).json()}});
      });
}

}  // namespace pawl::engine::rest
