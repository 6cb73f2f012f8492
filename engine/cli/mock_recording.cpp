#include "engine/cli/mock_recording.h"

#include <algorithm>
#include <map>
#include <utility>

namespace pawl::engine {

using asl::Json;

namespace {

using CallAnswers = std::vector<Json>;  // in the order of the calls

// Where calls are counted from 0: a state, within one branch or iteration.
struct Place {
  Json parent;
  Json index;
  bool operator==(const Place&) const = default;
};

struct OfState {
  std::string state;
  std::vector<std::pair<Place, CallAnswers>> places;
};

Json member_or_null(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? Json() : *found;
}

// Nothing for a call that was not answered: it still runs, or its execution ended first.
Json answer_of(const Json& attempt) {
  if (attempt.contains("result")) return {{"Return", attempt.at("result")}};
  if (!attempt.contains("error")) return nullptr;
  const Json& error = attempt.at("error");
  Json thrown = Json::object();
  if (error.contains("name")) thrown["Error"] = error.at("name");
  if (error.contains("cause")) thrown["Cause"] = error.at("cause");
  return {{"Throw", std::move(thrown)}};
}

CallAnswers& answers_at(std::vector<OfState>& all, const Json& step) {
  const std::string state = step.at("state").get<std::string>();
  auto of_state =
      std::find_if(all.begin(), all.end(), [&](const OfState& one) { return one.state == state; });
  if (of_state == all.end()) of_state = all.insert(all.end(), OfState{state, {}});
  const Place place{member_or_null(step, "parent"), member_or_null(step, "index")};
  for (auto& [known, answers] : of_state->places) {
    if (known == place) return answers;
  }
  return of_state->places.emplace_back(place, CallAnswers{}).second;
}

std::vector<OfState> answers_of(const Json& steps) {
  std::vector<OfState> all;
  for (const Json& step : steps) {
    const auto attempts = step.find("attempts");
    if (attempts == step.end()) continue;
    CallAnswers& answers = answers_at(all, step);
    for (const Json& attempt : *attempts) {
      if (Json answer = answer_of(attempt); !answer.is_null()) answers.push_back(std::move(answer));
    }
  }
  return all;
}

// The longest sequence, if every other one is its beginning.
const CallAnswers* common_answers(const OfState& state) {
  const auto longest =
      std::max_element(state.places.begin(), state.places.end(), [](const auto& a, const auto& b) {
        return a.second.size() < b.second.size();
      });
  for (const auto& [place, answers] : state.places) {
    if (!std::equal(answers.begin(), answers.end(), longest->second.begin())) return nullptr;
  }
  return &longest->second;
}

// Equal answers in a row are told once: "1-2".
Json response_of(const CallAnswers& answers) {
  Json response = Json::object();
  for (std::size_t first = 0; first < answers.size();) {
    std::size_t last = first;
    while (last + 1 < answers.size() && answers[last + 1] == answers[first]) ++last;
    std::string range = std::to_string(first);
    if (last > first) range += "-" + std::to_string(last);
    response[range] = answers[first];
    first = last + 1;
  }
  return response;
}

}  // namespace

RecordedMocks record_mocks(const Json& steps, const std::string& prefix) {
  RecordedMocks mocks;
  for (const OfState& state : answers_of(steps)) {
    const CallAnswers* answers = common_answers(state);
    if (answers == nullptr) {
      mocks.left_out.push_back("'" + state.state +
                               "' was answered differently from iteration to iteration, which "
                               "the file cannot tell.");
    } else if (answers->empty()) {
      mocks.left_out.push_back("'" + state.state + "' was never answered.");
    } else {
      mocks.states[state.state] = prefix + state.state;
      mocks.responses[prefix + state.state] = response_of(*answers);
    }
  }
  return mocks;
}

Json with_test_case(Json config,
                    const std::string& machine,
                    const std::string& test_case,
                    const RecordedMocks& mocks) {
  config["StateMachines"][machine]["TestCases"][test_case] = mocks.states;
  Json& responses = config["MockedResponses"];
  if (responses.is_null()) responses = Json::object();
  for (const auto& [name, response] : mocks.responses.items()) responses[name] = response;
  return config;
}

}  // namespace pawl::engine
