// All connectors behind one door: finds the one for a Resource, keeps what can be cancelled.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/connectors/connector.h"
#include "engine/ml/executor.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

// A row: which resources, which connector.
struct ConnectorRow {
  std::function<bool(const std::string& resource)> matches;
  std::shared_ptr<Connector> connector;
};

// Something that keeps its own calls (activities) as a row's connector. REQUIRES: `inner` outlives
// it.
std::shared_ptr<Connector> as_connector(Connectors& inner);

// Calls run on the executor's threads. A resource no row matches fails the task by name. With
// `begins_traces` what is called hears of a trace also when nobody began one for the execution.
class ConnectorTable : public Connectors {
 public:
  ConnectorTable(Executor& executor, std::vector<ConnectorRow> rows, bool begins_traces = false)
      : executor_(executor),
        rows_(std::move(rows)),
        begins_traces_(begins_traces),
        calls_(std::make_shared<Calls>()) {}

  void call(const TaskCall& call, std::shared_ptr<TaskReply> reply) override;
  void cancel(const std::string& execution_arn, states::WorkId work) override;

 private:
  // A call in flight. Shared with replies that may come after the table has gone.
  struct Entry {
    bool begun = false;      // the connector has been asked
    bool cancelled = false;  // before that
    Cancel cancel;           // may be empty
  };
  struct Calls {
    std::mutex mutex;
    std::map<std::string, Entry> entries;  // by idempotency token
  };
  class TrackedReply;

  Connector* find(const std::string& resource) const;
  void begin(Connector& connector, const TaskCall& call, const std::shared_ptr<TaskReply>& reply);

  Executor& executor_;
  std::vector<ConnectorRow> rows_;
  const bool begins_traces_;
  std::shared_ptr<Calls> calls_;
};

}  // namespace pawl::engine
