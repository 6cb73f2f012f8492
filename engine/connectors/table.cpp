#include "engine/connectors/table.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "asl/errors.h"
#include "asl/integrations.h"
#include "engine/connectors/task_fields.h"
#include "engine/connectors/trace.h"

namespace pawl::engine {

namespace {

class Forwarder : public Connector {
 public:
  explicit Forwarder(Connectors& inner) : inner_(inner) {}
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override {
    inner_.call(call, reply);
    return [this, execution = call.execution_arn, work = call.task.work] {
      inner_.cancel(execution, work);
    };
  }

 private:
  Connectors& inner_;
};

// Of a request that is not in the definition: what stands there is checked with the definition.
bool has_unknown_fields(const TaskCall& call, TaskReply& reply) {
  asl::ResourceFault fault;
  const auto resource = asl::parse_resource(call.task.resource, fault);
  if (!resource || resource->integration == nullptr || resource->integration->members.empty()) {
    return false;
  }
  return refuse_unknown_fields(call, reply, FieldCase::kSdkOrApi, [&](const std::string& member) {
    return resource->integration->takes(member);
  });
}

}  // namespace

std::shared_ptr<Connector> as_connector(Connectors& inner) {
  return std::make_shared<Forwarder>(inner);
}

// Forgets the call when it has ended.
class ConnectorTable::TrackedReply : public TaskReply {
 public:
  TrackedReply(std::shared_ptr<Calls> calls, std::string name, std::shared_ptr<TaskReply> reply)
      : calls_(std::move(calls)), name_(std::move(name)), reply_(std::move(reply)) {}

  void started(std::optional<std::string> worker_name) override {
    reply_->started(std::move(worker_name));
  }
  void submitted(Payload output) override { reply_->submitted(std::move(output)); }
  void succeeded(Payload output) override {
    forget();
    reply_->succeeded(std::move(output));
  }
  void failed(StateError error) override {
    forget();
    reply_->failed(std::move(error));
  }

 private:
  void forget() {
    const std::lock_guard lock(calls_->mutex);
    calls_->entries.erase(name_);
  }

  std::shared_ptr<Calls> calls_;
  std::string name_;
  std::shared_ptr<TaskReply> reply_;
};

Connector* ConnectorTable::find(const std::string& resource) const {
  for (const ConnectorRow& row : rows_) {
    if (row.matches(resource)) return row.connector.get();
  }
  return nullptr;
}

void ConnectorTable::call(const TaskCall& call, std::shared_ptr<TaskReply> reply) {
  Connector* connector = find(call.task.resource);
  if (connector == nullptr) {
    reply->failed(
        {asl::errors::kTaskFailed,
         "The integration " + call.task.resource + " is not available in this version of Pawl."});
    return;
  }
  const std::string name = call.work_name();
  {
    const std::lock_guard lock(calls_->mutex);
    calls_->entries[name] = {};
  }
  auto tracked = std::make_shared<TrackedReply>(calls_, name, std::move(reply));
  TaskCall traced = call;
  if (begins_traces_ && !call.trace_header) {
    traced.trace_header = own_trace_header(call.execution_arn);
  }
  executor_.post(
      [this, connector, call = std::move(traced), tracked] { begin(*connector, call, tracked); });
}

void ConnectorTable::begin(Connector& connector,
                           const TaskCall& call,
                           const std::shared_ptr<TaskReply>& reply) {
  const std::string name = call.work_name();
  {
    const std::lock_guard lock(calls_->mutex);
    const auto entry = calls_->entries.find(name);
    // What an earlier process began has to be found before it can be stopped.
    if (entry != calls_->entries.end() && entry->second.cancelled && !call.task.resumed) {
      calls_->entries.erase(entry);
      return;
    }
  }
  if (has_unknown_fields(call, *reply)) return;
  Cancel cancel;
  try {
    cancel = connector.call(call, reply);
  } catch (const std::exception& error) {
    spdlog::error("{} failed: {}", call.task.resource, error.what());
    reply->failed({asl::errors::kTaskFailed, error.what()});
    return;
  }
  bool cancelled = false;
  {
    const std::lock_guard lock(calls_->mutex);
    const auto entry = calls_->entries.find(name);
    if (entry == calls_->entries.end()) return;  // has ended already
    cancelled = entry->second.cancelled;
    if (cancelled) {
      calls_->entries.erase(entry);
    } else {
      entry->second.begun = true;
      entry->second.cancel = cancel;
    }
  }
  if (cancelled && cancel) cancel();
}

void ConnectorTable::cancel(const std::string& execution_arn, states::WorkId work) {
  Cancel cancel;
  {
    const std::lock_guard lock(calls_->mutex);
    const auto entry = calls_->entries.find(execution_arn + "#" + std::to_string(work));
    if (entry == calls_->entries.end()) return;
    if (!entry->second.begun) {
      entry->second.cancelled = true;
      return;
    }
    cancel = std::move(entry->second.cancel);
    calls_->entries.erase(entry);
  }
  if (cancel) executor_.post([cancel = std::move(cancel)] { cancel(); });
}

}  // namespace pawl::engine
