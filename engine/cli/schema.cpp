#include "asl/schema.h"

#include <iostream>

#include "asl/text.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"

namespace pawl::engine {

std::function<int()> declare_schema(CLI::App&) {
  return [] {
    std::cout << asl::to_text(asl::definition_schema()) << "\n";
    return kSucceeded;
  };
}

}  // namespace pawl::engine
