// What an execution's Task states were answered, as responses of a MockConfigFile.
#pragma once

#include <string>
#include <vector>

#include "asl/json.h"

namespace pawl::engine {

struct RecordedMocks {
  asl::Json states = asl::Json::object();  // STATE -> name of its responses: a test case
  asl::Json responses =
      asl::Json::object();  // name -> {"0": {"Return": ...}, "1-2": {"Throw": ...}}
  // Why Task states that were called are not among them, a sentence each.
  std::vector<std::string> left_out;
};

// `steps` as /api/v1/executions/{}/steps lists them, in order of entry; names of responses begin
// with `prefix`. The file has one sequence of answers for a state, which every branch and iteration
// begins anew: a state whose iterations were answered differently cannot be told in it.
RecordedMocks record_mocks(const asl::Json& steps, const std::string& prefix);

// `config` (an empty object, or a MockConfigFile) with `mocks` as a test case of the machine; what
// it holds of that test case already is replaced.
asl::Json with_test_case(asl::Json config,
                         const std::string& machine,
                         const std::string& test_case,
                         const RecordedMocks& mocks);

}  // namespace pawl::engine
