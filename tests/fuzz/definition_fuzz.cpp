#include "asl/parse.h"
#include "tests/fuzz/targets.h"

namespace pawl::fuzz {

void definition(std::string_view input) {
  for (const auto type : {asl::MachineType::kStandard, asl::MachineType::kExpress}) {
    (void)asl::parse_definition(input, type);
  }
}

}  // namespace pawl::fuzz
