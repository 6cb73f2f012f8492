#include "engine/api/rest/event_columns.h"

#include <map>
#include <vector>

#include "engine/api/history_json.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kEventsMax = 25'000;  // [aws] an execution has no more
constexpr std::size_t kReadAtOnce = 1'000;

// Each text once; the others refer to it.
class Dictionary {
 public:
  std::size_t number_of(const std::string& text) {
    const auto [at, fresh] = numbers_.try_emplace(text, texts_.size());
    if (fresh) texts_.push_back(text);
    return at->second;
  }
  Json texts() const { return texts_; }

 private:
  std::map<std::string, std::size_t> numbers_;
  Json texts_ = Json::array();
};

class Columns {
 public:
  explicit Columns(Journal& journal, const ExecutionRow& row) : journal_(journal), row_(row) {}

  void add(const states::Event& event) {
    const HistoryView view{.execution = row_.what, .region = {}, .include_data = false};
    ids_.push_back(event.id);
    previous_.push_back(event.previous);
    at_.push_back(event.at.ms);
    types_.push_back(type_names_.number_of(history_event(event, view).at("type")));
    const std::string state = state_of(event);
    if (state.empty()) {
      states_.push_back(nullptr);
    } else {
      states_.push_back(state_names_.number_of(state));
    }
    state_at_[event.id] = state;
  }

  Json json() && {
    return {{"types", type_names_.texts()},
            {"states", state_names_.texts()},
            {"columns",
             {{"id", std::move(ids_)},
              {"previousId", std::move(previous_)},
              {"atMs", std::move(at_)},
              {"type", std::move(types_)},
              {"state", std::move(states_)}}}};
  }

 private:
  static const std::string* own_state(const states::Event& event) {
    if (const auto* entered = std::get_if<states::StateEntered>(&event.what)) return &entered->name;
    if (const auto* exited = std::get_if<states::StateExited>(&event.what)) return &exited->name;
    return nullptr;
  }

  // The state that an event belongs to: its own, or that of the event which led to it.
  std::string state_of(const states::Event& event) {
    if (const std::string* own = own_state(event)) return *own;
    if (ends(event)) return "";
    // Events of an earlier page lead back one by one: a task may have been tried thousands of
    // times.
    std::vector<states::EventId> passed;
    std::string state;
    for (states::EventId at = event.previous; at != 0;) {
      if (const auto known = state_at_.find(at); known != state_at_.end()) {
        state = known->second;
        break;
      }
      const auto before = journal_.read_public(row_.key, at, 1, false);
      if (before.empty() || before.front().id != at) break;
      passed.push_back(at);
      if (const std::string* own = own_state(before.front())) {
        state = *own;
        break;
      }
      at = ends(before.front()) ? 0 : before.front().previous;
    }
    for (const states::EventId id : passed) state_at_[id] = state;
    return state;
  }

  static bool ends(const states::Event& event) {
    return std::holds_alternative<states::ExecutionSucceeded>(event.what) ||
           std::holds_alternative<states::ExecutionFailed>(event.what) ||
           std::holds_alternative<states::ExecutionAborted>(event.what) ||
           std::holds_alternative<states::ExecutionTimedOut>(event.what);
  }

  Journal& journal_;
  const ExecutionRow& row_;
  Dictionary type_names_;
  Dictionary state_names_;
  std::map<states::EventId, std::string> state_at_;
  Json ids_ = Json::array();
  Json previous_ = Json::array();
  Json at_ = Json::array();
  Json types_ = Json::array();
  Json states_ = Json::array();
};

}  // namespace

void answer_event_columns(const RestCall& call) {
  if (call.request->query_value("pageSize")) {
    throw bad_field("?pageSize", "Columns come 25000 events at a time");
  }
  const asl::Timestamp now = call.api.clock.now();
  const ExecutionRow row = execution_of(call);
  const std::string scope = "rest/events/columns " + row.what.info.arn;
  const auto token = call.request->query_value("pageToken");
  states::EventId from = 1;
  if (token) from = call.api.tokens.open(scope, *token, now).get<states::EventId>();
  Journal& journal = call.api.store.journal();
  Columns columns(journal, row);
  bool is_more = true;
  for (std::size_t read = 0; is_more && read < kEventsMax; read += kReadAtOnce) {
    const auto events = journal.read_public(row.key, from, kReadAtOnce, false);
    for (const states::Event& event : events) columns.add(event);
    if (!events.empty()) from = events.back().id + 1;
    is_more = events.size() == kReadAtOnce;
  }
  Json body = std::move(columns).json();
  if (is_more) body["nextPageToken"] = call.api.tokens.make(scope, from, now);
  answer_json(call, 200, body);
}

}  // namespace pawl::engine::rest
