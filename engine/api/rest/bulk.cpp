// The same done to many executions: first a dry run, which says what it would be, then, with the
// operation that the dry run has named, what it said.
#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>

#include "asl/text.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kAtOnceMax = 1000;
constexpr std::size_t kShownMax = 100;

// What is to be done, and to which executions.
struct Bulk {
  const char* action;
  const char* scope;
  std::vector<states::Status> statuses;
  Json extra;  // members of the action's request
};

struct Selected {
  std::vector<ExecutionRow> rows;  // newest first
  bool more = false;
};

std::optional<asl::Timestamp> time_member(const Json& body, const char* name) {
  const auto text = body_text(body, name);
  if (!text) return std::nullopt;
  const auto time = asl::parse_timestamp(*text);
  if (!time) throw bad_field(std::string("/") + name, "An RFC 3339 timestamp is expected");
  return time;
}

std::string machine_arn_in(const RestCall& call, const Json& body) {
  const std::string machine = body.at("stateMachine").get<std::string>();
  return require_machine(call.api,
                         machine.starts_with("arn:")
                             ? machine
                             : state_machine_arn(call.api.config.arns, machine))
      .arn;
}

// Executions of the statuses that started before the cursor, newest first.
Selected select(const RestCall& call,
                const Bulk& bulk,
                const Json& body,
                std::optional<Journal::Cursor> before) {
  const auto after = time_member(body, "startedAfter");
  if (const auto time = time_member(body, "startedBefore")) {
    const Journal::Cursor limit{.start = *time, .key = 0};  // keys are positive
    if (!before || limit.start < before->start) before = limit;
  }
  Selected selected;
  Journal::Filter filter;
  filter.state_machine_arn = machine_arn_in(call, body);
  for (const states::Status status : bulk.statuses) {
    filter.status = status;
    auto rows = call.api.store.journal().list(filter, before, kAtOnceMax + 1);
    std::move(rows.begin(), rows.end(), std::back_inserter(selected.rows));
  }
  std::erase_if(selected.rows, [&](const ExecutionRow& row) {
    return after && row.what.info.start_time <= *after;
  });
  std::sort(selected.rows.begin(), selected.rows.end(), [](const auto& a, const auto& b) {
    return std::pair(a.what.info.start_time, a.key) > std::pair(b.what.info.start_time, b.key);
  });
  selected.more = selected.rows.size() > kAtOnceMax;
  if (selected.more) selected.rows.resize(kAtOnceMax);
  return selected;
}

// An operation goes with what was asked for, but for the two members that make it one.
std::string scope_of(const Bulk& bulk, Json body) {
  body.erase("dryRun");
  body.erase("operation");
  return std::string(bulk.scope) + " " + asl::to_text(body);
}

// Names everything from this execution on, older ones included; newer ones are not meant.
std::string operation_from(const RestCall& call,
                           const Bulk& bulk,
                           const Json& body,
                           const Journal::Cursor& before) {
  return call.api.tokens.make(
      scope_of(bulk, body), Json::array({before.start.ms, before.key}), call.api.clock.now());
}

std::string id_of_row(const ExecutionRow& row) {
  return row.what.info.state_machine_name + ":" + row.what.info.name;
}

void answer_dry_run(const RestCall& call, const Bulk& bulk, const Json& body) {
  const Selected selected = select(call, bulk, body, std::nullopt);
  Json ids = Json::array();
  for (const ExecutionRow& row : selected.rows) {
    if (ids.size() < kShownMax) ids.push_back(id_of_row(row));
  }
  Json answer = {{"dryRun", true},
                 {"matching", selected.rows.size()},
                 {"more", selected.more},
                 {"executions", std::move(ids)}};
  if (!selected.rows.empty()) {
    const ExecutionRow& newest = selected.rows.front();
    answer["operation"] =
        operation_from(call, bulk, body, {newest.what.info.start_time, newest.key + 1});
  }
  answer_json(call, 200, answer);
}

// Answers when each of the actions has been answered.
class BulkRun : public std::enable_shared_from_this<BulkRun> {
 public:
  BulkRun(RestCall call, std::optional<std::string> next, std::size_t count)
      : call_(std::move(call)), next_(std::move(next)), open_(count) {}

  void run(const Bulk& bulk, const std::vector<ExecutionRow>& rows) {
    const auto self = shared_from_this();
    for (const ExecutionRow& row : rows) {
      Json request = bulk.extra;
      request["executionArn"] = row.what.info.arn;
      call_.actions.call(
          bulk.action, std::move(request), [self, id = id_of_row(row)](const ActionResult& result) {
            self->ended(id, std::get_if<ServiceError>(&result));
          });
    }
    if (rows.empty()) answer();
  }

 private:
  // On any thread.
  void ended(const std::string& id, const ServiceError* error) {
    {
      const std::lock_guard lock(mutex_);
      if (error == nullptr) {
        ++done_;
      } else {
        failed_.push_back({{"execution", id}, {"code", error->type}, {"detail", error->message}});
      }
    }
    if (--open_ == 0) answer();
  }

  void answer() {
    Json body = {{"dryRun", false},
                 {"done", done_},
                 {"more", next_.has_value()},
                 {"failed", std::move(failed_)}};
    if (next_) body["operation"] = *next_;
    answering(call_, [&] { answer_json(call_, 200, body); });
  }

  const RestCall call_;
  const std::optional<std::string> next_;
  std::atomic<std::size_t> open_;
  std::mutex mutex_;
  std::int64_t done_ = 0;
  Json failed_ = Json::array();
};

void run_bulk(const RestCall& call, const Bulk& bulk) {
  const Json body = body_of(call);
  if (body.value("dryRun", false)) return answer_dry_run(call, bulk, body);
  const auto operation = body_text(body, "operation");
  if (!operation) {
    throw bad_field("/operation",
                    "The operation that a dry run of the same request has named is expected");
  }
  const Json cursor = call.api.tokens.open(scope_of(bulk, body), *operation, call.api.clock.now());
  const Journal::Cursor before{{cursor[0].get<std::int64_t>()}, cursor[1].get<std::int64_t>()};
  const Selected selected = select(call, bulk, body, before);
  std::optional<std::string> next;
  if (selected.more) {
    const ExecutionRow& oldest = selected.rows.back();
    next = operation_from(call, bulk, body, {oldest.what.info.start_time, oldest.key});
  }
  std::make_shared<BulkRun>(call, std::move(next), selected.rows.size())->run(bulk, selected.rows);
}

}  // namespace

void bulk_stop(const RestCall& call) {
  const Json body = body_of(call);
  Json extra = Json::object();
  for (const char* name : {"error", "cause"}) {
    if (body.contains(name)) extra[name] = body.at(name);
  }
  run_bulk(call, {"StopExecution", "rest/bulkStop", {states::Status::kRunning}, std::move(extra)});
}

void bulk_redrive(const RestCall& call) {
  const Json body = body_of(call);
  std::vector<states::Status> statuses = {
      states::Status::kFailed, states::Status::kTimedOut, states::Status::kAborted};
  if (const auto status = body_text(body, "status")) statuses = {*states::status_of(*status)};
  run_bulk(call, {"RedriveExecution", "rest/bulkRedrive", std::move(statuses), Json::object()});
}

}  // namespace pawl::engine::rest
