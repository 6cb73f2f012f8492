#include "engine/connectors/mocks.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "asl/errors.h"
#include "asl/text.h"
#include "engine/connectors/connector.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

using asl::Json;

[[noreturn]] void refuse_mocks(const std::string& where, const std::string& what) {
  throw MockFault(where, what);
}

const Json& object_at(const Json& parent, const std::string& member, const std::string& where) {
  const auto found = parent.find(member);
  if (found == parent.end() || !found->is_object())
    refuse_mocks(where, "an object '" + member + "' is expected");
  return *found;
}

// "3" or "1-2".
std::pair<int, int> attempts_of(const std::string& text, const std::string& where) {
  const auto number = [&](const std::string& digits) {
    int value = 0;
    const char* end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || rest != end || value < 0)
      refuse_mocks(where, "'" + text + "' is neither a number nor a range of numbers");
    return value;
  };
  const std::size_t dash = text.find('-');
  const int first = number(text.substr(0, dash));
  const int last = dash == std::string::npos ? first : number(text.substr(dash + 1));
  if (last < first) refuse_mocks(where, "'" + text + "' ends before it begins");
  return {first, last};
}

MockedResponse response_of(const Json& response, const std::string& where) {
  const bool returns = response.is_object() && response.contains("Return");
  const bool throws = response.is_object() && response.contains("Throw");
  if (returns == throws) refuse_mocks(where, "either 'Return' or 'Throw' is expected");
  if (returns) return Payload::of(response.at("Return"));
  const Json& thrown = object_at(response, "Throw", where);
  return StateError{text_of(thrown, "Error"), text_of(thrown, "Cause")};
}

std::string machine_name_of(const std::string& arn) {
  constexpr std::string_view kMarker = ":stateMachine:";
  const std::size_t marker = arn.find(kMarker);
  if (marker == std::string::npos) return arn;
  const std::string rest = arn.substr(marker + kMarker.size());
  return rest.substr(0, rest.find(':'));
}

}  // namespace

MockedAnswers MockedAnswers::parse(const Json& answers, const std::string& where) {
  if (!answers.is_object()) refuse_mocks(where, "an object is expected");
  MockedAnswers parsed;
  for (const auto& [range, response] : answers.items()) {
    const auto [first, last] = attempts_of(range, where);
    parsed.attempts_.push_back({first, last, response_of(response, where + "/" + range)});
  }
  return parsed;
}

std::optional<MockedResponse> MockedAnswers::at(int attempt) const {
  for (const Attempts& attempts : attempts_) {
    if (attempt >= attempts.first && attempt <= attempts.last) return attempts.response;
  }
  return std::nullopt;
}

MockConfig MockConfig::load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + ": it cannot be read");
  try {
    return parse({std::istreambuf_iterator<char>(in), {}});
  } catch (const MockFault& fault) {
    const std::string where = fault.where.empty() ? "" : fault.where + ": ";
    throw std::runtime_error(path + ": " + where + fault.what());
  }
}

MockConfig MockConfig::parse(const std::string& text) {
  const auto parsed = asl::parse_text(text);
  if (const auto* fault = std::get_if<asl::TextError>(&parsed))
    refuse_mocks("", "it is no JSON: " + fault->message);
  const Json& document = std::get<Json>(parsed);
  if (!document.is_object()) refuse_mocks("", "an object is expected");
  MockConfig config;
  for (const auto& [name, attempts] : object_at(document, "MockedResponses", "/").items()) {
    config.responses_.emplace(name, MockedAnswers::parse(attempts, "/MockedResponses/" + name));
  }
  for (const auto& [machine, of_machine] : object_at(document, "StateMachines", "/").items()) {
    const std::string where = "/StateMachines/" + machine;
    for (const auto& [test_case, states] : object_at(of_machine, "TestCases", where).items()) {
      const std::string place = where + "/TestCases/" + test_case;
      if (!states.is_object()) refuse_mocks(place, "an object is expected");
      auto& kept = config.machines_[machine][test_case];
      for (const auto& [state, response] : states.items()) {
        const std::string name = response.is_string() ? response.get<std::string>() : "";
        if (!config.responses_.contains(name))
          refuse_mocks(place + "/" + state, "there is no mocked response '" + name + "'");
        kept[state] = name;
      }
    }
  }
  return config;
}

bool MockConfig::has_test_case(const std::string& machine, const std::string& test_case) const {
  const auto found = machines_.find(machine);
  return found != machines_.end() && found->second.contains(test_case);
}

const MockedAnswers* MockConfig::answers(const std::string& machine,
                                         const std::string& test_case,
                                         const std::string& state) const {
  if (!has_test_case(machine, test_case)) return nullptr;
  const States& states = machines_.at(machine).at(test_case);
  const auto found = states.find(state);
  return found == states.end() ? nullptr : &responses_.at(found->second);
}

void MockedConnectors::recover(const std::function<bool(const std::string&)>& is_kept) {
  Records::Query query{kRecordKind, "", true, std::nullopt, 1'000};
  for (;;) {
    const std::vector<Record> page = context_.records.list(query);
    for (const Record& record : page) {
      if (is_kept(record.name)) {
        remember(record.name);
      } else {
        context_.records.remove(kRecordKind, record.name);
      }
    }
    if (page.size() < query.limit) return;
    query.after = page.back().name;
  }
}

bool MockedConnectors::begin(const std::string& machine,
                             const std::string& test_case,
                             const std::string& execution_arn) {
  if (!config_.has_test_case(machine, test_case)) return false;
  keep(execution_arn, {{"machine", machine}, {"testCase", test_case}, {"calls", Json::object()}});
  return true;
}

void MockedConnectors::begin_with(const Json& mocks, const std::string& execution_arn) {
  if (!mocks.is_object()) refuse_mocks("", "an object is expected");
  for (const auto& [state, answers] : mocks.items()) MockedAnswers::parse(answers, "/" + state);
  keep(execution_arn, {{"mocks", mocks}, {"calls", Json::object()}});
}

void MockedConnectors::keep(const std::string& execution_arn, Json document) {
  const asl::Timestamp now = context_.now();
  context_.records.insert({kRecordKind, execution_arn, std::move(document), "", now, now, 1});
  remember(execution_arn);
}

void MockedConnectors::remember(const std::string& execution_arn) {
  const std::unique_lock lock(mutex_);
  if (mocked_.size() < kInMemoryMax) {
    mocked_.insert(execution_arn);
  } else {
    has_more_ = true;
  }
}

// Executions without mocks, all of a server in earnest, cost no look at the disk.
bool MockedConnectors::is_mocked(const std::string& execution_arn) const {
  {
    const std::shared_lock lock(mutex_);
    if (mocked_.contains(execution_arn)) return true;
    if (!has_more_) return false;
  }
  return context_.records.find(kRecordKind, execution_arn).has_value();
}

void MockedConnectors::call(const TaskCall& call, std::shared_ptr<TaskReply> reply) {
  if (!is_mocked(call.execution_arn)) return real_.call(call, std::move(reply));
  context_.executor.post([this, call, reply = std::move(reply)] {
    try {
      answer(call, reply);
    } catch (const std::exception& error) {
      reply->failed({asl::errors::kTaskFailed, error.what()});
    }
  });
}

// nullopt: the real service answers.
std::optional<MockedAnswers> MockedConnectors::answers_for(const TaskCall& call) const {
  const auto record = context_.records.find(kRecordKind, call.execution_arn);
  if (!record) return std::nullopt;
  const std::string& state = call.task.state;
  if (const auto mocks = record->document.find("mocks"); mocks != record->document.end()) {
    const auto of_state = mocks->find(state);
    if (of_state == mocks->end()) return std::nullopt;
    return MockedAnswers::parse(*of_state, "/" + state);
  }
  const MockedAnswers* answers = config_.answers(
      machine_name_of(call.state_machine_arn), text_of(record->document, "testCase"), state);
  return answers == nullptr ? std::nullopt : std::optional(*answers);
}

// The calls of a state are counted in the order in which they came, each once however often it is
// made again after a crash; each branch and iteration counts its own.
int MockedConnectors::attempt_of(const TaskCall& call) {
  const std::string place = std::to_string(call.task.scope) + "/" + call.task.state;
  int attempt = 0;
  modify(context_.records, kRecordKind, call.execution_arn, context_.now(), [&](Json& document) {
    Json& works = document["calls"][place];
    if (!works.is_array()) works = Json::array();
    attempt = 0;
    for (const Json& work : works) {
      if (work == call.task.work) return false;
      ++attempt;
    }
    works.push_back(call.task.work);
    return true;
  });
  return attempt;
}

void MockedConnectors::answer(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const auto answers = answers_for(call);
  if (!answers) return real_.call(call, reply);
  const int attempt = attempt_of(call);
  const auto response = answers->at(attempt);
  if (!response) {
    return reply->failed({asl::errors::kRuntime,
                          "The mocked responses have nothing for attempt " +
                              std::to_string(attempt) + " of the state '" + call.task.state +
                              "'."});
  }
  if (const auto* thrown = std::get_if<StateError>(&*response)) return reply->failed(*thrown);
  const Payload& output = std::get<Payload>(*response);
  // [seen] A task that waits has been submitted first, with the same output.
  const std::string pattern = parse_integration(call.task.resource).pattern;
  if (!pattern.empty() && !call.task.submitted) reply->submitted(output);
  reply->succeeded(output);
}

}  // namespace pawl::engine
