#include "engine/connectors/remote_job_parts.h"

namespace pawl::engine {

using asl::Json;

const Json& at_path(const Json& value, std::initializer_list<const char*> path) {
  static const Json kNull;
  const Json* here = &value;
  for (const char* name : path) {
    if (!here->is_object()) return kNull;
    const auto found = here->find(name);
    if (found == here->end()) return kNull;
    here = &*found;
  }
  return *here;
}

Json first_of(const Json& list) { return list.is_array() && !list.empty() ? list.front() : Json(); }

Json request_with(std::initializer_list<std::pair<const char*, Json>> members) {
  Json out = Json::object();
  for (const auto& [name, value] : members) {
    if (value.is_null()) return nullptr;
    out[name] = value;
  }
  return out;
}

JobState state_by(const Json& status,
                  std::string_view success,
                  std::initializer_list<std::string_view> failures) {
  if (!status.is_string()) return JobState::kRunning;
  const auto& text = status.get_ref<const std::string&>();
  if (text == success) return JobState::kSucceeded;
  for (const std::string_view failure : failures) {
    if (text == failure) return JobState::kFailed;
  }
  return JobState::kRunning;
}

Json same_request(const Json& poll_request, const std::string&) { return poll_request; }

Json whole_answer(const Json& polled) { return polled; }

}  // namespace pawl::engine
