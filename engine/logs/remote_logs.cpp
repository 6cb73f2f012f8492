#include "engine/logs/remote_logs.h"

#include <algorithm>
#include <stdexcept>

#include "asl/text.h"
#include "engine/http/sigv4.h"
#include "engine/http/url.h"
#include "engine/logs/log_batches.h"

namespace pawl::engine {

using asl::Json;

void RemoteLogs::put(const std::string& group,
                     const std::string& stream,
                     const std::vector<LogEvent>& events) {
  const std::lock_guard lock(mutex_);
  if (!made_.contains({group, stream})) {
    const std::string error =
        call("CreateLogStream", {{"logGroupName", group}, {"logStreamName", stream}}).error;
    if (!error.empty() && error != "ResourceAlreadyExistsException") {
      throw std::runtime_error("CreateLogStream in " + group + ": " + error);
    }
    made_.insert({group, stream});
  }
  for (const std::vector<LogEvent>& batch : log_batches(events)) {
    Json list = Json::array();
    for (const LogEvent& event : batch) {
      list.push_back({{"timestamp", event.at.ms}, {"message", event.message}});
    }
    const std::string error =
        call("PutLogEvents",
             {{"logGroupName", group}, {"logStreamName", stream}, {"logEvents", list}})
            .error;
    if (error.empty()) continue;
    made_.erase({group, stream});
    throw std::runtime_error("PutLogEvents to " + group + ": " + error);
  }
}

bool RemoteLogs::takes(const std::string& group) {
  const Answer answer = call("DescribeLogGroups", {{"logGroupNamePrefix", group}});
  const auto groups = answer.body.find("logGroups");
  if (!answer.error.empty() || groups == answer.body.end() || !groups->is_array()) return true;
  return std::any_of(groups->begin(), groups->end(), [&group](const Json& found) {
    return found.value("logGroupName", "") == group;
  });
}

RemoteLogs::Answer RemoteLogs::call(const std::string& action, const Json& request) {
  const auto url = parse_url(url_);
  if (!url) return {"bad endpoint URL " + url_, Json::object()};
  ClientRequest sent;
  sent.method = "POST";
  sent.url = url_;
  sent.body = asl::to_text(request);
  sent.headers.set("Content-Type", "application/x-amz-json-1.1");
  sent.headers.set("X-Amz-Target", "Logs_20140328." + action);
  if (const auto credentials = credentials_of_environment()) {
    SignedParts parts;
    parts.host = url->authority();
    parts.body = sent.body;
    sign_request(*credentials, {region_, "logs", now_()}, parts, sent.headers);
  }
  const ClientResult result = client_.send(std::move(sent));
  if (const auto* error = std::get_if<ClientError>(&result)) {
    return {error->message, Json::object()};
  }
  const auto& response = std::get<HttpResponse>(result);
  auto parsed = asl::parse_text(response.body);
  const auto* body = std::get_if<Json>(&parsed);
  Answer answer{"", body != nullptr && body->is_object() ? *body : Json::object()};
  if (response.status >= 300) {
    answer.error = answer.body.value("__type", "HTTP " + std::to_string(response.status));
    answer.error.erase(0, answer.error.find('#') + 1);
  }
  return answer;
}

}  // namespace pawl::engine
