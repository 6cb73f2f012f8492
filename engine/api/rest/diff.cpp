// Two executions step by step: what is the same, what differs, what only one has.
#include "states/diff.h"

#include <algorithm>
#include <map>

#include "engine/api/execution_json.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kChangesMax = 100;  // of one document

// [{pointer, left?, right?}]; the last says when there are more.
Json changes_view(const Json& left, const Json& right) {
  Json list = Json::array();
  for (states::JsonChange& change : states::diff_json(left, right, kChangesMax + 1)) {
    if (list.size() == kChangesMax) {
      list.push_back({{"more", true}});
      break;
    }
    Json shown = {{"pointer", change.pointer}};
    if (change.left) shown["left"] = *std::move(change.left);
    if (change.right) shown["right"] = *std::move(change.right);
    list.push_back(std::move(shown));
  }
  return list;
}

// Adds the changes of one document of both, when there are any.
void add_changes(Json& body, const char* name, const Json& left, const Json& right) {
  Json changes = changes_view(left, right);
  if (!changes.empty()) body["changes"][name] = std::move(changes);
}

Json document_or_null(const std::optional<asl::Payload>& payload) {
  return payload ? payload->json() : Json(nullptr);
}

Json side_view(const states::StepRecord& step) {
  Json body = {{"id", step.entered_event}, {"status", step.status}};
  if (step.exited_at) body["durationMs"] = step.exited_at->ms - step.entered_at.ms;
  if (!step.attempts.empty()) body["attempts"] = step.attempts.size();
  if (step.error) add_error(body, *step.error);
  return body;
}

const char* verdict_of(const states::StepPair& pair, bool differs) {
  if (pair.right == nullptr) return "ONLY_LEFT";
  if (pair.left == nullptr) return "ONLY_RIGHT";
  return differs ? "DIFFERENT" : "SAME";
}

Json pair_view(const states::StepPair& pair) {
  const states::StepRecord& any = pair.any();
  const auto differing = states::differences(pair);
  Json body = {{"state", any.state}, {"type", asl::to_string(any.type)}, {"visit", pair.visit}};
  if (any.index) body["index"] = *any.index;
  body["depth"] = pair.depth;
  body["verdict"] = verdict_of(pair, !differing.empty());
  if (!differing.empty()) body["differs"] = differing;
  if (pair.left != nullptr) body["left"] = side_view(*pair.left);
  if (pair.right != nullptr) body["right"] = side_view(*pair.right);
  if (pair.left != nullptr && pair.right != nullptr) {
    add_changes(body, "input", pair.left->input.json(), pair.right->input.json());
    if (pair.left->output && pair.right->output) {
      add_changes(body, "output", pair.left->output->json(), pair.right->output->json());
    }
    add_changes(
        body, "variables", states::assigned_by(*pair.left), states::assigned_by(*pair.right));
  }
  return body;
}

// What stands above the steps: both executions, how many steps are what, and how the executions'
// own input and output differ.
Json head_view(Api& api,
               const ExecutionRow& left,
               const ExecutionRow& right,
               const std::vector<states::StepPair>& pairs) {
  std::map<std::string, int> counts = {
      {"SAME", 0}, {"DIFFERENT", 0}, {"ONLY_LEFT", 0}, {"ONLY_RIGHT", 0}};
  for (const states::StepPair& pair : pairs) {
    ++counts[verdict_of(pair, !states::differences(pair).empty())];
  }
  Json body = {{"left", execution_summary(left)}, {"right", execution_summary(right)}};
  body["counts"] = {{"same", counts["SAME"]},
                    {"different", counts["DIFFERENT"]},
                    {"onlyLeft", counts["ONLY_LEFT"]},
                    {"onlyRight", counts["ONLY_RIGHT"]}};
  add_changes(body,
              "input",
              document_or_null(execution_input(api, left)),
              document_or_null(execution_input(api, right)));
  const auto ended = execution_outcome(api, left);
  const auto other = execution_outcome(api, right);
  if (ended && other) {
    add_changes(body, "output", document_or_null(ended->output), document_or_null(other->output));
  }
  return body;
}

std::string execution_in_query(const RestCall& call, const char* name) {
  auto id = call.request->query_value(name);
  if (!id) throw bad_field(std::string("?") + name, "An execution is expected");
  return *std::move(id);
}

void answer_diff(const RestCall& call, const ExecutionRow& left, const ExecutionRow& right) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const std::string scope = "rest/diff " + left.what.info.arn + " " + right.what.info.arn;
  std::size_t from = 0;
  if (page.token) from = call.api.tokens.open(scope, *page.token, now).get<std::size_t>();
  const auto left_steps = steps_of_execution(call.api, left);
  const auto right_steps = steps_of_execution(call.api, right);
  const auto pairs = states::align(left_steps, right_steps);
  Json items = Json::array();
  const std::size_t end = std::min(pairs.size(), from + page.size);
  for (std::size_t i = from; i < end; ++i) items.push_back(pair_view(pairs[i]));
  std::optional<std::string> next;
  if (end < pairs.size()) next = call.api.tokens.make(scope, end, now);
  answer_page(call, std::move(items), next, head_view(call.api, left, right, pairs));
}

}  // namespace

void diff_executions(const RestCall& call) {
  const std::string with = execution_in_query(call, "with");
  const ExecutionRow left = execution_of(call);
  answer_diff(call, left, execution_named(call.api, with));
}

void compare_executions(const RestCall& call) {
  const std::string left = execution_in_query(call, "a");
  const std::string right = execution_in_query(call, "b");
  answer_diff(call, execution_named(call.api, left), execution_named(call.api, right));
}

}  // namespace pawl::engine::rest
