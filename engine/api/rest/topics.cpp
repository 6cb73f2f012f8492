// GET /stream: what changes, of as many topics as a page shows, in one stream.
#include <map>
#include <mutex>
#include <set>

#include "asl/text.h"
#include "engine/api/execution_json.h"
#include "engine/api/rest/feed.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::chrono::milliseconds kTogether{100};  // what happens meanwhile is one message
constexpr std::size_t kTopicsMax = 50;
constexpr std::size_t kToldMax = 1'000;  // in one message; beyond, the client is to look anew

// What a client wants to hear of.
struct Topics {
  bool all = false;                  // "executions"
  std::set<std::string> machines;    // ARNs: "state-machines/NAME"
  std::set<std::string> executions;  // ARNs: "executions/MACHINE:NAME"

  bool wants(const states::ExecutionInfo& info) const {
    // Children of Map Runs are none of "all": there may be a hundred thousand of them.
    const bool is_child = info.state_machine_name.find('/') != std::string::npos;
    return (all && !is_child) || machines.contains(info.state_machine_arn) ||
           executions.contains(info.arn);
  }
};

Topics topics_of(const RestCall& call) {
  constexpr std::string_view kMachine = "state-machines/";
  constexpr std::string_view kExecution = "executions/";
  Topics topics;
  std::size_t count = 0;
  for (const auto& [name, topic] : call.request->query) {
    if (name != "topic") continue;
    if (++count > kTopicsMax) throw bad_field("?topic", "At most 50 topics are taken");
    if (topic == "executions") {
      topics.all = true;
    } else if (topic.starts_with(kMachine)) {
      topics.machines.insert(
          state_machine_arn(call.api.config.arns, topic.substr(kMachine.size())));
    } else if (topic.starts_with(kExecution)) {
      topics.executions.insert(
          execution_named(call.api, topic.substr(kExecution.size())).what.info.arn);
    } else {
      throw bad_field("?topic",
                      "executions, state-machines/NAME or executions/MACHINE:NAME is expected");
    }
  }
  if (count == 0) throw bad_field("?topic", "A topic is expected");
  return topics;
}

class TopicFeed : public Feed {
 public:
  TopicFeed(Api& api, Topics topics) : Feed(api), topics_(std::move(topics)) {}

  // `is_again`: the client has missed what happened since it was here.
  void begin(bool is_again) {
    write("retry: 2000\n\n");
    if (is_again) tell("reset", Json::object());
    open("");
  }

 private:
  struct Change {
    std::string status;
    states::EventId last_event = 0;
    asl::Timestamp at{};
  };

  void happened(const Recorded& recorded) override {
    if (!topics_.wants(recorded.info)) return;
    const bool is_watched = topics_.executions.contains(recorded.info.arn);
    std::optional<Change> change;
    for (const states::Event& event : recorded.events) {
      std::string status;
      if (const auto outcome = outcome_of(event.what)) {
        status = states::to_string(outcome->status);
      } else if (begins(event.what)) {
        status = "RUNNING";
      }
      if (status.empty() && !is_watched) continue;
      if (!change) change.emplace();
      if (!status.empty()) change->status = status;
      if (event.id > 0) change->last_event = event.id;
      change->at = event.at;
    }
    if (change) note(recorded.info, *std::move(change));
  }

  static bool begins(const states::Fact& fact) {
    return std::holds_alternative<states::ExecutionStarted>(fact) ||
           std::holds_alternative<states::ExecutionForked>(fact) ||
           std::holds_alternative<states::ExecutionRedriven>(fact);
  }

  void note(const states::ExecutionInfo& info, Change change) {
    const std::lock_guard lock(mutex_);
    const bool is_first = changes_.empty() && !is_over_full_;
    const auto at = changes_.find(info.state_machine_name + ":" + info.name);
    if (at != changes_.end()) {
      if (change.status.empty()) change.status = at->second.status;
      at->second = std::move(change);
    } else if (changes_.size() == kToldMax) {
      is_over_full_ = true;
    } else {
      changes_.emplace(info.state_machine_name + ":" + info.name, std::move(change));
    }
    if (is_first) {
      api_.alarms.after(kTogether, [self = shared_from_this(), this] { send(); });
    }
  }

  // On the alarms' thread.
  void send() {
    std::map<std::string, Change> changes;
    bool is_over_full = false;
    {
      const std::lock_guard lock(mutex_);
      changes.swap(changes_);
      std::swap(is_over_full, is_over_full_);
    }
    if (is_over_full) return tell("reset", Json::object());
    Json list = Json::array();
    for (const auto& [id, change] : changes) {
      Json shown = {{"id", id}, {"at", time_json(change.at)}};
      if (!change.status.empty()) shown["status"] = change.status;
      if (change.last_event > 0) shown["lastEvent"] = change.last_event;
      list.push_back(std::move(shown));
    }
    tell("executions", list);
  }

  void tell(const char* kind, const Json& data) {
    write("id: " + std::to_string(++last_id_) + "\nevent: " + kind +
          "\ndata: " + asl::to_text(data) + "\n\n");
  }

  const Topics topics_;
  std::mutex mutex_;
  std::map<std::string, Change> changes_;
  bool is_over_full_ = false;
  std::atomic<std::uint64_t> last_id_ = 0;
};

}  // namespace

void stream_topics(const RestCall& call) {
  const auto feed = std::make_shared<TopicFeed>(call.api, topics_of(call));
  feed->begin(call.request->headers.has("Last-Event-ID"));
  call.respond(feed->response());
}

}  // namespace pawl::engine::rest
