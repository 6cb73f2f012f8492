// What an expression takes from outside, read off its tree without evaluating it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pawl::asl::jsonata {

struct Node;

struct Reference {
  enum class Kind : std::uint8_t {
    kVariable,      // $name that the expression neither binds nor finds among the functions
    kRoot,          // $$
    kContext,       // $ where nothing has set a context item yet
    kName,          // a name that would be read off that context item
    kStatesMember,  // $states.name
    kStates,        // $states itself
  };
  Kind kind{};
  std::string name;
};

// In the order of the text.
std::vector<Reference> references_of(const Node& tree);

}  // namespace pawl::asl::jsonata
