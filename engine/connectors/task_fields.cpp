#include "engine/connectors/task_fields.h"

#include <cctype>
#include <vector>

#include "asl/errors.h"
#include "engine/aws/parameters.h"

namespace pawl::engine {

bool refuse_unknown_fields(const TaskCall& call,
                           TaskReply& reply,
                           FieldCase spelt,
                           const std::function<bool(const std::string& member)>& has_member) {
  const asl::Json& parameters = call.task.parameters.json();
  if (!parameters.is_object()) return false;
  std::vector<std::string> faults;
  for (const auto& [name, value] : parameters.items()) {
    std::string member = name;
    if (!member.empty()) {
      member.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(name.front())));
    }
    const bool is_spelt = spelt == FieldCase::kSdkOrApi || member != name;
    if (is_spelt && has_member(member)) continue;
    faults.push_back("The field \"" + name + "\" is not supported by Step Functions");
  }
  if (faults.empty()) return false;
  reply.failed({asl::errors::kRuntime, unusable_parameters(call.task.parameters.text(), faults)});
  return true;
}

}  // namespace pawl::engine
