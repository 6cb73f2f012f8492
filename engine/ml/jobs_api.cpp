#include "engine/ml/jobs_api.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include "asl/text.h"
#include "engine/ml/documents.h"
#include "engine/ml/endpoints.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;
using asl::Json;

constexpr std::size_t kListed = 200;

// How the records of each service read as jobs.
struct Kind {
  std::string name;
  std::string record_kind;
  std::string name_member;
  std::string status_member;
  std::string end_member;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kKinds = {
      {"training", "training-job", "TrainingJobName", "TrainingJobStatus", "TrainingEndTime"},
      {"glue", "glue-job-run", "Id", "JobRunState", "CompletedOn"},
      {"endpoint", "endpoint", "EndpointName", "EndpointStatus", ""}};
  return kKinds;
}

HttpResponse json(const Json& body, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type",
                       status == 200 ? "application/json" : "application/problem+json");
  response.body = asl::to_text(body);
  return response;
}

HttpResponse not_found(const std::string& detail) {
  return json({{"type", "/docs/problems/job-not-found"},
               {"title", "No such job"},
               {"status", 404},
               {"detail", detail}},
              404);
}

Json summary(const Kind& kind, const Record& record) {
  Json item = {{"id", kind.name + "/" + text_of(record.document, kind.name_member)},
               {"kind", kind.name},
               {"name", text_of(record.document, kind.name_member)},
               {"status", text_of(record.document, kind.status_member)},
               {"createdAt", asl::format_timestamp(record.created_at)}};
  const auto end = record.document.find(kind.end_member);
  if (end != record.document.end() && end->is_number()) {
    item["endedAt"] = asl::format_timestamp({end->get<std::int64_t>()});
  }
  const std::string job = text_of(record.document, "JobName");
  if (!job.empty()) item["jobName"] = job;
  for (const char* reason : {"FailureReason", "ErrorMessage"}) {
    if (!text_of(record.document, reason).empty())
      item["reason"] = text_of(record.document, reason);
  }
  // "execution ARN#work": whose task asked for it.
  if (!record.owner.empty()) item["executionArn"] = record.owner.substr(0, record.owner.rfind('#'));
  return item;
}

// A Glue run is known by its id alone, its record by job and id.
std::optional<Record> find_record(Records& records, const Kind& kind, const std::string& name) {
  if (kind.name != "glue") return records.find(kind.record_kind, name);
  Records::Query query{kind.record_kind, "", true, std::nullopt, kListed};
  for (;;) {
    const std::vector<Record> page = records.list(query);
    for (const Record& record : page) {
      if (text_of(record.document, "Id") == name) return record;
    }
    if (page.size() < query.limit) return std::nullopt;
    query.after = page.back().name;
  }
}

}  // namespace

void JobsApi::handle(const HttpRequest& request, const Responder& respond) {
  if (request.method != "GET" && request.method != "HEAD") {
    return respond(
        json({{"type", "about:blank"}, {"title", "Method not allowed"}, {"status", 405}}, 405));
  }
  std::vector<std::string> parts;
  std::string rest = request.path.substr(std::string("/api/v1/jobs").size());
  while (rest.starts_with('/')) {
    const std::size_t next = rest.find('/', 1);
    parts.push_back(
        percent_decode(rest.substr(1, next == std::string::npos ? next : next - 1)).value_or(""));
    rest = next == std::string::npos ? "" : rest.substr(next);
  }
  if (parts.empty() || (parts.size() == 1 && parts[0].empty())) return respond(list(request));
  if (parts.size() == 2) return respond(show(parts[0], parts[1]));
  if (parts.size() == 3 && parts[2] == "logs") return respond(log(parts[0], parts[1], request));
  respond(not_found("there is nothing at " + request.path));
}

HttpResponse JobsApi::list(const HttpRequest& request) {
  const std::string wanted = request.query_value("kind").value_or("");
  std::vector<Json> items;
  for (const Kind& kind : kinds()) {
    if (!wanted.empty() && wanted != kind.name) continue;
    for (const Record& record :
         context_.records.list({kind.record_kind, "", true, std::nullopt, kListed})) {
      items.push_back(summary(kind, record));
    }
  }
  std::stable_sort(items.begin(), items.end(), [](const Json& a, const Json& b) {
    return a.at("createdAt").get<std::string>() > b.at("createdAt").get<std::string>();
  });
  if (items.size() > kListed) items.resize(kListed);
  return json({{"items", items}});
}

HttpResponse JobsApi::show(const std::string& kind_name, const std::string& name) {
  for (const Kind& kind : kinds()) {
    if (kind.name != kind_name) continue;
    const std::optional<Record> record = find_record(context_.records, kind, name);
    if (!record) break;
    Json item = summary(kind, *record);
    item["document"] = with_times_in_seconds(record->document);
    return json(item);
  }
  return not_found("there is no job " + kind_name + "/" + name);
}

HttpResponse JobsApi::log(const std::string& kind,
                          const std::string& name,
                          const HttpRequest& request) {
  std::string id = kind + "/" + name;
  if (kind == "endpoint") {
    const std::optional<Record> record = context_.records.find("endpoint", name);
    // The log of an endpoint is that of its first server; of a server by its own name, that one's.
    if (record) id = Endpoints::first_job_id(record->document);
  }
  if (!context_.jobs.exists(id)) return not_found("there is no log of " + kind + "/" + name);
  const std::string file = context_.jobs.log_file(id);
  std::error_code ignored;
  const std::uint64_t size = fs::exists(file, ignored) ? fs::file_size(file, ignored) : 0;
  std::uint64_t offset = 0;
  try {
    offset = std::stoull(request.query_value("offset").value_or("0"));
  } catch (const std::exception&) {
    return json({{"type", "about:blank"}, {"title", "offset is no number"}, {"status", 400}}, 400);
  }
  HttpResponse response;
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  response.headers.set("X-Pawl-Log-Size", std::to_string(size));
  if (offset < size) response.file = FileRange{file, offset, size - offset};
  return response;
}

}  // namespace pawl::engine
